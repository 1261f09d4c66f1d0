"""Where everything of a cut lies on its grid of frames, and the windows it can be rendered in one after the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.model import Clip, Cut, Gap, Style, Track, Transition

SOUND_RATE_HZ = 48_000
SOURCES_AT_ONCE = 12  # open decoders in one FFmpeg: 1080p takes some 60 MB each


@dataclass(frozen=True, kw_only=True)
class Use:
    """A clip as it is played in one stretch."""

    clip: Clip
    from_s: Fraction  # in the medium, at the stretch's first frame


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Frames of one track in which the same thing happens."""

    start: int  # frame of the cut
    end: int  # the first frame after it
    first: Use | None  # None is nothing: black and silence
    second: Use | None = None  # what the first becomes; counts when there is a style
    style: Style | None = None  # of the transition; None when there is none

    @property
    def frames(self) -> int:
        """How many it has."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Window:
    """A part of the cut that is rendered by itself; no transition crosses its ends."""

    start: int
    end: int
    pictures: tuple[tuple[Stretch, ...], ...]  # per track, lowest first
    sounds: tuple[tuple[Stretch, ...], ...]


@dataclass(frozen=True, kw_only=True)
class _Placed:
    item: Clip | Gap
    start: int
    end: int


def frame_at(time_s: Fraction, rate: Fraction) -> int:
    """The frame that begins nearest to the time; half a frame goes up.

    >>> frame_at(Fraction(1, 2), Fraction(25))
    13
    """
    return math.floor(time_s * rate + Fraction(1, 2))


def sample_at(frame: int, rate: Fraction) -> int:
    """The sound sample that begins with the frame; rounded from zero each time, so nothing adds up.

    >>> sample_at(30, Fraction(30000, 1001))
    48048
    """
    return round(frame / rate * SOUND_RATE_HZ)


def stretches(track: Track, rate: Fraction, frames: int) -> tuple[Stretch, ...]:
    """The track without holes from frame 0 to `frames`. Raises Invalid when two transitions run into each other."""
    placed, faders = _placed(track, rate)
    found: list[Stretch] = []
    at = 0
    for index, boundary in enumerate(faders):
        item = placed[index]
        blend = _blend(placed, index, boundary, rate) if boundary else None
        end = blend.start if blend else item.end
        if end < at:
            raise _crossing(item.item)
        if end > at:
            found.append(Stretch(start=at, end=end, first=_use(item, at, rate)))
        at = end
        if blend:
            found.append(blend)
            at = blend.end
    if at < frames:
        found.append(Stretch(start=at, end=frames, first=None))
    return _with_fade_in(track, placed, found, rate)


def _placed(track: Track, rate: Fraction) -> tuple[list[_Placed], list[Transition | None]]:
    """The clips and gaps on the grid, and for each the transition that follows it."""
    placed: list[_Placed] = []
    faders: list[Transition | None] = []
    for at_s, item in track.placed():
        placed.append(_Placed(item=item, start=frame_at(at_s, rate), end=frame_at(at_s + item.duration_s, rate)))
        faders.append(None)
    position = -1
    for part in track.items:
        if not isinstance(part, Transition):
            position += 1
        elif position >= 0:
            faders[position] = part
    return placed, faders


def _blend(placed: list[_Placed], index: int, transition: Transition, rate: Fraction) -> Stretch | None:
    front = placed[index]
    behind = placed[index + 1] if index + 1 < len(placed) else None
    after_s = transition.after_s if behind else Fraction(0)  # nothing can be faded to beyond the end
    start = front.end - frame_at(transition.before_s, rate)
    end = front.end + frame_at(after_s, rate)
    if start < front.start or (behind and end > behind.end):
        raise _crossing(front.item)
    if start == end:
        return None
    second = _use(behind, start, rate) if behind else None
    return Stretch(start=start, end=end, first=_use(front, start, rate), second=second, style=transition.style)


def _with_fade_in(track: Track, placed: list[_Placed], found: list[Stretch], rate: Fraction) -> tuple[Stretch, ...]:
    """A transition before the first item is a fade from nothing."""
    opening = track.items[0] if track.items else None
    if not isinstance(opening, Transition) or not found or not placed:
        return tuple(found)
    frames = frame_at(opening.after_s, rate)
    first = found[0]
    if not 0 < frames <= first.frames or first.style:
        raise _crossing(placed[0].item)
    fade = Stretch(start=0, end=frames, first=None, second=first.first, style=opening.style)
    rest = Stretch(start=frames, end=first.end, first=_use(placed[0], frames, rate))
    return (fade, *((rest,) if rest.frames else ()), *found[1:])


def _use(placed: _Placed, frame: int, rate: Fraction) -> Use | None:
    if isinstance(placed.item, Gap):
        return None
    return Use(clip=placed.item, from_s=placed.item.start_s + (frame - placed.start) / rate * placed.item.speed)


def _crossing(item: Clip | Gap) -> Invalid:
    name = item.name or "A gap"
    message = phrase("{name} is too short for the transitions at its ends: shorten them or lengthen it.", name=name)
    return Invalid.at(name, message, code="cuts.transitions_cross")


def windows(cut: Cut, *, frames: int) -> tuple[Window, ...]:
    """The cut in parts of at most SOURCES_AT_ONCE clips each, where the transitions leave room to part it."""
    pictures = [stretches(track, cut.rate, frames) for track in cut.pictures]
    sounds = [stretches(track, cut.rate, frames) for track in cut.sounds]
    edges = [0, *_partings(pictures, sounds, frames)]
    return tuple(
        Window(
            start=start,
            end=end,
            pictures=tuple(_within(track, start, end, cut.rate) for track in pictures),
            sounds=tuple(_within(track, start, end, cut.rate) for track in sounds),
        )
        for start, end in pairwise(edges)
    )


def _partings(pictures: Sequence[Sequence[Stretch]], sounds: Sequence[Sequence[Stretch]], frames: int) -> list[int]:
    """The frames at which a window ends, the last is the end."""
    tracks = [*pictures, *sounds]
    blends = [stretch for track in tracks for stretch in track if stretch.style]
    edges = sorted({stretch.end for track in tracks for stretch in track} | {frames})
    edges = [edge for edge in edges if not any(blend.start < edge < blend.end for blend in blends)]
    chosen, start = [], 0
    for edge, following in zip(edges, [*edges[1:], None], strict=True):
        if following is None or sum(_sources(track, start, following) for track in pictures) > SOURCES_AT_ONCE:
            chosen.append(edge)
            start = edge
    return chosen


def _sources(track: Sequence[Stretch], start: int, end: int) -> int:
    inside = [stretch for stretch in track if stretch.start < end and stretch.end > start]
    return sum((stretch.first is not None) + (stretch.second is not None) for stretch in inside)


def _within(track: Sequence[Stretch], start: int, end: int, rate: Fraction) -> tuple[Stretch, ...]:
    inside = (stretch for stretch in track if stretch.start < end and stretch.end > start)
    return tuple(_trimmed(stretch, start, end, rate) for stretch in inside)


def _trimmed(stretch: Stretch, start: int, end: int, rate: Fraction) -> Stretch:
    """The part of the stretch inside; only plain ones ever cross the end of a window."""
    if stretch.start >= start and stretch.end <= end:
        return stretch
    first, skipped = stretch.first, max(0, start - stretch.start)
    moved = first and replace(first, from_s=first.from_s + skipped / rate * first.clip.speed)
    return replace(stretch, start=max(start, stretch.start), end=min(end, stretch.end), first=moved)
