"""From what is seen to where the camera points: shot by shot, faces first, calm, a person's key points above all."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.plan import crop_to
from crosscut.media.reframe.aim import Aim, Frame, aim_of, calmest, is_cut
from crosscut.media.reframe.by_hand import check, waypoints_by_hand
from crosscut.media.reframe.people import people_in
from crosscut.media.reframe.records import (
    Box,
    CameraPath,
    CameraShot,
    Glance,
    Kept,
    KeyPoint,
    Look,
    Side,
    Waypoint,
    Window,
)
from crosscut.media.reframe.smoothing import Manner, on_curve, smooth, speeds

STEP_S = 0.25  # between waypoints, at most
DIGITS = 5  # of a place: a tenth of a pixel in the widest film
SLACK = 0.004  # of the picture, by which a face may leave the safe area and still counts as kept: it is 5 % wide


def window_of(width_px: int, height_px: int, aspect: Fraction) -> Window:
    """The largest window of the aspect. Raises Invalid for an aspect that no picture has.

    >>> window_of(1920, 1080, Fraction(1))
    Window(side=<Side.ACROSS: 'across'>, width_px=1080, height_px=1080, size=0.5625)
    """
    if not Fraction(1, 10) <= aspect <= 10:
        raise Invalid.at("aspect", phrase("An aspect is from 1:10 to 10:1, such as 9:16."), code="reframe.aspect")
    crop = crop_to(width_px, height_px, aspect)
    is_across = crop.width_px * height_px <= crop.height_px * width_px
    size = crop.width_px / width_px if is_across else crop.height_px / height_px
    side = Side.ACROSS if is_across else Side.DOWN
    return Window(side=side, width_px=crop.width_px, height_px=crop.height_px, size=size)


def plan_camera(
    look: Look,
    aspect: Fraction,
    *,
    key_points: Sequence[KeyPoint] = (),
    covered: Sequence[Box] = (),
    manner: Manner | None = None,
) -> CameraPath:
    """Where a window of the aspect is at every moment.

    `covered` are the parts of the target that buttons and captions lie on: faces are kept off them where moving the
    window can do so. A shot with key points follows them and nothing else. Raises Invalid for an aspect, key points
    or rectangles that make no sense.
    """
    check(key_points, covered, look)
    window = window_of(look.width_px, look.height_px, aspect)
    frame = Frame(window.side, window.size, tuple(covered))
    shots, counts = [], [0, 0, 0, 0]
    for start_s, end_s in pairwise([*look.shots_s, look.duration_s]):
        points = [point for point in key_points if start_s <= point.at_s < end_s]
        seen = [glance for glance in look.glances if start_s <= glance.at_s < end_s]
        faces = _faces_of(seen)
        if points or not seen:
            shot = _shot(start_s, end_s, waypoints_by_hand(frame, points, start_s, end_s), is_by_hand=bool(points))
        else:
            aims = [aim_of(frame, boxes, _eye(frame, glance)) for boxes, glance in zip(faces, seen, strict=True)]
            shot = _shot(start_s, end_s, _followed(frame, seen, aims, (start_s, end_s), manner or Manner()))
            _count(counts, frame, shot, (seen, faces, aims))
        shots.append(shot)
    return CameraPath(
        aspect=aspect,
        width_px=look.width_px,
        height_px=look.height_px,
        window=window,
        shots=tuple(shots),
        kept=Kept(seen=counts[0], could=counts[1], kept=counts[2], cut=counts[3]),
    )


def _faces_of(seen: Sequence[Glance]) -> list[list[Box]]:
    """The steady faces of each glance, the most important first."""
    people = people_in([glance.faces for glance in seen])
    return [[person.boxes[number] for person in people if number in person.boxes] for number in range(len(seen))]


def _eye(frame: Frame, glance: Glance) -> tuple[int, ...]:
    return glance.across if frame.side is Side.ACROSS else glance.down


def _shot(start_s: Fraction, end_s: Fraction, waypoints: Sequence[Waypoint], *, is_by_hand: bool = False) -> CameraShot:
    return CameraShot(start_s=start_s, end_s=end_s, is_by_hand=is_by_hand, waypoints=tuple(waypoints))


def _followed(
    frame: Frame, seen: Sequence[Glance], aims: Sequence[Aim], span_s: tuple[Fraction, Fraction], manner: Manner
) -> list[Waypoint]:
    """The waypoints on an even grid of moments, each asking what the glance next to it asks."""
    wanted = calmest(frame, aims)
    start_s, end_s = span_s
    count = max(2, math.ceil(float(end_s - start_s) / STEP_S) + 1)
    step_s = (end_s - start_s) / (count - 1)
    times = [glance.at_s for glance in seen]
    nearest = [_nearest(times, start_s + number * step_s) for number in range(count)]
    tubes = [aims[index].tube for index in nearest]
    points = smooth([wanted[index] for index in nearest], tubes, float(step_s), manner)
    curve = zip(on_curve(points), speeds(points, float(step_s)), strict=True)
    return [
        Waypoint(at_s=start_s + number * step_s, place=round(place, DIGITS), speed=round(speed, DIGITS))
        for number, (place, speed) in enumerate(curve)
    ]


def _nearest(times: Sequence[Fraction], at_s: Fraction) -> int:
    after = bisect_left(times, at_s)
    around = [index for index in (after - 1, after) if 0 <= index < len(times)]
    return min(around, key=lambda index: abs(times[index] - at_s))


def _count(
    counts: list[int],
    frame: Frame,
    shot: CameraShot,
    given: tuple[Sequence[Glance], Sequence[Sequence[Box]], Sequence[Aim]],
) -> None:
    """Adds what the shot keeps: faces seen, keepable, kept, cut."""
    for glance, faces, aim in zip(*given, strict=True):
        place = min(max(shot.place_at(glance.at_s), 0.0), frame.room)
        spans = [frame.starts_for(face) for face in aim.kept]
        counts[0] += len(faces)
        counts[1] += len(aim.kept)
        counts[2] += sum(abs(place - span.nearest(place)) <= SLACK for span in spans)
        counts[3] += sum(is_cut(frame, face, place) for face in aim.kept)
