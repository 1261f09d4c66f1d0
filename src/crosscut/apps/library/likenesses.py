"""Finding by picture: what is like an asset, or like a picture that somebody dropped."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.core.files.uploadedfile import UploadedFile

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import incoming, queries
from crosscut.apps.library.alike import Looks, looks_of
from crosscut.apps.library.models import Fingerprint, Version
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.stills.fingerprints import fingerprint

LIKE_BITS = 18  # of 64 that may differ for "more like this": strangers differ in 20 and more
CUT_BITS = 14  # of a usual crop: without its sketch a picture is not laid on it
MOST = 500
Assets = npt.NDArray[np.int64]
_HASH = re.compile("[0-9a-f]{16}")


def token_of(path: Path) -> str:
    """What finds pictures like the file: "like:9f3a5d…". Nothing of the file is kept.

    Raises Invalid for a picture with nothing to see in it, and as `media.stills.fingerprint` does.
    """
    seen = fingerprint(path)
    whole = seen.whole or next((part for part in seen.parts if part), 0)
    if not whole:
        raise Invalid.at("file", phrase("There is nothing to see in this picture: it is of one colour."))
    return f"like:{whole:016x}"


def token_of_upload(upload: "UploadedFile[Any]") -> str:
    """The same of an uploaded picture, which is forgotten at once."""
    path = incoming.settle(upload)
    try:
        return token_of(path)
    finally:
        incoming.forget(path)


def like(member: Member, value: str) -> Assets:
    """The assets that look like an asset (its number) or like a hash (16 digits), the likest first."""
    looks = looks_of(member.workspace_id)
    if _HASH.fullmatch(value):
        return _assets(member, looks, [int(value, 16)], parts=[])
    current = queries.assets_for(member).filter(pk=int(value)).values("current")
    seen = Fingerprint.objects.filter(version__in=current.order_by()).first()
    if seen is None:
        return np.zeros(0, np.int64)
    raw = bytes(seen.parts)
    parts = [int.from_bytes(raw[at : at + 8], "big") for at in range(0, len(raw), 8)]
    wholes = parts if seen.is_film else [seen.whole % 2**64]
    return _assets(member, looks, [whole for whole in wholes if whole], parts=[] if seen.is_film else parts)


def _assets(member: Member, looks: Looks, wholes: list[int], *, parts: list[int]) -> Assets:
    bits: dict[int, int] = {}
    for whole in wholes:
        near = (
            *looks.near(whole, within=LIKE_BITS),
            *looks.frames_like(whole, within=LIKE_BITS),
            *looks.cut_from(whole, parts, within=CUT_BITS, most=MOST),
        )
        for hit in near:
            bits[hit.version_id] = min(hit.bits, bits.get(hit.version_id, 64))
    order = sorted(bits, key=lambda version_id: (bits[version_id], version_id))[:MOST]
    assets = dict(Version.objects.filter(pk__in=order).values_list("pk", "asset_id"))
    numbers = dict.fromkeys(assets[version_id] for version_id in order if version_id in assets)
    return np.array(list(numbers), np.int64)
