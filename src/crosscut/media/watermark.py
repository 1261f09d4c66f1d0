"""Words across a picture or a film that say whose it is, so that a preview cannot be passed off as the work itself."""

import secrets
from pathlib import Path

from crosscut.kernel.errors import Unavailable
from crosscut.kernel.phrases import phrase
from crosscut.media import capped, ffmpeg
from crosscut.media.sniff import SizeLimits, sniff

LONGEST_FILM_H = 99


def mark_picture(path: Path, words: str) -> None:
    """Writes the words across the whole picture, in place, whole or not at all.

    Raises Damaged for what is no picture, and Unavailable where the machine has no font to write with.
    """
    if not ffmpeg.has_fonts():
        raise Unavailable(
            phrase("Nothing can be written on pictures: no font is installed. Install fonts-dejavu-core.")
        )
    half_done = path.with_name(f".marking-{secrets.token_hex(4)}-{path.name}")
    try:
        capped.call(
            "stills.marking:mark",
            int,
            path=path,
            container=sniff(path).container,
            limit_px=SizeLimits().picture_px,
            words=words,
            out=half_done,
        )
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)


def as_captions(words: str) -> str:
    """The words as captions that stay in the middle of a film from its first frame to its last.

    >>> as_captions("Reef Watch").splitlines()[2:]
    ['00:00:00.000 --> 99:00:00.000 line:50% align:center', 'Reef Watch']
    """
    plain = " ".join(words.replace("-->", "→").replace("&", "&amp;").replace("<", "&lt;").split())
    return f"WEBVTT\n\n00:00:00.000 --> {LONGEST_FILM_H}:00:00.000 line:50% align:center\n{plain}\n"
