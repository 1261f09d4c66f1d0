"""Where the window should be in each glance, faces first, and the calmest way through a shot that stays there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from crosscut.media.reframe.records import TITLE_SAFE, Box, Side

PLACES = 65  # of the window that are compared
OUTSIDE = 40.0  # cost of leaving a face, per part of the picture
CUT = 0.4  # cost of an edge through a face that cannot be kept whole beside a more important one
MOVE = 3.0  # cost of moving, per part of the picture: what is gained must last about a second
OFF_CENTRE = 0.5  # cost of a face beside the middle of the free part, per part of the picture
EYE_BESIDE_FACES = 0.3  # how much of the rest's pull is left where there is a face
CORE = 0.5  # of the window: what lies in it counts twice as much as what is near its edges


@dataclass(frozen=True)
class Span:
    """From and to, along the free side of the picture."""

    low: float
    high: float

    def nearest(self, place: float) -> float:
        """The place, or the end next to it."""
        return min(max(place, self.low), self.high)


@dataclass(frozen=True)
class Aim:
    """What one glance asks of the window's start."""

    tube: Span  # the starts that keep every face that can be kept
    costs: tuple[float, ...]  # of each of PLACES starts, lower is better
    kept: tuple[Box, ...]  # the faces that can be kept together


@dataclass(frozen=True)
class Frame:
    """The window and what covers it."""

    side: Side
    size: float  # along the free side, as a part of the picture's
    covered: tuple[Box, ...]  # by the target's buttons and captions, as parts of the window

    @property
    def room(self) -> float:
        """How far the window can move."""
        return max(0.0, 1 - self.size)

    def along(self, box: Box) -> Span:
        """The box along the free side."""
        if self.side is Side.ACROSS:
            return Span(box.x, box.x + box.width)
        return Span(box.y, box.y + box.height)

    def free(self, face: Box) -> Span:
        """The part of the window, along its free side, that is title-safe and not covered at the face's height.

        What covers a whole side cannot be dodged by moving along it, and is left out.
        """
        gaps = [Span(TITLE_SAFE, 1 - TITLE_SAFE)]
        across = Frame(Side.DOWN if self.side is Side.ACROSS else Side.ACROSS, 1.0, ())
        for box in self.covered:
            one, other, along = across.along(box), across.along(face), self.along(box)
            if one.low < other.high and other.low < one.high:
                parts = [part for gap in gaps for part in _without(gap, along)]
                gaps = [part for part in parts if part.high - part.low > TITLE_SAFE] or gaps
        return max(gaps, key=lambda gap: gap.high - gap.low)

    def starts_for(self, face: Box) -> Span:
        """The starts of the window that show the face in the free part; one that centres it where it is too large."""
        free, along = self.free(face), self.along(face)
        low, high = along.high - free.high * self.size, along.low - free.low * self.size
        if low > high:
            low = high = (low + high) / 2
        return Span(min(max(low, 0.0), self.room), min(max(high, 0.0), self.room))


def _without(gap: Span, hole: Span) -> list[Span]:
    parts = [Span(gap.low, min(gap.high, hole.low)), Span(max(gap.low, hole.high), gap.high)]
    return [part for part in parts if part.high > part.low]


def aim_of(frame: Frame, faces: Sequence[Box], eye: Sequence[int]) -> Aim:
    """What a glance asks, its faces given in the order of their importance."""
    tube, kept = Span(0.0, frame.room), list[Box]()
    for face in faces:
        own = frame.starts_for(face)
        both = Span(max(tube.low, own.low), min(tube.high, own.high))
        if both.low <= both.high:
            tube = both
            kept.append(face)
    others = [face for face in faces if face not in kept]
    pulls = _pulls(frame, eye)
    share = EYE_BESIDE_FACES if kept else 1.0
    costs = [
        OUTSIDE * abs(place - tube.nearest(place))
        + sum(OFF_CENTRE * abs(place - _centred(frame, face)) for face in kept) / max(1, len(kept))
        + CUT * sum(is_cut(frame, face, place) for face in others)
        - share * pull
        for place, pull in zip(places(frame), pulls, strict=True)
    ]
    return Aim(tube, tuple(costs), tuple(kept))


def places(frame: Frame) -> list[float]:
    """The starts that are compared."""
    return [frame.room * number / (PLACES - 1) for number in range(PLACES)]


def is_cut(frame: Frame, face: Box, place: float) -> bool:
    """Whether an edge of the window goes through the face."""
    along = frame.along(face)
    return any(along.low < edge < along.high for edge in (place, place + frame.size) if 0 < edge < 1)


def _centred(frame: Frame, face: Box) -> float:
    """The start that brings the face to the middle of what is free."""
    along, free = frame.along(face), frame.free(face)
    return min(max((along.low + along.high) / 2 - (free.low + free.high) / 2 * frame.size, 0.0), frame.room)


def _pulls(frame: Frame, eye: Sequence[int]) -> list[float]:
    """How much of what catches the eye each place shows, 0 to 1; half of the weight is on the window's core."""
    sums = [0, *accumulate(eye)]
    if not sums[-1]:
        return [0.0] * PLACES
    inset = frame.size * (1 - CORE) / 2
    return [
        (_part(sums, place, place + frame.size) + _part(sums, place + inset, place + frame.size - inset)) / 2
        for place in places(frame)
    ]


def shown(eye: Sequence[int], start: float, end: float) -> float:
    """How much of what catches the eye lies between two places, 0 to 1; 1 where nothing does.

    >>> shown((0, 1000, 0, 0), 0.25, 0.375)
    0.5
    """
    sums = [0, *accumulate(eye)]
    return _part(sums, start, end) if sums[-1] else 1.0


def _part(sums: Sequence[int], start: float, end: float) -> float:
    return (_until(sums, end) - _until(sums, start)) / sums[-1]


def _until(sums: Sequence[int], part: float) -> float:
    at = min(max(part, 0.0), 1.0) * (len(sums) - 1)
    index = min(int(at), len(sums) - 2)
    return sums[index] + (at - index) * (sums[index + 1] - sums[index])


def calmest(frame: Frame, aims: Sequence[Aim]) -> list[float]:
    """The places through all glances with the least cost, moving included: the best of all ways, found exactly."""
    step = MOVE * frame.room / (PLACES - 1)
    best = list(aims[0].costs)
    came: list[list[int]] = []
    for aim in aims[1:]:
        origin = list(range(PLACES))
        for sweep in (range(1, PLACES), range(PLACES - 2, -1, -1)):  # there and back: the cost grows evenly
            beside = -1 if sweep.step > 0 else 1
            for place in sweep:
                if best[place + beside] + step < best[place] - 1e-12:
                    best[place] = best[place + beside] + step
                    origin[place] = origin[place + beside]
        best = [before + cost for before, cost in zip(best, aim.costs, strict=True)]
        came.append(origin)
    last = min(range(PLACES), key=lambda place: (round(best[place], 9), abs(place - PLACES // 2)))
    way = [last]
    for origin in reversed(came):
        way.append(origin[way[-1]])
    return [frame.room * place / (PLACES - 1) for place in reversed(way)]
