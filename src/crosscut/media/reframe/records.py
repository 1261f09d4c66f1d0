"""What is seen in a film, and where the camera that reframes it points at every moment.

Places are parts of the upright picture from its upper left corner, 0 to 1. Only one side of a picture is free when a
window of another aspect is cut from it as large as possible: a camera's `place` is the window's start along that side.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.records import as_data, digest
from crosscut.media.recipes import Crop, Focus

TITLE_SAFE = 0.05  # kept free at each edge: 90 % of each side is the safe title area of SMPTE ST 2046-1:2009


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle as parts of a picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class KeyPoint:
    """A place that a person wants in the middle at a moment. It rules the whole shot it lies in."""

    at_s: Fraction
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What one frame shows."""

    at_s: Fraction
    faces: tuple[Box, ...]
    across: tuple[int, ...]  # how much catches the eye in each of equally wide columns, summing to 1000 or to 0
    down: tuple[int, ...]  # the same in rows


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is seen in a film; one look serves every aspect."""

    width_px: int  # upright, square pixels
    height_px: int
    duration_s: Fraction  # to the end of the last frame
    shots_s: tuple[Fraction, ...]  # when each shot begins, exactly its first frame; the first is 0
    glances: tuple[Glance, ...]


class Side(StrEnum):
    """Which way the window can move."""

    ACROSS = "across"
    DOWN = "down"


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of the picture that is shown, without its place."""

    side: Side
    width_px: int
    height_px: int
    size: float  # of the free side, as a part of the picture's


@dataclass(frozen=True, kw_only=True)
class Waypoint:
    """Where the camera is at a moment. Between two of them it moves by the cubic that fits both."""

    at_s: Fraction
    place: float
    speed: float  # of the place, per second


@dataclass(frozen=True, kw_only=True)
class CameraShot:
    """The camera in one shot; there are two waypoints or more, the first at its start and the last at its end."""

    start_s: Fraction
    end_s: Fraction
    is_by_hand: bool  # key points of a person rule it
    waypoints: tuple[Waypoint, ...]

    @cached_property
    def _knots(self) -> tuple[float, ...]:
        return tuple(float(waypoint.at_s) for waypoint in self.waypoints)

    def place_at(self, at_s: Fraction) -> float:
        """Where the camera is, held at the shot's ends."""
        time = min(max(float(at_s), self._knots[0]), self._knots[-1])
        index = min(max(bisect_right(self._knots, time) - 1, 0), len(self._knots) - 2)
        first, second = self.waypoints[index], self.waypoints[index + 1]
        step = self._knots[index + 1] - self._knots[index]
        return hermite(first, second, (time - self._knots[index]) / step, step)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many faces the camera keeps, counted over all glances in shots that no person rules."""

    seen: int  # steady faces
    could: int  # of these, the ones that fit together into the title-safe area, the most important first
    kept: int  # of these, the ones that are in it
    cut: int  # of these, the ones that an edge of the window goes through


@dataclass(frozen=True, kw_only=True)
class CameraPath:
    """Where the window is at every moment of a film."""

    aspect: Fraction  # wanted width over height
    width_px: int  # of the upright film
    height_px: int
    window: Window
    shots: tuple[CameraShot, ...]  # in order, without holes
    kept: Kept

    @cached_property
    def _starts(self) -> tuple[Fraction, ...]:
        return tuple(shot.start_s for shot in self.shots)

    def place_at(self, at_s: Fraction) -> float:
        """The start of the window along its free side."""
        shot = self.shots[max(0, bisect_right(self._starts, at_s) - 1)]
        return min(max(shot.place_at(at_s), 0.0), 1 - self.window.size)

    def crop_at(self, at_s: Fraction) -> Crop:
        """The window in whole pixels."""
        window, place = self.window, self.place_at(at_s)
        is_across = window.side is Side.ACROSS
        return Crop(
            x_px=min(round(place * self.width_px), self.width_px - window.width_px) if is_across else 0,
            y_px=0 if is_across else min(round(place * self.height_px), self.height_px - window.height_px),
            width_px=window.width_px,
            height_px=window.height_px,
        )

    @property
    def digest(self) -> str:
        """The name of this path for good: equal paths have an equal one, on any machine."""
        return digest(as_data(self))


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """How a still could be cropped."""

    aspect: Fraction
    focus: Focus  # for `plan` and `derive`
    crop: Crop  # the same in pixels of the upright picture
    score: float  # 0 to 1: how much of what matters is inside
    reason: str  # for a person: what decided
    faces: tuple[Box, ...]  # all that were found


@dataclass(frozen=True, kw_only=True)
class Reframed:
    """A reframed film and how it was made."""

    facts: MediaFacts  # of the file
    frames: int  # of the picture: as many as the master's
    camera: CameraPath
    sound: str  # "copied", "encoded" or "none"


def hermite(first: Waypoint, second: Waypoint, part: float, step_s: float) -> float:
    """The cubic through two waypoints with their speeds, at a part of the way.

    >>> one, two = (Waypoint(at_s=Fraction(at), place=float(at), speed=0.0) for at in (0, 1))
    >>> hermite(one, two, 0.5, 1.0)
    0.5
    """
    square, cube = part * part, part * part * part
    return (
        (2 * cube - 3 * square + 1) * first.place
        + (cube - 2 * square + part) * step_s * first.speed
        + (3 * square - 2 * cube) * second.place
        + (cube - square) * step_s * second.speed
    )
