"""Films are looked at, tracked and reframed for real: drawn discs and faces, an abrupt change, sound."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from crosscut.kernel.errors import Cancelled, Damaged, Invalid, Unsupported
from crosscut.kernel.progress import Progress
from crosscut.media.reframe import KeyPoint, Look, look, plan_camera, reframe, track
from crosscut.media.reframe.making import commands
from crosscut.media.reframe.records import Side
from crosscut.media.reframe.tests.conftest import RATE, WIDTH, Film, Picture, disc, face
from crosscut.media.tests.conftest import H264, Make

TALL = Fraction(9, 16)


def middle_at(number: int) -> float:
    """Where the disc is: across the picture in three seconds."""
    return 50 + 220 * number / (3 * RATE - 1)


@pytest.fixture(scope="session")
def rolling(drawn: Film) -> Path:
    return drawn("rolling.mp4", lambda picture, number: disc(picture, middle_at(number)), has_sound=True)


@pytest.fixture(scope="session")
def rolling_seen(rolling: Path) -> Look:
    return look(rolling)


def two_shots(picture: Picture, number: int) -> None:
    """A face at the left on grey; after 1.5 s one at the right on light grey."""
    if number < 18:
        face(picture, 60, 80)
    else:
        picture[:] = 170
        face(picture, 250, 90)


def test_it_follows_a_moving_disc(rolling_seen: Look) -> None:
    path = plan_camera(rolling_seen, TALL)
    for number in range(4, 3 * RATE - 4):
        crop = path.crop_at(Fraction(number, RATE))
        reach = crop.x_px + crop.width_px / 2 - middle_at(number)
        assert abs(reach) < crop.width_px / 2 - 14, "the disc, of radius 14, is whole in the window"


def test_it_sees_one_shot_where_nothing_is_cut(rolling_seen: Look) -> None:
    assert rolling_seen.shots_s == (Fraction(0),)
    assert rolling_seen.duration_s == 3


def test_it_finds_a_change_of_shot_to_the_frame_and_jumps_there(drawn: Film) -> None:
    path = track(drawn("shots.mp4", two_shots), TALL)
    assert [shot.start_s for shot in path.shots] == [0, Fraction(3, 2)]
    assert path.kept.could > 8
    assert path.kept.kept == path.kept.could
    before, after = path.crop_at(Fraction(17, RATE)), path.crop_at(Fraction(18, RATE))
    assert before.x_px < 60 - 20
    assert after.x_px + after.width_px > 250 + 20


def test_a_flash_is_no_change_of_shot(drawn: Film) -> None:
    def flash(picture: Picture, number: int) -> None:
        disc(picture, 100)
        if number == 12:
            picture[:] = 250

    assert look(drawn("flash.mp4", flash, seconds=2)).shots_s == (Fraction(0),)


def test_it_finds_two_faces_and_keeps_both_where_they_fit(drawn: Film) -> None:
    def pair(picture: Picture, number: int) -> None:
        face(picture, 90, 80)
        face(picture, 160, 84, 24)

    seen = look(drawn("pair.mp4", pair, seconds=2))
    assert {len(glance.faces) for glance in seen.glances} == {2}
    square = plan_camera(seen, Fraction(1))
    assert (square.kept.kept, square.kept.cut) == (2 * len(seen.glances), 0)


def test_the_same_film_gives_the_same_path(rolling: Path, rolling_seen: Look) -> None:
    assert track(rolling, TALL).digest == plan_camera(rolling_seen, TALL).digest


def disc_in(path: Path) -> list[float]:
    """The middle of the bright disc in each frame."""
    with av.open(path) as container:
        found = []
        for frame in container.decode(video=0):
            _, columns = np.nonzero(frame.reformat(format="gray").to_ndarray() > 200)
            found.append(float(columns.mean()) if columns.size else -1.0)
        return found


def packets_of(path: Path) -> list[bytes]:
    with av.open(path) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_every_frame_is_cropped_where_the_camera_says(rolling: Path, rolling_seen: Look, tmp_path: Path) -> None:
    camera = plan_camera(rolling_seen, TALL)
    heard: list[Progress] = []
    made = reframe(rolling, TALL, tmp_path / "tall.mp4", camera=camera, report=heard.append)
    assert made.frames == 3 * RATE
    assert (made.facts.video[0].width_px, made.facts.video[0].height_px) == (100, 180)
    for number, (shown, was) in enumerate(zip(disc_in(tmp_path / "tall.mp4"), disc_in(rolling), strict=True)):
        assert shown + camera.crop_at(Fraction(number, RATE)).x_px == pytest.approx(was, abs=0.6)
    assert heard[-1].done == 1
    assert [told.done for told in heard] == sorted(told.done for told in heard)


def test_frames_at_uneven_moments_are_cropped_each_where_the_camera_says(
    rolling: Path, rolling_seen: Look, make: Make, tmp_path: Path
) -> None:
    uneven = "select='not(eq(mod(n,5),2))'"
    path = make("uneven.mp4", "-i", str(rolling), "-an", "-vf", uneven, "-fps_mode", "passthrough", *H264, "-crf", "14")
    camera = plan_camera(rolling_seen, TALL)
    made = reframe(path, TALL, tmp_path / "tall.mp4", camera=camera)
    numbers = [number for number in range(3 * RATE) if number % 5 != 2]
    assert made.frames == len(numbers)
    for number, shown, was in zip(numbers, disc_in(tmp_path / "tall.mp4"), disc_in(path), strict=True):
        assert shown + camera.crop_at(Fraction(number, RATE)).x_px == pytest.approx(was, abs=0.6)


def test_a_turned_film_is_followed_as_it_is_seen(rolling: Path, make: Make, tmp_path: Path) -> None:
    path = make("turned.mp4", "-display_rotation", "90", "-i", str(rolling), "-an", "-c", "copy")
    camera = track(path, Fraction(1))
    assert (camera.window.side, camera.window.width_px, camera.window.height_px) == (Side.DOWN, 180, 180)
    assert camera.crop_at(Fraction(1, 4)).y_px > 100, "the disc begins at the bottom"
    assert camera.crop_at(Fraction(11, 4)).y_px < 40, "and ends at the top"
    reframe(path, Fraction(1), tmp_path / "square.mp4", camera=camera)
    assert min(disc_in(tmp_path / "square.mp4")) > 0, "the disc is in every frame"


def test_the_sound_is_copied_bit_by_bit(rolling: Path, rolling_seen: Look, tmp_path: Path) -> None:
    out = tmp_path / "tall.mp4"
    made = reframe(rolling, TALL, out, camera=plan_camera(rolling_seen, TALL))
    assert made.sound == "copied"
    assert packets_of(out) == packets_of(rolling)
    assert [path.name for path in tmp_path.iterdir()] == ["tall.mp4"]


def test_a_key_point_is_obeyed_in_the_film(rolling: Path, rolling_seen: Look, tmp_path: Path) -> None:
    camera = plan_camera(rolling_seen, TALL, key_points=[KeyPoint(at_s=Fraction(1), x=0.2, y=0.5)])
    assert {camera.crop_at(Fraction(number, RATE)).x_px for number in range(36)} == {round(0.2 * WIDTH - 50)}
    reframe(rolling, TALL, tmp_path / "still.mp4", camera=camera)
    shown, was = disc_in(tmp_path / "still.mp4")[2], disc_in(rolling)[2]
    assert was - shown == pytest.approx(14, abs=0.6)


def test_a_stop_leaves_what_was_there(rolling: Path, rolling_seen: Look, tmp_path: Path) -> None:
    out = tmp_path / "tall.mp4"
    out.write_bytes(b"before")
    with pytest.raises(Cancelled):
        reframe(rolling, TALL, out, camera=plan_camera(rolling_seen, TALL), should_stop=lambda: True)
    assert out.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [out]


def test_a_camera_of_another_film_or_aspect_is_refused(
    rolling: Path, rolling_seen: Look, film: Path, tmp_path: Path
) -> None:
    camera = plan_camera(rolling_seen, TALL)
    with pytest.raises(Invalid, match="not for 1"):
        reframe(rolling, Fraction(1), tmp_path / "a.mp4", camera=camera)
    with pytest.raises(Invalid, match="MP4"):
        reframe(rolling, TALL, tmp_path / "a.mov", camera=camera)


def test_a_long_film_has_one_line_for_each_move_and_no_more(rolling_seen: Look) -> None:
    camera = plan_camera(rolling_seen, TALL)
    times = [Fraction(number, RATE) for number in range(36)]
    moves = [after.x_px != before.x_px for before, after in pairwise(camera.crop_at(at_s) for at_s in times)]
    lines = commands(camera, times).splitlines()
    assert len(lines) == sum(moves)
    assert all(line.endswith(";") and " crop x " in line for line in lines)


def test_a_sound_and_a_damaged_film_are_refused(sound_file: Path, rolling: Path, tmp_path: Path) -> None:
    with pytest.raises(Unsupported):
        track(sound_file, TALL)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(rolling.read_bytes()[:900])
    with pytest.raises((Damaged, Invalid)):
        track(broken, TALL)
