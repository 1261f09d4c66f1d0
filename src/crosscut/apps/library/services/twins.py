"""Whether a file is in the library already in another form, with the reason for each that is like it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from fractions import Fraction

from django.db.models import QuerySet

from crosscut.apps.library.alike import Looks, looks_of
from crosscut.apps.library.models import Fingerprint, Version
from crosscut.apps.library.services import fingerprints
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.media.stills import cropped, distance_bits

BURST_S = 3  # two pictures of one camera taken within it belong to one burst
MOST = 50  # of each tier: more is no answer
SAME_LIKENESS = 0.94  # correlation of sketches: re-encodes have 0.96 and more, other pictures up to 0.85 (measured)
CROP_LIKENESS = 0.92  # of a crop with its place in the whole; true ones have 0.88 and more
CROP_BITS = 22  # a crop is seldom one of the usual ones exactly: those that may be one are looked at
CROP_LOOKS = 150  # at most
SAME_SHAPE = 0.02  # part by which the aspect of the same picture may differ: rounding of small sizes
_SAME_FILE = phrase("The same file.")
_SAME_PIXELS = phrase("The same picture to the last pixel, in another file.")
SAME_LENGTH_S = 1.0  # by which films of the same length may differ: encoders add or drop frames at the end


class Tier(IntEnum):
    """How surely two files are the same thing, the surest first."""

    BYTES = 1  # the same file
    PIXELS = 2  # the same picture to the last pixel, in another file
    COPY = 3  # saved anew or in another size
    CROP = 4  # a part of the other
    BURST = 5  # taken at nearly the same moment with the same camera


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A version that is, or may be, the same thing."""

    version: Version  # with its asset
    tier: Tier
    reason: Phrase  # for a person: "Only the size differs: 4000 × 3000 instead of 2000 × 1500."
    bits: int  # of 64 by which the hashes differ; 0 where that was not asked


def twins_of(version: Version) -> list[Twin]:
    """The workspace's other assets' versions that are like this one, the surest first, each once.

    Looks at the version now if nobody did. Raises NotFound when its file is missing.
    """
    row = fingerprints.take(version)
    looks = looks_of(row.workspace_id)
    found: dict[int, Twin] = {}
    for twin in (*_same_bytes(row), *_copies(row, looks), *_films(row, looks), *_crops(row, looks), *_bursts(row)):
        found.setdefault(twin.version.pk, twin)
    return sorted(found.values(), key=lambda twin: (twin.tier, twin.bits, twin.version.pk))


def reason_of(mine: Version, theirs: Version, tier: Tier) -> Phrase:
    """The same reason for two versions of which the tier is known; both have been looked at."""
    row, other = mine.fingerprint, theirs.fingerprint
    if tier is Tier.BYTES:
        return _SAME_FILE
    if tier is Tier.PIXELS:
        return _SAME_PIXELS
    if tier is Tier.CROP:
        return _crop_words(bytes(row.sketch), bytes(other.sketch)) or phrase("A part of the same picture.")
    if tier is Tier.BURST and row.taken_at and other.taken_at:
        return _burst_words(row.taken_at, other.taken_at)
    return _film_words(row, other) if row.is_film else _copy_words(row.version, other.version)


def _others(row: Fingerprint) -> QuerySet[Fingerprint]:
    rows = Fingerprint.objects.filter(workspace=row.workspace_id).exclude(version__asset=row.version.asset_id)
    return rows.select_related("version__asset")


def _same_bytes(row: Fingerprint) -> list[Twin]:
    rows = _others(row).filter(version__sha256=row.version.sha256)[:MOST]
    return [Twin(version=same.version, tier=Tier.BYTES, reason=_SAME_FILE, bits=0) for same in rows]


def _rows_of(row: Fingerprint, versions: Iterable[int]) -> list[Fingerprint]:
    """The other rows, in the order of the versions: what is gone or of the same asset is left out."""
    wanted = list(versions)[: MOST * 4]
    known = _others(row).in_bulk(wanted)
    return [known[version_id] for version_id in wanted if version_id in known]


def _copies(row: Fingerprint, looks: Looks) -> list[Twin]:
    near = {hit.version_id: hit.bits for hit in looks.near(_bits(row))}
    return [
        twin
        for other in _rows_of(row, near)[:MOST]
        if (twin := _copy(row, other, near[other.pk]))  # hashes alone take two blue skies for one
    ]


def _copy(row: Fingerprint, other: Fingerprint, bits: int) -> Twin | None:
    mine, theirs = _size(row.version), _size(other.version)
    if not mine or not theirs or abs(mine[0] * theirs[1] / (mine[1] * theirs[0]) - 1) > _shape_slack(mine, theirs):
        return None
    if cropped.likeness(bytes(row.sketch), bytes(other.sketch)) < SAME_LIKENESS:
        return None
    pixels = fingerprints.pixels_of(row) if bits <= 2 and mine == theirs else ""
    if pixels and pixels == fingerprints.pixels_of(other):
        return Twin(version=other.version, tier=Tier.PIXELS, reason=_SAME_PIXELS, bits=bits)
    return Twin(version=other.version, tier=Tier.COPY, reason=_copy_words(row.version, other.version), bits=bits)


def _copy_words(one: Version, other: Version) -> Phrase:
    mine, theirs = _size(one), _size(other)
    if mine and theirs and mine != theirs:
        return _resized(mine, theirs)
    return phrase("The same picture, saved anew as {media_type}.", media_type=one.media_type)


def _shape_slack(mine: tuple[int, int], theirs: tuple[int, int]) -> float:
    return SAME_SHAPE + 1 / min(*mine, *theirs)


def _resized(mine: tuple[int, int], theirs: tuple[int, int]) -> Phrase:
    return phrase(
        "The same in another size: {width} × {height} instead of {their_width} × {their_height}.",
        width=mine[0],
        height=mine[1],
        their_width=theirs[0],
        their_height=theirs[1],
    )


def _crops(row: Fingerprint, looks: Looks) -> list[Twin]:
    """What may be cut from the other is laid on it: only where a sketch fits into the other is it a crop."""
    if not _bits(row):
        return []
    near = looks.cut_from(_bits(row), _parts(row), within=CROP_BITS, most=CROP_LOOKS)
    bits = {hit.version_id: hit.bits for hit in near}
    found = (_crop(row, other, bits[other.pk]) for other in _rows_of(row, bits))
    return [twin for twin in found if twin][:MOST]


def _crop(row: Fingerprint, other: Fingerprint, bits: int) -> Twin | None:
    reason = _crop_words(bytes(row.sketch), bytes(other.sketch))
    return Twin(version=other.version, tier=Tier.CROP, reason=reason, bits=bits) if reason else None


def _crop_words(mine: bytes, theirs: bytes) -> Phrase | None:
    """Which is a part of which, and how much of it; None where neither is."""
    inside = cropped.placed(mine, theirs)
    if inside and inside.likeness >= CROP_LIKENESS:
        return phrase("A crop of it: {percent} % of its picture.", percent=round(100 * inside.width * inside.height))
    around = cropped.placed(theirs, mine)
    if around and around.likeness >= CROP_LIKENESS:
        share = round(100 * around.width * around.height)
        return phrase("It is a crop of this picture: {percent} % of it.", percent=share)
    return None


def _films(row: Fingerprint, looks: Looks) -> list[Twin]:
    if not row.is_film:
        return []
    near = {hit.version_id: hit.bits for hit in looks.films_like(_parts(row))}
    length_s = _length_s(row.version)
    rows = [other for other in _rows_of(row, near) if abs(_length_s(other.version) - length_s) <= SAME_LENGTH_S]
    return [
        Twin(version=other.version, tier=Tier.COPY, reason=_film_words(row, other), bits=near[other.pk])
        for other in rows[:MOST]
    ]


def _film_words(row: Fingerprint, other: Fingerprint) -> Phrase:
    mine, theirs = _size(row.version), _size(other.version)
    if mine and theirs and mine != theirs:
        return _resized(mine, theirs)
    return phrase("The same film, encoded anew.")


def _bursts(row: Fingerprint) -> list[Twin]:
    if not row.camera or row.taken_at is None or row.is_film:
        return []
    near = timedelta(seconds=BURST_S)
    rows = _others(row).filter(
        camera=row.camera, taken_at__range=(row.taken_at - near, row.taken_at + near), is_film=False
    )
    return [
        Twin(
            version=other.version,
            tier=Tier.BURST,
            reason=_burst_words(row.taken_at, other.taken_at),
            bits=distance_bits(_bits(row), _bits(other)),
        )
        for other in rows[:MOST]
        if other.taken_at
    ]


def _burst_words(one: datetime, other: datetime) -> Phrase:
    seconds = abs((one - other).total_seconds())
    if seconds < 1:
        return phrase("Taken in the same second with the same camera.")
    return phrase("Taken {seconds} s apart with the same camera.", seconds=round(seconds))


def _bits(row: Fingerprint) -> int:
    return row.whole % 2**64


def _parts(row: Fingerprint) -> list[int]:
    parts = bytes(row.parts)
    return [int.from_bytes(parts[at : at + 8], "big") for at in range(0, len(parts), 8)]


def _size(version: Version) -> tuple[int, int] | None:
    """Width and height as displayed."""
    picture = version.facts.get("picture") or next(iter(version.facts.get("video") or ()), None)
    return (int(picture["width_px"]), int(picture["height_px"])) if picture else None


def _length_s(version: Version) -> float:
    return float(Fraction(version.facts.get("duration_s") or 0))
