"""Reads, verifies and signs content credentials, each in a capped child."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.provenance.records import Action, Provenance, SigningKey, Source
from crosscut.media.sniff import sniff


def read(path: Path, *, anchors: Path | None = None) -> Provenance:
    """What the file says of its origin, and whether it holds.

    `anchors` is a PEM file of the certificates that are trusted to vouch for signers; without it nobody is, and a file
    that is sound is "valid". Raises what `sniff` raises.
    """
    media_type = sniff(path).media_type
    return capped.call("provenance:read", Provenance, path=path, media_type=media_type, anchors=anchors)


def sign(
    path: Path,
    *,
    key: SigningKey,
    parent: Path | None = None,
    actions: Sequence[Action] = (),
    source_type: str = "",
    should_stop: ShouldStop = never,
) -> Provenance:
    """Signs the file in place, whole or not at all, and says what it now says.

    Do it last: any writing afterwards, of metadata too, breaks it, and `read` says so. `parent` is the master, whose
    own manifest goes in as an ingredient. `source_type` is an IPTC NewsCodes address that says how something that was
    created here was made, such as by a model; without either, the file as it is now counts as its own master. Raises
    Unsupported for types that cannot be signed, and Invalid for a key that is no good.
    """
    if parent is None and not source_type:
        parent = path
    master = [Source(path=parent, media_type=sniff(parent).media_type, is_parent=True)] if parent else []
    order = _Order(key=key, ingredients=master, actions=list(actions), source_type=source_type)
    return _signed(path, order, should_stop)


def sign_composite(
    path: Path,
    *,
    key: SigningKey,
    components: Sequence[Path],
    actions: Sequence[Action] = (),
    should_stop: ShouldStop = never,
) -> Provenance:
    """Signs a cut or a picture that was made of several files, each of which goes in with what it says of itself.

    Raises what `sign` raises.
    """
    parts = [Source(path=one, media_type=sniff(one).media_type) for one in dict.fromkeys(components)]
    return _signed(path, _Order(key=key, ingredients=parts, actions=list(actions)), should_stop)


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What is to be signed, and by whom."""

    key: SigningKey
    ingredients: list[Source]
    actions: list[Action]
    source_type: str = ""


def _signed(path: Path, order: _Order, should_stop: ShouldStop) -> Provenance:
    media_type = sniff(path).media_type
    for needed in (order.key.certificates, order.key.key):
        if not needed.is_file():
            raise Invalid.at(
                "key", phrase("There is no file {name}: name the signer's certificates and key.", name=needed.name)
            )
    half_done = path.with_name(f".signing-{secrets.token_hex(4)}{path.suffix or '.bin'}")
    try:
        made = capped.call(
            "provenance:sign",
            Provenance,
            should_stop=should_stop,
            path=path,
            media_type=media_type,
            key=order.key,
            ingredients=order.ingredients,
            actions=order.actions,
            source_type=order.source_type,
            out=half_done,
        )
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
    return made
