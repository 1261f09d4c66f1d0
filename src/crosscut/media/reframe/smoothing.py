"""A smooth curve along a wanted one, with bounded speed and acceleration.

Whittaker's smoother (E. T. Whittaker, "On a new method of graduation", 1923) on an even grid of moments, read as the
control points of a uniform cubic B-spline: their differences bound its speed and acceleration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crosscut.media.reframe.aim import Span

STIFFNESS = 20.0  # at four moments a second, swings faster than about 3 s are damped by half or more
ROUNDS = 10  # of drawing the curve into its tube
PULL = 6.0  # how much stronger each round pulls where it is outside
STRONGEST = 1e5
INSIDE = 0.002  # of the picture, aimed at within the tube
SLOWER = 2.0  # how much stiffer each try is
LEAST_DRAG = 0.05
NEAR = 8  # moments on either side of one that is too fast are stiffened with it: two seconds
TRIES = 48  # after half of them all moments are stiffened


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a camera may move."""

    max_speed: float = 0.5  # parts of the picture per second
    max_acceleration: float = 1.0  # parts of the picture per second squared


def smooth(wanted: Sequence[float], tube: Sequence[Span], step_s: float, manner: Manner) -> list[float]:
    """Control points near the wanted places and in the tube; the bounds of speed and acceleration come first."""
    stiff, drag = [STIFFNESS] * len(wanted), [0.0] * len(wanted)
    for attempt in range(TRIES):
        points = _into_tube(wanted, tube, stiff, drag)
        fast = _too_fast(points, step_s, manner)
        if not fast:
            return points
        around = range(len(wanted)) if attempt > TRIES // 2 else _around(fast, len(wanted))
        for index in around:
            stiff[index], drag[index] = stiff[index] * SLOWER, max(drag[index], LEAST_DRAG) * SLOWER
    return [sum(wanted) / len(wanted)] * len(wanted)


def _into_tube(
    wanted: Sequence[float], tube: Sequence[Span], stiff: Sequence[float], drag: Sequence[float]
) -> list[float]:
    """Pulled into the tube round by round, ever stronger where it is still outside."""
    weights, targets = [1.0] * len(wanted), list(wanted)
    points = solved(targets, weights, stiff, drag)
    for _ in range(ROUNDS):
        outside = [i for i, at in enumerate(on_curve(points)) if abs(at - tube[i].nearest(at)) > INSIDE / 2]
        if not outside:
            break
        for index in outside:
            span = tube[index]
            inset = min(INSIDE, (span.high - span.low) / 2)
            targets[index] = Span(span.low + inset, span.high - inset).nearest(points[index])
            weights[index] = min(STRONGEST, weights[index] * PULL)
        points = solved(targets, weights, stiff, drag)
    return points


def _too_fast(points: Sequence[float], step_s: float, manner: Manner) -> list[int]:
    """The moments around which a bound is broken."""
    moves = [(after - before) / step_s for before, after in pairwise(points)]
    turns = [(after - before) / step_s for before, after in pairwise(moves)]
    swift = [index for index, move in enumerate(moves) if abs(move) > manner.max_speed]
    return swift + [index for index, turn in enumerate(turns) if abs(turn) > manner.max_acceleration]


def _around(moments: Sequence[int], count: int) -> set[int]:
    return {near for moment in moments for near in range(max(0, moment - NEAR), min(count, moment + NEAR + 1))}


def on_curve(points: Sequence[float]) -> list[float]:
    """The B-spline at its knots; at both ends it is at the control point itself.

    >>> on_curve([0.0, 0.0, 6.0, 0.0])
    [0.0, 1.0, 4.0, 0.0]
    """
    inner = [(points[i - 1] + 4 * points[i] + points[i + 1]) / 6 for i in range(1, len(points) - 1)]
    return [points[0], *inner, points[-1]]


def speeds(points: Sequence[float], step_s: float) -> list[float]:
    """The B-spline's speed at its knots."""
    inner = [(points[i + 1] - points[i - 1]) / (2 * step_s) for i in range(1, len(points) - 1)]
    return [(points[1] - points[0]) / step_s, *inner, (points[-1] - points[-2]) / step_s]


def solved(
    targets: Sequence[float], weights: Sequence[float], stiff: Sequence[float], drag: Sequence[float]
) -> list[float]:
    """The x with the least sum of weights·(x − target)², drag·(first difference)² and stiff·(second difference)².

    >>> [round(x, 6) for x in solved([1.0, 1.0, 1.0, 1.0], [1.0] * 4, [20.0] * 4, [0.0] * 4)]
    [1.0, 1.0, 1.0, 1.0]
    """
    count = len(targets)
    main, beside, beyond = list(weights), [0.0] * count, [0.0] * count
    for i in range(count - 1):
        main[i] += drag[i]
        main[i + 1] += drag[i]
        beside[i] -= drag[i]
    for i in range(count - 2):
        for offset, value in enumerate((1.0, 4.0, 1.0)):
            main[i + offset] += stiff[i] * value
        beside[i] -= 2 * stiff[i]
        beside[i + 1] -= 2 * stiff[i]
        beyond[i] += stiff[i]
    right = [weight * target for weight, target in zip(weights, targets, strict=True)]
    return _banded(main, beside, beyond, right)


def _banded(main: list[float], beside: list[float], beyond: list[float], right: list[float]) -> list[float]:
    """Solves a symmetric positive matrix of five diagonals by LDLᵀ, in place."""
    count = len(main)
    for i in range(count):
        for offset, value in ((1, beside[i]), (2, beyond[i])):
            if i + offset < count and value:
                factor = value / main[i]
                main[i + offset] -= factor * value
                right[i + offset] -= factor * right[i]
                if offset == 1 and i + 2 < count:
                    beside[i + 1] -= factor * beyond[i]
    for i in range(count - 1, -1, -1):
        known = beside[i] * right[i + 1] if i + 1 < count else 0.0
        known += beyond[i] * right[i + 2] if i + 2 < count else 0.0
        right[i] = (right[i] - known) / main[i]
    return right
