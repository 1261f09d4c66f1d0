"""The camera as a person leads it: through key points, smoothly, never beyond them."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.reframe.aim import Frame
from crosscut.media.reframe.records import Box, KeyPoint, Look, Side, Waypoint

WHOLE = 1 + 1e-6  # a part and the rest of a side may come to a hair more than 1


def check(key_points: Sequence[KeyPoint], covered: Sequence[Box], look: Look) -> None:
    """Raises Invalid with everything that cannot be followed."""
    problems = [_problem("key points", said) for said in _wrong_points(key_points, look)]
    if any(min(box.x, box.y) < 0 or max(box.x + box.width, box.y + box.height) > WHOLE for box in covered):
        problems.append(_problem("covered", phrase("A covered part lies outside the picture: its numbers are 0 to 1.")))
    if any(box.width <= 0 or box.height <= 0 for box in covered):
        problems.append(_problem("covered", phrase("A covered part is empty: give it a width and a height.")))
    if problems:
        raise Invalid(problems=problems)


def _wrong_points(key_points: Sequence[KeyPoint], look: Look) -> list[str]:
    said: list[str] = []
    for point in key_points:
        if not 0 <= point.at_s < look.duration_s:
            said.append(
                phrase(
                    "{at_s:g} s is not in the film, which lasts {duration_s:.3f} s.",
                    at_s=float(point.at_s),
                    duration_s=float(look.duration_s),
                )
            )
        if not (0 <= point.x <= 1 and 0 <= point.y <= 1):
            said.append(phrase("{x:g}, {y:g} is not in the picture: both numbers are 0 to 1.", x=point.x, y=point.y))
    if len({point.at_s for point in key_points}) < len(key_points):
        said.append(phrase("Two key points are at one moment: keep one of them."))
    return said


def _problem(where: str, message: str) -> Problem:
    return Problem(code="reframe.wrong", where=where, message=message)


def waypoints_by_hand(frame: Frame, points: Sequence[KeyPoint], start_s: Fraction, end_s: Fraction) -> list[Waypoint]:
    """The waypoints of a shot that a person rules: held before the first point and after the last.

    Speeds are those of Fritsch and Carlson's monotone cubic (SIAM J. Numer. Anal. 17, 1980), so that the camera never
    swings beyond a point. Without points it stands in the middle.
    """
    known = [(point.at_s, _start_of(frame, point)) for point in sorted(points, key=lambda point: point.at_s)]
    known = known or [(start_s, frame.room / 2)]
    if known[0][0] > start_s:
        known.insert(0, (start_s, known[0][1]))
    if known[-1][0] < end_s:
        known.append((end_s, known[-1][1]))
    slopes = [(after - before) / float(later - sooner) for (sooner, before), (later, after) in pairwise(known)]
    inner = [_monotone(before, after) for before, after in pairwise(slopes)]
    return [
        Waypoint(at_s=at_s, place=round(place, 5), speed=round(speed, 5))
        for (at_s, place), speed in zip(known, [0.0, *inner, 0.0], strict=True)
    ]


def _start_of(frame: Frame, point: KeyPoint) -> float:
    centre = point.x if frame.side is Side.ACROSS else point.y
    return min(max(centre - frame.size / 2, 0.0), frame.room)


def _monotone(before: float, after: float) -> float:
    """The speed between two slopes: their harmonic mean, 0 where the direction turns.

    >>> _monotone(1.0, 1.0), _monotone(1.0, -1.0)
    (1.0, 0.0)
    """
    return 2 * before * after / (before + after) if before * after > 0 else 0.0
