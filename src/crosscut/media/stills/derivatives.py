"""What pictures to make of a picture, as canonical data."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crosscut.kernel.records import as_data, digest
from crosscut.media.recipes import PicturePart

MAKER = "1"  # part of every digest: raise it when the same derivative would come out differently


class Gamut(StrEnum):
    """Which colours the result can show."""

    SRGB = "srgb"  # what every screen and every network takes; written without a profile
    WIDE = "wide"  # Display P3 with its profile when the master has more than sRGB, else sRGB


class Sharpening(StrEnum):
    """What is done about the softness that shrinking leaves."""

    NONE = "none"  # Lanczos keeps edges crisp by itself
    SHRUNK = "shrunk"  # edges are lifted, the more the smaller the result; flat parts and noise are left alone


@dataclass(frozen=True, kw_only=True)
class Derivative:
    """One picture to make."""

    part: PicturePart  # crop, size, quality, size limit
    media_type: str = "image/jpeg"  # JPEG, WebP, AVIF or PNG
    gamut: Gamut = Gamut.SRGB
    sharpening: Sharpening = Sharpening.NONE
    bits: int = 8  # per channel; 16 for PNG and 10 for AVIF keep more where the master has more
    background: str = "#ffffff"  # beneath what is transparent, in a JPEG

    @property
    def digest(self) -> str:
        """The name of this derivative for good, on any machine."""
        return digest({"maker": MAKER, **as_data(self)})


@dataclass(frozen=True, kw_only=True)
class MetadataPolicy:
    """What of a master's metadata goes into what is made of it. Thumbnails and maker notes never do."""

    keeps_rights: bool = True  # titles, captions, alternative texts, whose it is, what may be done, how it was made
    keeps_keywords: bool = False
    keeps_place: bool = False  # position and place names
    keeps_time: bool = False  # when it was taken
    keeps_camera: bool = False


@dataclass(frozen=True, kw_only=True)
class Order:
    """A derivative and where it goes."""

    derivative: Derivative
    out: Path
