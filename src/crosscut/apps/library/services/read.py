"""Reading one file: what it is and what it says of itself, ready to be entered into the library."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from crosscut.apps.library import incoming, storage
from crosscut.apps.library.models import Version
from crosscut.apps.library.services.clear import Terms
from crosscut.apps.library.services.describe import CREDIT_LIMIT, MAX_TAGS, TAG_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from crosscut.apps.library.services.fields import COLUMNS
from crosscut.apps.library.services.signing import origin_in
from crosscut.kernel.errors import CrosscutError, Damaged, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.kernel.records import from_data, storable
from crosscut.media import metadata, svg
from crosscut.media.fields import Field, Kind
from crosscut.media.fields import fields as catalogue
from crosscut.media.fields.values import LIST_LIMIT
from crosscut.media.metadata import Metadata
from crosscut.media.probe import probe
from crosscut.media.provenance import Provenance
from crosscut.media.sound import SoundAnalysis, analyse

_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z+-]+)/(\d\.\d)", re.IGNORECASE)
_OPEN_FONT = re.compile(r"scripts\.sil\.org/OFL|openfontlicense\.org|SIL Open Font License", re.IGNORECASE)
_NOT_A_TITLE = re.compile(r"[_\s]+|(?<=\w)-(?=\w)")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One file, read."""

    path: Path  # what is to be stored: the file itself, or its cleaned copy
    facts: MediaFacts  # of what is to be stored
    metadata: Metadata
    heard: SoundAnalysis | None = None  # of its sound; None without one, or where it breaks off
    origin: Provenance | None = None  # what it says of its origin, and whether that holds


@contextmanager
def read(path: Path, *, should_stop: ShouldStop = never) -> Iterator[Reading]:
    """What the file is and says, and what is heard of it in one decode.

    Drawings are cleaned first: nothing that could act is ever stored.

    Raises Invalid (too large), NotFound, Unsupported or Damaged, with plain words in each, or Cancelled.
    """
    refuse_too_large(path)
    facts = probe(path)
    if facts.media_type != "image/svg+xml":
        facts, heard = _listened(path, facts, should_stop)
        about, origin = _metadata_of(path), _origin_of(path)
        yield Reading(path=path, facts=storable(facts), metadata=about, heard=heard, origin=origin)
        return
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="clean-") as folder:
        clean = Path(folder) / path.name
        with storage.plain_disk_errors(phrase("clean {file}", file=path.name)):
            clean.write_text(svg.sanitise(path).text, encoding="utf-8")
        facts = replace(probe(clean), warnings=facts.warnings)
        yield Reading(path=clean, facts=storable(facts), metadata=Metadata())


def refuse_too_large(path: Path) -> None:
    """Raises Invalid for a file over the installation's limit."""
    if path.exists() and path.stat().st_size > settings.MAX_UPLOAD_BYTES:
        raise incoming.too_large(path.name)


def metadata_of(version: Version) -> Metadata:
    """What the version's file says of itself, as it was read."""
    return from_data(Metadata, version.metadata)


def title_of(found: Metadata, filename: str) -> str:
    """What to call it: its own title, else its file name in words.

    >>> title_of(Metadata(), "coral_reef-at  dawn.final.mp4")
    'coral reef at dawn.final'
    """
    own = found.title or found.headline
    return (own or _NOT_A_TITLE.sub(" ", Path(filename).stem)).strip()[:TITLE_LIMIT] or filename


def described(found: Metadata) -> dict[str, Any]:
    """The fields of an asset that the file itself fills."""
    credit = found.credit or ", ".join(found.creator) or found.copyright
    tags = (" ".join(word.replace('"', " ").lower().split()) for word in found.keywords)
    return {
        **_known(found),
        "description": found.description[:TEXT_LIMIT].strip(),
        "alt_text": found.alt_text[:TEXT_LIMIT].strip(),
        "credit": credit[:CREDIT_LIMIT].strip(),
        "tags": list(dict.fromkeys(tag for tag in tags if 0 < len(tag) <= TAG_LIMIT))[:MAX_TAGS],
    }


def _known(found: Metadata) -> dict[str, Any]:
    """All that the file says beside what has a column of its own, and where it says it."""
    about = {key: value for key, value in found.fields.items() if key not in COLUMNS}
    short = {key: _shortened(catalogue()[key], value) for key, value in about.items() if key in catalogue()}
    return {"about": short, "origins": dict(found.places)}


def _shortened(field: Field, value: Any) -> Any:
    """The value within what the field takes; the whole stays with the version."""
    if isinstance(value, list):
        return [str(item)[: field.limit] for item in value[:LIST_LIMIT]]
    return value[: field.limit] if isinstance(value, str) and field.kind is not Kind.CHOICE else value


def own_terms(found: Metadata) -> Terms | None:
    """What the file says of its own rights, as a licence for a person to complete; None when it says nothing."""
    if not (found.copyright or found.usage_terms or found.licence_url):
        return None
    holder = found.licensor or ", ".join(found.creator) or found.copyright or found.credit
    public = _CREATIVE_COMMONS.search(f"{found.licence_url} {found.usage_terms}")
    terms = _public_name(public) if public else _own_words(found)
    address = found.licence_url if found.licence_url.startswith(("https://", "http://")) else ""
    return Terms(
        holder=(holder or "Not named in the file")[:200],
        terms=terms[:200],
        terms_url=address if len(address) <= 500 else "",
        credit_line=found.credit[:300],
        note="Read from the file. Check it with the owner.",
    )


def _own_words(found: Metadata) -> str:
    """The terms in the file's own words; the open licence of fonts by its short name."""
    said = f"{found.licence_url} {found.usage_terms}"
    return "SIL OFL 1.1" if _OPEN_FONT.search(said) else found.usage_terms or found.copyright


def is_public_licence(terms: Terms) -> bool:
    """Whether the terms let everybody publish, so that they count without a person's word.

    A copyright notice or somebody's own terms allow nothing by being there. Creative Commons licences do, except those
    that forbid commercial use ("NC"), which not every workspace may rely on, and the open licence of fonts.

    >>> [is_public_licence(Terms(holder="A", terms=text)) for text in ("CC BY 4.0", "CC BY-NC 4.0", "© A, 2024")]
    [True, False, False]
    """
    return terms.terms.startswith(("CC BY", "CC0", "Public domain", "SIL OFL")) and "-NC" not in terms.terms


def _public_name(found: re.Match[str]) -> str:
    """The usual short name of a Creative Commons licence.

    >>> _public_name(_CREATIVE_COMMONS.search("https://creativecommons.org/licenses/by-sa/4.0/"))
    'CC BY-SA 4.0'
    """
    if found[1].lower() == "publicdomain":
        return f"CC0 {found[3]}" if found[2].lower() == "zero" else "Public domain"
    return f"CC {found[2].upper()} {found[3]}"


def _listened(path: Path, facts: MediaFacts, should_stop: ShouldStop) -> tuple[MediaFacts, SoundAnalysis | None]:
    """The facts with the loudness in them, so that what is loud enough is never encoded anew, and all that was heard.

    A sound that breaks off half-way keeps its other facts: the warning says why nothing could be measured.
    """
    if not facts.audio:
        return facts, None
    try:
        heard = analyse(path, should_stop=should_stop)
    except (Damaged, Unsupported) as error:
        return replace(facts, warnings=(*facts.warnings, *error.problems)), None
    return replace(facts, loudness=heard.loudness), heard


def _metadata_of(path: Path) -> Metadata:
    """What the file says of itself; nothing when only that part of it is broken, for the pictures in it are not."""
    try:
        return storable(metadata.read(path))
    except CrosscutError as error:
        return Metadata(warnings=error.problems)


def _origin_of(path: Path) -> Provenance | None:
    found = origin_in(path)
    return storable(found) if found else None
