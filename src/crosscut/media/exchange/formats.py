"""The formats in which cuts travel between programs, told apart by name and by what is in the file."""

from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, NotFound, Unsupported
from crosscut.kernel.phrases import phrase

LOOKED_AT_BYTES = 4096


class Format(StrEnum):
    """A format of cuts."""

    OTIO = "otio"  # OpenTimelineIO: Crosscut's own
    EDL = "edl"  # CMX 3600: every program, one picture track
    FCP7 = "fcp7"  # Final Cut Pro 7 XML: Premiere, Resolve
    FCPXML = "fcpxml"  # Final Cut Pro X and later, Resolve
    MLT = "mlt"  # Shotcut, Kdenlive, melt


BY_SUFFIX = {
    ".otio": Format.OTIO,
    ".edl": Format.EDL,
    ".xml": Format.FCP7,
    ".xmeml": Format.FCP7,
    ".fcpxml": Format.FCPXML,
    ".mlt": Format.MLT,
}
BY_ROOT = {b"<xmeml": Format.FCP7, b"<fcpxml": Format.FCPXML, b"<mlt": Format.MLT}


def rate_of(text: str) -> Fraction | None:
    """The frame rate that a person writes; None for nothing. Raises Invalid.

    >>> rate_of("29.97"), rate_of("25")
    (Fraction(30000, 1001), Fraction(25, 1))
    """
    if not text:
        return None
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError) as fault:
        raise Invalid.at(
            "--rate", phrase('"{text}" is no frame rate: write 25, 29.97 or 30000/1001.', text=text)
        ) from fault
    near = (Fraction(whole * 1000, 1001) for whole in (24, 30, 48, 60, 120))
    rate = next((one for one in near if abs(one - rate) < Fraction(6, 1000)), rate)
    if not 1 <= rate <= 240:
        raise Invalid.at("--rate", phrase("A cut has 1 to 240 frames a second."))
    return rate


def format_to_write(path: Path) -> Format:
    """The format that the file's name asks for. Raises Unsupported with the names there are."""
    if path.suffix.lower() in BY_SUFFIX:
        return BY_SUFFIX[path.suffix.lower()]
    known = ", ".join(BY_SUFFIX)
    raise Unsupported(
        phrase(
            'A cut cannot be written as "{suffix}". Name the file with one of {known}.',
            suffix=path.suffix or path.name,
            known=known,
        )
    )


def format_of(path: Path) -> Format:
    """The format of a file that is there; .xml is looked into. Raises NotFound or Unsupported."""
    if not path.is_file():
        raise NotFound(phrase("There is no file {path}.", path=path))
    with path.open("rb") as file:
        beginning = file.read(LOOKED_AT_BYTES)
    found = next((form for root, form in BY_ROOT.items() if root in beginning), None)
    return found or format_to_write(path)
