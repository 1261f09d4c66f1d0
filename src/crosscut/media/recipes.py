"""What to make of a master, as canonical data: equal recipes have an equal digest, on any machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from crosscut.kernel.records import as_data, digest

ENGINE = "2"  # part of every digest: raise it when the same recipe would come out differently


class Purpose(StrEnum):
    """Why a file is derived."""

    POST = "post"  # for a post type: what `plan` makes
    THUMBNAIL = "thumbnail"  # a small picture of anything
    PROXY = "proxy"  # what the pages play or show in the master's place
    WAVEFORM = "waveform"  # the peaks of a sound as JSON


@dataclass(frozen=True, kw_only=True)
class Focus:
    """The point that a crop must keep, as parts of width and height from the upper left corner."""

    x: Fraction
    y: Fraction


@dataclass(frozen=True, kw_only=True)
class PicturePart:
    """A still to make."""

    max_width_px: int | None = None
    max_height_px: int | None = None
    aspect: Fraction | None = None  # crop to this width over height first
    focus: Focus | None = None  # None lets the most eye-catching part decide
    max_size_bytes: int | None = None  # quality, then size, is lowered until it fits
    quality: int = 85  # of JPEG and WebP, 1 to 100
    at_s: Fraction | None = None  # of a film, the moment to show


@dataclass(frozen=True, kw_only=True)
class Crop:
    """The part of the upright picture that is kept, in its pixels."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class VideoPart:
    """The picture stream to make. `codec` "copy" takes it over bit by bit, and nothing else here counts then."""

    codec: str = "h264"
    crop: Crop | None = None
    width_px: int = 0  # of the result, even; 0 with copy
    height_px: int = 0
    is_padded: bool = False  # bars fill what the picture leaves of the result
    frame_rate: Fraction | None = None  # None keeps the master's
    crf: int = 21  # x264's constant rate factor, lower is better
    max_bit_rate_bps: int | None = None
    is_deinterlaced: bool = False
    is_tone_mapped: bool = False  # from HDR to BT.709
    burns_captions: bool = False  # the captions given to `render` become part of the picture


@dataclass(frozen=True, kw_only=True)
class SoundPart:
    """The sound stream to make. `codec` "copy" takes it over bit by bit, and nothing else here counts then."""

    codec: str = "aac"
    rate_hz: int = 48_000
    channels: int = 2
    bit_rate_bps: int = 160_000
    loudness_lufs: float | None = None  # integrated, EBU R128; None leaves it as it is
    max_true_peak_dbtp: float = -1.0


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A part of an episode that can be jumped to."""

    start_s: Fraction
    title: str
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """What a podcast episode's file says about itself."""

    title: str
    show: str = ""
    author: str = ""
    description: str = ""
    copyright: str = ""
    language: str = ""  # BCP 47
    number: int | None = None
    published_on: date | None = None
    link: str = ""
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One file to make."""

    purpose: Purpose
    media_type: str  # IANA name of the result
    picture: PicturePart | None = None
    video: VideoPart | None = None
    sound: SoundPart | None = None
    length_s: Fraction | None = None  # only the first part of the master; None is all of it
    max_size_bytes: int | None = None  # of a film or a sound
    episode: Episode | None = None  # what `finish_podcast` writes into the file
    beside: tuple[str, ...] = ()  # SHA-256 of each file that goes in beside the master: captions to burn in, a cover
    reasons: tuple[str, ...] = ()  # why, for a person; not part of the digest

    @property
    def digest(self) -> str:
        """The name of this recipe for good: the same on every machine, whatever the reasons say."""
        data: Mapping[str, object] = as_data(self)
        return digest({"engine": ENGINE, **{name: value for name, value in data.items() if name != "reasons"}})


SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/flac": ".flac",
    "application/json": ".json",
}  # what can be made, and how such a file is named


def suffix_of(recipe: Recipe) -> str:
    """How a file made by the recipe is named: ".mp4"."""
    return SUFFIXES[recipe.media_type]
