"""The cut as records: tracks of clips, gaps and transitions, the words over them, the music under them, the markers.

Times are seconds as `Fraction`, exact. A clip's `duration_s` is how long it lasts in the cut; at speed 2 it uses up
twice that of its medium. A transition takes no time of its own: it reaches `before_s` into the item in front of it
and `after_s` into the one behind, and needs that much more of both media (as in OpenTimelineIO).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Literal

from crosscut.kernel.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where a picture in picture sits, in parts of the frame's width and height from the upper left corner."""

    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction


class Style(StrEnum):
    """How one picture becomes the next. The sound cross-fades with equal power under all of them."""

    DISSOLVE = "dissolve"
    FADE_BLACK = "fade_black"
    FADE_WHITE = "fade_white"
    WIPE_LEFT = "wipe_left"
    WIPE_RIGHT = "wipe_right"
    SLIDE_LEFT = "slide_left"
    SLIDE_RIGHT = "slide_right"


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A stretch of one medium."""

    name: str
    media: str  # as the timeline names it: an address, a path, a file name; "" when it says nothing
    start_s: Fraction  # in the medium, from its first frame; of a still it says nothing, and its speed neither
    duration_s: Fraction  # in the cut
    speed: Fraction = Fraction(1)  # 2 is twice as fast; the pitch is kept
    gain_db: Fraction = Fraction(0)
    is_muted: bool = False
    box: Box | None = None  # None fills the frame
    is_filling: bool = False  # cropped to fill frame or box; else bars, or as large as fits into the box
    reel: str = ""  # tape name, for edit decision lists
    origin_s: Fraction = Fraction(0)  # timecode of the medium's first frame; start_s does not include it
    media_duration_s: Fraction | None = None  # as the timeline says; None when it does not
    unknown_effects: tuple[str, ...] = ()  # what the timeline asks of this clip and nobody here can do
    kind: Literal["clip"] = "clip"

    @property
    def used_s(self) -> Fraction:
        """How much of the medium is played."""
        return self.duration_s * self.speed


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Nothing: black and silence on the lowest track, see-through on the others."""

    duration_s: Fraction
    name: str = ""
    kind: Literal["gap"] = "gap"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """From the item before it in the track to the item after it."""

    before_s: Fraction  # how far it reaches into the item in front
    after_s: Fraction  # how far it reaches into the item behind
    style: Style = Style.DISSOLVE
    name: str = ""
    kind: Literal["transition"] = "transition"

    @property
    def duration_s(self) -> Fraction:
        """How long it lasts."""
        return self.before_s + self.after_s


Item = Clip | Gap | Transition


def media_of(clip: Clip) -> str:
    """What the clip calls its medium; a clip of an edit decision list has only its own name."""
    return clip.media or clip.name


STILL_ENDINGS = frozenset(
    {
        *(".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".tif", ".tiff", ".bmp"),
        *(".psd", ".psb", ".svg", ".pdf", ".ai", ".dng", ".nef", ".cr2"),
    }
)


def is_called_a_still(clip: Clip) -> bool:
    """Whether the name of its medium is that of a picture which does not move. What it is, only its content tells."""
    return PurePosixPath(media_of(clip).lower()).suffix in STILL_ENDINGS


@dataclass(frozen=True, kw_only=True)
class Track:
    """Items one after the other."""

    kind: Literal["video", "audio"]
    items: tuple[Item, ...]
    name: str = ""

    @property
    def duration_s(self) -> Fraction:
        """How long it is."""
        return sum((item.duration_s for item in self.items if not isinstance(item, Transition)), Fraction(0))

    def placed(self) -> Iterator[tuple[Fraction, Clip | Gap]]:
        """Each clip and gap with its moment in the cut."""
        at_s = Fraction(0)
        for item in self.items:
            if not isinstance(item, Transition):
                yield at_s, item
                at_s += item.duration_s


class Role(StrEnum):
    """What words on the picture are for; it decides how they look."""

    TITLE = "title"  # large, in the middle
    LOWER_THIRD = "lower_third"  # a name and what the person is, lower left
    END_CARD = "end_card"  # on a plain ground, after the last picture


@dataclass(frozen=True, kw_only=True)
class Words:
    """Words on the picture."""

    text: str  # lines by newline
    start_s: Fraction  # in the cut; an end card has its place after the last picture and this is ignored
    duration_s: Fraction
    role: Role = Role.TITLE
    second: str = ""  # smaller, under the text
    colour: str = "#ffffff"
    ground: str = "#101820"  # behind a lower third and of an end card


@dataclass(frozen=True, kw_only=True)
class Music:
    """A bed under the whole cut, repeated when it is too short, faded out at the end."""

    media: str
    gain_db: Fraction = Fraction(-12)
    is_ducked: bool = True  # lowered while somebody speaks
    fade_out_s: Fraction = Fraction(2)


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A named moment or stretch of the cut."""

    start_s: Fraction
    name: str
    duration_s: Fraction = Fraction(0)
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A whole cut."""

    name: str
    rate: Fraction  # frames a second; every boundary is put on this grid
    tracks: tuple[Track, ...]  # lowest first
    width_px: int | None = None  # None takes the first film's size; of stills alone 1920 x 1080
    height_px: int | None = None
    words: tuple[Words, ...] = ()
    captions: str = ""  # a caption file to burn in, as the timeline names it
    music: Music | None = None
    markers: tuple[Marker, ...] = ()
    start_timecode_s: Fraction = Fraction(0)  # what the first frame is called in edit decision lists
    warnings: tuple[Problem, ...] = field(default=(), compare=False)  # what could not be read of the file it came from

    @property
    def pictures(self) -> tuple[Track, ...]:
        """The picture tracks, lowest first."""
        return tuple(track for track in self.tracks if track.kind == "video")

    @property
    def sounds(self) -> tuple[Track, ...]:
        """The tracks that are heard: the sound tracks, or the picture tracks' own sound when there is none."""
        return tuple(track for track in self.tracks if track.kind == "audio") or self.pictures

    @property
    def body_s(self) -> Fraction:
        """How long it is without end cards."""
        return max((track.duration_s for track in self.tracks), default=Fraction(0))

    @property
    def duration_s(self) -> Fraction:
        """How long it is, with end cards."""
        return self.body_s + sum((card.duration_s for card in self.words if card.role is Role.END_CARD), Fraction(0))

    def clips(self) -> Iterator[Clip]:
        """Every clip of every track."""
        for track in self.tracks:
            yield from (item for item in track.items if isinstance(item, Clip))
