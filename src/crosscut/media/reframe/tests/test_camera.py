"""The camera keeps faces whole where it can, stays calm, starts anew at each shot and obeys a person."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.errors import Invalid
from crosscut.media.reframe import Box, CameraPath, KeyPoint, Look, Manner, plan_camera
from crosscut.media.reframe.camera import window_of
from crosscut.media.reframe.records import Glance, Side

TALL = Fraction(9, 16)
COLUMNS = 48
FLAT = (0,) * COLUMNS
HALF = TALL * Fraction(9, 16) / 2  # of the window across a 16:9 picture


def face_at(x: float, y: float = 0.4, size: float = 0.08) -> Box:
    """A face whose middle is there."""
    return Box(x=x - size / 2, y=y - size / 2, width=size, height=size)


def eye_at(part: float) -> tuple[int, ...]:
    """All that catches the eye is in one column."""
    hit = min(int(part * COLUMNS), COLUMNS - 1)
    return tuple(1000 if number == hit else 0 for number in range(COLUMNS))


def seen(glances: list[tuple[list[Box], tuple[int, ...]]], shots: tuple[Fraction, ...] = (Fraction(0),)) -> Look:
    """Four glances a second of a 1920 x 1080 film."""
    return Look(
        width_px=1920,
        height_px=1080,
        duration_s=Fraction(len(glances), 4),
        shots_s=shots,
        glances=tuple(
            Glance(at_s=Fraction(number, 4), faces=tuple(faces), across=eye, down=FLAT)
            for number, (faces, eye) in enumerate(glances)
        ),
    )


def places(path: CameraPath, rate: int = 30) -> list[float]:
    """The camera at every frame."""
    count = int(path.shots[-1].end_s * rate)
    return [path.place_at(Fraction(number, rate)) for number in range(count)]


def test_it_stands_still_in_the_middle_where_nothing_matters() -> None:
    path = plan_camera(seen([([], FLAT)] * 12), TALL)
    assert max(abs(place - (1 - path.window.size) / 2) for place in places(path)) < 1e-4


def test_it_follows_a_face_and_keeps_it_in_the_title_safe_area() -> None:
    walk = [([face_at(0.1 + 0.8 * number / 39)], FLAT) for number in range(40)]
    path = plan_camera(seen(walk), TALL)
    assert path.kept.could == 40
    assert path.kept.kept == 40
    assert path.kept.cut == 0


def test_a_face_in_a_single_glance_does_not_move_the_camera() -> None:
    glances: list[tuple[list[Box], tuple[int, ...]]] = [([], FLAT)] * 20
    path_without = plan_camera(seen(glances), TALL)
    glances[9] = ([face_at(0.9)], FLAT)
    assert places(plan_camera(seen(glances), TALL)) == places(path_without)


def test_it_keeps_two_faces_where_both_fit() -> None:
    path = plan_camera(seen([([face_at(0.3), face_at(0.45)], FLAT)] * 12), TALL)
    assert (path.kept.could, path.kept.kept, path.kept.cut) == (24, 24, 0)


def test_it_chooses_the_larger_of_two_faces_that_do_not_fit_and_cuts_neither() -> None:
    path = plan_camera(seen([([face_at(0.15, size=0.12), face_at(0.8)], FLAT)] * 12), TALL)
    crop = path.crop_at(Fraction(1))
    assert crop.x_px <= (0.15 - 0.06) * 1920
    assert (path.kept.seen, path.kept.could, path.kept.kept) == (24, 12, 12)


def test_it_does_not_swing_between_two_faces() -> None:
    sizes = [(0.10, 0.11), (0.11, 0.10)] * 10
    glances = [([face_at(0.15, size=one), face_at(0.8, size=other)], FLAT) for one, other in sizes]
    found = places(plan_camera(seen(glances), TALL))
    assert max(found) - min(found) < 0.02


def test_it_follows_what_catches_the_eye() -> None:
    path = plan_camera(seen([([], eye_at(0.8))] * 12), TALL)
    assert path.place_at(Fraction(1)) + path.window.size / 2 == pytest.approx(0.8, abs=float(HALF) / 2 + 0.02)


def test_a_face_counts_for_more_than_what_catches_the_eye() -> None:
    path = plan_camera(seen([([face_at(0.15)], eye_at(0.9))] * 12), TALL)
    assert path.kept.kept == 12


def test_it_takes_a_new_place_at_once_when_a_shot_begins() -> None:
    glances = [([face_at(0.15)], FLAT)] * 12 + [([face_at(0.85)], FLAT)] * 12
    path = plan_camera(seen(glances, (Fraction(0), Fraction(3))), TALL)
    frame = Fraction(1, 30)
    assert path.place_at(Fraction(3) - frame) < 0.1
    assert path.place_at(Fraction(3)) > 0.6
    assert path.kept.kept == path.kept.could == 24


def bounds_hold(path: CameraPath, manner: Manner, rate: int = 120) -> bool:
    for shot in path.shots:
        count = int((shot.end_s - shot.start_s) * rate)
        way = [shot.place_at(shot.start_s + Fraction(number, rate)) for number in range(count)]
        speeds = [(after - before) * rate for before, after in pairwise(way)]
        turns = [(after - before) * rate for before, after in pairwise(speeds)]
        if any(abs(speed) > manner.max_speed + 0.01 for speed in speeds):
            return False
        if any(abs(turn) > manner.max_acceleration + 0.25 for turn in turns):  # places are rounded to 1e-5
            return False
    return True


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.05, 0.95), min_size=4, max_size=24))
def test_its_speed_and_acceleration_are_bounded_whatever_happens(middles: list[float]) -> None:
    path = plan_camera(seen([([], eye_at(middle)) for middle in middles]), TALL)
    assert bounds_hold(path, Manner())


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.floats(0.06, 0.94),
    st.floats(-0.06, 0.06),
    st.lists(st.floats(0, 0.99), min_size=16, max_size=16),
)
def test_a_face_that_moves_no_faster_than_the_camera_may_is_never_cut(
    start: float, step: float, eyes: list[float]
) -> None:
    middles = [min(max(start + step * number, 0.05), 0.95) for number in range(len(eyes))]
    look = seen([([face_at(middle)], eye_at(eye)) for middle, eye in zip(middles, eyes, strict=True)])
    path = plan_camera(look, TALL)
    assert path.kept.kept == path.kept.could == len(eyes)
    assert path.kept.cut == 0
    assert bounds_hold(path, Manner())


def test_a_slower_manner_is_obeyed() -> None:
    manner = Manner(max_speed=0.05, max_acceleration=0.05)
    look = seen([([face_at(0.1 + 0.8 * number / 19)], FLAT) for number in range(20)])
    path = plan_camera(look, TALL, manner=manner)
    found = places(path)
    assert max(abs(after - before) * 30 for before, after in pairwise(found)) <= 0.051


def test_a_key_point_overrides_the_faces_of_its_shot_only() -> None:
    look = seen([([face_at(0.15)], FLAT)] * 24, (Fraction(0), Fraction(3)))
    path = plan_camera(look, TALL, key_points=[KeyPoint(at_s=Fraction(4), x=0.7, y=0.5)])
    assert path.place_at(Fraction(4)) == pytest.approx(0.7 - path.window.size / 2, abs=1e-4)
    assert path.place_at(Fraction(1)) < 0.1
    assert [shot.is_by_hand for shot in path.shots] == [False, True]


def test_it_goes_through_the_key_points_smoothly_and_never_beyond() -> None:
    points = [KeyPoint(at_s=Fraction(at), x=x, y=0.5) for at, x in ((1, 0.3), (2, 0.6), (3, 0.65), (5, 0.4))]
    path = plan_camera(seen([([], FLAT)] * 24), TALL, key_points=points)
    for point in points:
        assert path.place_at(point.at_s) + path.window.size / 2 == pytest.approx(point.x, abs=1e-4)
    found = places(path)
    assert max(found) <= 0.65 - path.window.size / 2 + 1e-4
    steps = [abs(after - before) for before, after in pairwise(found)]
    assert max(steps) < 0.02


def test_a_key_point_outside_the_film_or_the_picture_is_refused_with_all_reasons() -> None:
    wrong = [KeyPoint(at_s=Fraction(99), x=0.5, y=0.5), KeyPoint(at_s=Fraction(1), x=1.5, y=0.5)]
    with pytest.raises(Invalid) as caught:
        plan_camera(seen([([], FLAT)] * 8), TALL, key_points=wrong)
    assert len(caught.value.problems) == 2


def test_a_face_is_kept_off_what_the_target_covers() -> None:
    buttons = Box(x=0.7, y=0.2, width=0.3, height=0.6)
    path = plan_camera(seen([([face_at(0.5)], FLAT)] * 12), TALL, covered=[buttons])
    right = (0.54 - path.place_at(Fraction(1))) / path.window.size
    assert right <= 0.7 + 0.01
    assert path.kept.kept == path.kept.could == 12


def test_what_is_covered_at_another_height_shifts_nothing() -> None:
    glances = [([face_at(0.5, y=0.3)], FLAT)] * 12
    below = Box(x=0.5, y=0.7, width=0.5, height=0.3)
    assert places(plan_camera(seen(glances), TALL, covered=[below])) == places(plan_camera(seen(glances), TALL))


def test_a_covered_side_that_cannot_be_dodged_leaves_the_face_kept() -> None:
    strip = Box(x=0, y=0.2, width=1, height=0.5)
    path = plan_camera(seen([([face_at(0.5)], FLAT)] * 12), TALL, covered=[strip])
    assert path.kept.kept == 12


@pytest.mark.parametrize(
    "box",
    [Box(x=0.9, y=0, width=0.2, height=0.1), Box(x=0, y=0, width=0, height=1)],  # outside; empty
)
def test_a_covered_part_that_makes_no_sense_is_refused(box: Box) -> None:
    with pytest.raises(Invalid):
        plan_camera(seen([([], FLAT)] * 8), TALL, covered=[box])


def test_a_wider_aspect_moves_down_and_up() -> None:
    window = window_of(1080, 1920, Fraction(1))
    assert (window.side, window.width_px, window.height_px) == (Side.DOWN, 1080, 1080)


@pytest.mark.parametrize("aspect", [Fraction(0), Fraction(1, 50), Fraction(-1)])
def test_an_aspect_that_no_picture_has_is_refused(aspect: Fraction) -> None:
    with pytest.raises(Invalid):
        window_of(1920, 1080, aspect)


def test_the_same_look_gives_the_same_path() -> None:
    look = seen([([face_at(0.1 + number / 60)], eye_at(number / 40)) for number in range(40)])
    assert plan_camera(look, TALL).digest == plan_camera(look, TALL).digest
