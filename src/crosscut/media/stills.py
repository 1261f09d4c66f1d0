"""Derives pictures from pictures: upright, sRGB, cropped, sized, with rights kept and places dropped."""

from pathlib import Path

from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped, metadata
from crosscut.media.metadata import Metadata
from crosscut.media.recipes import PicturePart
from crosscut.media.sniff import sniff

KEPT = (
    "title",
    "description",
    "alt_text",
    "extended_description",
    "creator",
    "credit",
    "copyright",
    "licence_url",
    "usage_terms",
    "licensor",
    "licensor_url",
    "digital_source_type",
)


def derive(
    path: Path,
    part: PicturePart,
    out: Path,
    *,
    media_type: str = "image/jpeg",
    rights: Metadata | None = None,
    should_stop: ShouldStop = never,
) -> None:
    """Writes the picture that the part describes to `out`, replacing what is there.

    The rights fields and alternative texts of the master, or of `rights` when given, are written into it; EXIF,
    positions and thumbnails are not. Raises Damaged, or Invalid when the size limit cannot be met.
    """
    container = sniff(path).container
    kept = kept_fields(metadata.read(path) if rights is None else rights)
    capped.call(
        "stills:make",
        int,
        should_stop=should_stop,
        path=path,
        container=container,
        part=part,
        media_type=media_type,
        rights=kept,
        out=out,
    )


def kept_fields(found: Metadata) -> Metadata:
    """Only what says whose it is, what may be done with it and what it shows: no place, time or camera."""
    return Metadata(**{name: getattr(found, name) for name in KEPT})
