"""Renders cuts of films whose frames carry their numbers and clicks, and measures the results frame by frame."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crosscut.kernel.errors import Cancelled, Damaged, Invalid
from crosscut.kernel.progress import Progress
from crosscut.media.cuts import (
    Box,
    Clip,
    Cut,
    Encoding,
    Gap,
    Item,
    Music,
    Role,
    Track,
    Transition,
    Words,
    make_cut,
    render_cut,
    what_needs_rendering,
)
from crosscut.media.cuts.tests import counted
from crosscut.media.ffmpeg import program

F = Fraction
NTSC = F(30000, 1001)
ONE = F(1)
PAL = F(25)
MILLISECOND = 0.001
TEMPO_SLACK_S = 0.02  # FFmpeg's atempo moves sounds by up to half of its 30 ms window
QUICK = Encoding(preset="ultrafast", crf=18)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Media that differ in size, rate, turn and channels."""
    folder = tmp_path_factory.mktemp("shelf")
    counted.film(folder / "a.mp4", 150, clicks_s=[1, 2, 3, 4, 5])
    counted.film(
        folder / "b.mp4", 150, rate=NTSC, first=1000, size=(320, 180), channels=1, clicks_s=[0.5, 1.5, 2.5, 3.5]
    )
    counted.film(
        folder / "c.mkv",
        100,
        *(
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            "18",
            "-bf",
            "3",
            "-g",
            "25",
            "-x264-params",
            "open-gop=1",
        ),
        first=2000,
        clicks_s=[0.25, 1.25, 2.25, 3.25],
        sound=("-c:a", "libopus"),
    )
    return folder


@pytest.fixture
def made(shelf: Path, tmp_path: Path) -> Callable[..., Path]:
    def rendered(*tracks: Track, rate: Fraction = PAL, **more: object) -> Path:
        cut = Cut(name="", rate=rate, tracks=tracks, **{"width_px": 192, "height_px": 108, **more})
        render_cut(cut, [shelf], tmp_path / "out.mp4", encoding=QUICK)
        return tmp_path / "out.mp4"

    return rendered


def video(*items: Item) -> Track:
    return Track(kind="video", items=items)


def clip(name: str = "a.mp4", start_s: Fraction = ONE, duration_s: Fraction = ONE, **more: object) -> Clip:
    return Clip(name=name, media=name, start_s=start_s, duration_s=duration_s, **more)


def near(found: list[float], expected: list[float], slack_s: float = MILLISECOND) -> bool:
    return len(found) == len(expected) and all(
        abs(one - other) <= slack_s for one, other in zip(found, expected, strict=True)
    )


def test_it_joins_clips_frame_by_frame_and_click_by_click(made: Callable[..., Path]) -> None:
    out = made(
        video(clip(start_s=F(13, 25), duration_s=F(37, 25)), clip("c.mkv", F(29, 25), F(31, 25)), clip(start_s=F(4)))
    )
    assert counted.numbers(out) == [*range(13, 50), *range(2029, 2060), *range(100, 125)]
    heard = [1 - 13 / 25, 37 / 25 + 1.25 - 29 / 25, 37 / 25 + 2.25 - 29 / 25, 68 / 25]
    assert near(counted.clicks(out), heard)
    assert counted.times(out) == [F(number, 25) for number in range(93)]


def test_it_conforms_rate_size_and_channels(made: Callable[..., Path]) -> None:
    """A film of 29.97 frames a second in a cut of 25: the frame on show at each moment, the sound at its moment."""
    out = made(video(clip("b.mp4", F(1), F(3))))
    numbers = counted.numbers(out)
    assert len(numbers) == 75
    assert all(abs(number - 1000 - (1 + index / 25) * NTSC) <= F(3, 4) for index, number in enumerate(numbers))
    assert near(counted.clicks(out), [0.5, 1.5, 2.5])
    peak = float(np.abs(counted.sound(out)).max())
    assert 0.7 < peak < 0.9  # one channel made two keeps its level


def test_it_stays_exact_at_broadcast_rates(made: Callable[..., Path]) -> None:
    parts = [clip("b.mp4", n / NTSC, 17 / NTSC) for n in (3, 71, 40, 9, 111)]
    out = made(video(*parts), rate=NTSC)
    assert counted.numbers(out) == [1000 + n + k for n in (3, 71, 40, 9, 111) for k in range(17)]
    heard = [
        float(17 * i / NTSC + click - n / NTSC)
        for i, n in enumerate((3, 71, 40, 9, 111))
        for click in (F(1, 2), F(3, 2), F(5, 2), F(7, 2))
        if n / NTSC <= click < (n + 17) / NTSC
    ]
    assert near(counted.clicks(out), heard)


def test_a_cross_fade_mixes_pictures_and_keeps_step(made: Callable[..., Path]) -> None:
    out = made(video(clip(), Transition(before_s=F(1, 5), after_s=F(1, 5)), clip("c.mkv")))
    numbers = counted.numbers(out)
    assert numbers[:20] == list(range(25, 45)) and numbers[30:] == list(range(2030, 2050))
    assert len(numbers) == 50
    middle = counted.pictures(out)[25]
    left = counted._frame(50, (192, 108)).astype(float) / 2 + counted._frame(2025, (192, 108)).astype(float) / 2
    assert float(np.abs(middle[:54].astype(float) - left[:54]).mean()) < 12  # near half of each
    assert near(counted.clicks(out)[-1:], [1.25])


def test_a_fade_from_and_to_nothing_is_black_at_its_ends(made: Callable[..., Path]) -> None:
    rise, fall = Transition(before_s=F(0), after_s=F(2, 5)), Transition(before_s=F(2, 5), after_s=F(0))
    frames = counted.pictures(made(video(rise, clip(), fall)))
    brightness = [float(frame.mean()) for frame in frames]
    assert len(frames) == 25
    assert brightness[0] < 25 and brightness[-1] < 45 and brightness[12] > 90


def test_speed_changes_pictures_and_keeps_the_pitch(made: Callable[..., Path]) -> None:
    out = made(video(clip(start_s=F(0), duration_s=F(2), speed=F(2))))
    assert counted.numbers(out) == list(range(0, 100, 2))
    assert near(counted.clicks(out, 0.2)[:1], [0.5], TEMPO_SLACK_S)
    slow = made(video(clip(start_s=F(1), duration_s=F(2), speed=F(1, 2))))
    numbers = counted.numbers(slow)
    assert len(numbers) == 50 and numbers[0] == 25 and numbers[-1] in (49, 50)
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(numbers))


def test_a_picture_in_picture_shows_its_own_frames_in_its_box(made: Callable[..., Path]) -> None:
    box = Box(x=F(1, 2), y=F(1, 2), width=F(1, 2), height=F(1, 2))
    out = made(
        video(clip(duration_s=F(3))),
        video(Gap(duration_s=F(1)), clip("c.mkv", F(1), F(1), box=box, is_muted=True)),
        width_px=384,
        height_px=216,
    )
    inside = counted.numbers(out, (192, 108, 192, 108))
    assert inside[25:50] == list(range(2025, 2050))
    frames = counted.pictures(out)
    assert [counted.number_of(frame) for frame in (frames[24], frames[30], frames[50])] == [49, 55, 75]
    assert near(counted.clicks(out), [0, 1, 2])


def test_words_are_on_just_their_frames(made: Callable[..., Path]) -> None:
    ground = video(Gap(duration_s=F(2)))
    words = (Words(text="REEF", start_s=F(7, 25), duration_s=F(11, 25)),)
    frames = counted.pictures(made(ground, words=words))
    lit = [index for index, frame in enumerate(frames) if frame.max() > 150]
    assert lit == list(range(7, 18))
    rows, columns = np.nonzero(frames[10] > 150)
    assert abs(rows.mean() - 54) < 8 and abs(columns.mean() - 96) < 8  # in the middle


def test_a_lower_third_is_low_and_on_the_side_its_script_begins(made: Callable[..., Path]) -> None:
    def place(text: str) -> tuple[float, float]:
        words = (Words(text=text, second="x", role=Role.LOWER_THIRD, start_s=F(0), duration_s=F(1)),)
        frame = counted.pictures(made(video(Gap(duration_s=F(1, 5))), words=words, width_px=640, height_px=360))[2]
        rows, columns = np.nonzero(frame > 150)
        return float(rows.mean()) / 360, float(columns.mean()) / 640

    assert place("Ann Reef")[0] > 0.7 and place("Ann Reef")[1] < 0.3
    assert place("שלום")[0] > 0.7 and place("שלום")[1] > 0.7


def test_an_end_card_follows_the_last_picture_on_its_own_ground(made: Callable[..., Path]) -> None:
    card = Words(text="reef.example", role=Role.END_CARD, start_s=F(0), duration_s=F(1), ground="#404040")
    out = made(video(clip()), words=(card,))
    frames = counted.pictures(out)
    assert len(frames) == 50 and counted.number_of(frames[24]) == 49
    assert abs(float(frames[30][3, 3]) - 0x40) < 4
    assert frames[30].max() > 150


def test_right_to_left_words_run_from_right_to_left(made: Callable[..., Path]) -> None:
    """Hebrew by the engine looks like its letters drawn in turn from the right, and not like the other way round."""

    def ink(picture: np.ndarray) -> np.ndarray:
        rows, columns = np.nonzero(picture > 128)
        part = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        return np.asarray(Image.fromarray(part).resize((200, 40)), float)

    def drawn(letters: str) -> np.ndarray:
        image = Image.new("L", (800, 120))
        font = ImageFont.truetype("DejaVuSans.ttf", 60, layout_engine=ImageFont.Layout.BASIC)
        ImageDraw.Draw(image).text((20, 20), letters, fill=255, font=font)
        return ink(np.asarray(image))

    text = "שלוםגדי"
    words = (Words(text=text, start_s=F(0), duration_s=F(1)),)
    shown = ink(counted.pictures(made(video(Gap(duration_s=F(1, 5))), words=words, width_px=960, height_px=540))[2])
    right, wrong = (float(np.corrcoef(shown.ravel(), drawn(one).ravel())[0, 1]) for one in (text[::-1], text))
    assert right > 0.8 > wrong + 0.2


def test_letters_that_no_font_has_are_named_before_anything_is_made(made: Callable[..., Path], tmp_path: Path) -> None:
    """U+0378 is no letter of any script, so that no machine has it."""
    with pytest.raises(Invalid, match="No font here has \u0378"):
        made(video(clip()), words=(Words(text="\u0378", start_s=F(0), duration_s=F(1)),))
    assert not list(tmp_path.iterdir())


def test_words_cannot_give_commands(made: Callable[..., Path]) -> None:
    """Were any of it obeyed, the words would be somewhere else, gone, or an error."""
    text = "{\\pos(0,0)}{\\alpha&HFF&}:',;[x]\\N%{\\an7}"
    words = (Words(text=text, start_s=F(0), duration_s=F(1)),)
    frame = counted.pictures(made(video(Gap(duration_s=F(1, 5))), words=words, width_px=960, height_px=540))[2]
    rows, _ = np.nonzero(frame > 150)
    assert len(rows) > 500 and abs(rows.mean() - 270) < 60


def test_captions_are_burnt_in(made: Callable[..., Path], shelf: Path) -> None:
    (shelf / "talk.srt").write_text("1\n00:00:00,400 --> 00:00:00,800\nHello {\\an8}\n", encoding="utf-8")
    frames = counted.pictures(made(video(Gap(duration_s=F(1))), captions="talk.srt"))
    lit = [index for index, frame in enumerate(frames) if frame.max() > 150]
    assert lit == list(range(10, 20))
    assert np.nonzero(frames[12] > 150)[0].mean() > 70


def test_the_music_gives_way_to_speech_and_fades(made: Callable[..., Path], shelf: Path) -> None:
    counted.film(shelf / "bed.mkv", 25, sound=("-c:a", "flac"))
    bed, talk = shelf / "bed.flac", shelf / "talk.mkv"
    _tone(bed, 220, 1)
    _tone(talk, 2000, 3, film=True)
    heard = counted.sound(
        made(
            video(Gap(duration_s=F(3)), clip("talk.mkv", F(0), F(3)), Gap(duration_s=F(4))),
            music=Music(media="bed.flac", gain_db=F(-12)),
        )
    )
    alone, under, after, end = (_level(heard, 220, at) for at in (1.5, 5, 7.5, 9.9))
    assert abs(len(heard) / 48_000 - 10) < 0.05  # a bed of one second is repeated
    assert under < alone - 6 and abs(after - alone) < 2 and end < alone - 15


def _tone(path: Path, hertz: int, seconds: int, *, film: bool = False) -> None:
    picture = ["-f", "lavfi", "-i", f"color=black:s=192x108:r=25:d={seconds}"] if film else []
    tone = ["-f", "lavfi", "-i", f"sine=f={hertz}:r=48000:d={seconds},volume=12dB"]
    subprocess.run([program(), "-loglevel", "error", "-y", *picture, *tone, "-c:a", "flac", str(path)], check=True)


def _level(samples: np.ndarray, hertz: int, at_s: float) -> float:
    """The level of one frequency around a moment, in dB."""
    part = samples[round((at_s - 0.1) * 48_000) : round((at_s + 0.1) * 48_000)]
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / 48_000)
    return float(20 * np.log10(abs((part * wave).mean()) * 2 + 1e-9))


def test_a_long_cut_is_made_in_windows_without_a_seam(made: Callable[..., Path]) -> None:
    starts = [(n * 37) % 120 for n in range(40)]
    out = made(video(*(clip(start_s=F(start, 25), duration_s=F(5, 25)) for start in starts)))
    assert counted.numbers(out) == [start + k for start in starts for k in range(5)]
    assert counted.times(out) == [F(number, 25) for number in range(200)]
    heard = [
        i / 5 + second - start / 25
        for i, start in enumerate(starts)
        for second in range(1, 6)
        if start <= second * 25 < start + 5
    ]
    assert near(counted.clicks(out), heard)


def test_a_turned_film_stands_upright(made: Callable[..., Path], shelf: Path) -> None:
    turned = shelf / "turned.mp4"
    command = [program(), "-loglevel", "error", "-y", "-display_rotation", "180", "-i", str(shelf / "a.mp4")]
    subprocess.run([*command, "-c", "copy", str(turned)], check=True)
    frame = counted.pictures(made(video(clip("turned.mp4", F(0), F(1, 5)))))[3]
    assert counted.number_of(frame[::-1, ::-1]) == 3


@pytest.fixture(scope="session")
def photo(shelf: Path) -> Path:
    """A still that carries the number 3000, as a camera held sideways takes it."""
    picture = Image.fromarray(counted._frame(3000, (384, 216))).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(shelf / "photo.jpg", quality=95, exif=exif)
    return shelf / "photo.jpg"


def still(duration_s: Fraction, **more: object) -> Clip:
    """As editors write one: from an hour on, and standing still."""
    return clip("photo.jpg", F(3600), duration_s, **{"speed": F(0), **more})


def test_a_still_is_up_as_long_as_the_cut_says_and_upright(made: Callable[..., Path], photo: Path) -> None:
    out = made(video(clip(duration_s=F(7, 25)), still(F(31, 25)), clip("c.mkv", duration_s=F(9, 25))))
    assert counted.numbers(out) == [*range(25, 32), *[3000] * 31, *range(2025, 2034)]
    assert counted.times(out) == [F(number, 25) for number in range(47)]
    assert near(counted.clicks(out), [0, (7 + 31) / 25 + 0.25])


def test_a_still_dissolves_and_lies_over_a_film(made: Callable[..., Path], photo: Path) -> None:
    fade, box = (
        Transition(before_s=F(1, 5), after_s=F(1, 5)),
        Box(x=F(1, 2), y=F(1, 2), width=F(1, 2), height=F(1, 2)),
    )
    lowest = video(clip(), fade, still(F(1)), fade, clip(start_s=F(3)))
    upper = video(Gap(duration_s=F(12, 25)), still(F(1, 5), box=box, speed=F(1)))
    out = made(lowest, upper, width_px=384, height_px=216)
    assert counted.numbers(out)[:12] == list(range(25, 37))
    numbers = counted.numbers(out, (192, 108, 192, 108))
    assert len(numbers) == 75 and numbers[12:17] == [3000] * 5
    assert counted.numbers(out)[30:45] == [3000] * 15 and counted.numbers(out)[55:] == list(range(80, 100))


def test_what_is_see_through_in_a_logo_shows_what_is_behind_it(made: Callable[..., Path], shelf: Path) -> None:
    logo = Image.new("RGBA", (192, 108), (255, 255, 255, 0))
    logo.paste((0, 0, 0, 255), (0, 54, 192, 108))  # above it white that nobody sees
    logo.save(shelf / "logo.png")
    over = made(video(clip(duration_s=F(1, 5))), video(clip("logo.png", F(0), F(1, 5))))
    assert counted.numbers(over) == list(range(25, 30))
    assert all(float(frame[60:].mean()) < 20 for frame in counted.pictures(over))
    alone = made(video(clip("logo.png", F(0), F(1, 5))))
    assert all(float(frame.max()) < 20 for frame in counted.pictures(alone))


def test_a_cut_of_stills_alone_is_rendered_and_says_why(shelf: Path, photo: Path, tmp_path: Path) -> None:
    cut = Cut(name="", rate=PAL, tracks=(video(still(F(2, 25), speed=F(1))),))
    made = make_cut(cut, [shelf], tmp_path / "out.mp4", encoding=QUICK)
    assert (made.facts.width_px, made.facts.height_px, made.frames) == (1920, 1080, 2)
    assert made.reasons == ("All of it was encoded: it is made of a still.",)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_a_film_may_stand_still(made: Callable[..., Path]) -> None:
    out = made(video(clip(duration_s=F(1, 5)), clip(start_s=F(2), duration_s=F(3), speed=F(0)), clip(start_s=F(2))))
    assert counted.numbers(out) == [*range(25, 30), *[50] * 75, *range(50, 75)]
    assert near(counted.clicks(out), [0, 3.2])


@pytest.mark.parametrize("picture", ["moving.gif", "cut-off.jpg"])
def test_a_picture_that_moves_or_is_broken_is_refused_and_nothing_is_left(
    shelf: Path, photo: Path, tmp_path: Path, picture: str
) -> None:
    frames = [Image.new("L", (64, 36), shade) for shade in (0, 255)]
    frames[0].save(shelf / "moving.gif", save_all=True, append_images=frames[1:], duration=100)
    (shelf / "cut-off.jpg").write_bytes(photo.read_bytes()[: photo.stat().st_size // 2])
    cut = Cut(name="", rate=PAL, tracks=(video(clip(picture, F(0), ONE)),))
    with pytest.raises((Invalid, Damaged), match="animation" if picture == "moving.gif" else "to its end") as refused:
        render_cut(cut, [shelf], tmp_path / "out.mp4")
    assert refused.value.problems[0].where == picture
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"start_s": F(5)}, "cuts.out_of_range", "a.mp4: it needs its medium up to 7.00 s and that ends at 6.00 s"),
        ({"start_s": F(-1)}, "cuts.out_of_range", "begins 1.00 s before its medium"),
        ({"media": "gone.mp4"}, "cuts.media_missing", "gone.mp4 is not in"),
        ({"media": "/etc/passwd"}, "cuts.media_missing", "passwd is not in"),
        ({"media": "../../etc/passwd"}, "cuts.media_missing", "passwd is not in"),
        ({"unknown_effects": ("Blur",)}, "cuts.unknown_effect", "the effect Blur is not known"),
        ({"speed": F(-1)}, "cuts.speed", "runs backwards"),
        ({"duration_s": F(0)}, "cuts.empty", "no length"),
    ],
)
def test_what_cannot_be_made_is_said_by_the_name_of_the_clip(
    shelf: Path, tmp_path: Path, change: dict[str, object], code: str, says: str
) -> None:
    wrong = replace(clip(duration_s=F(2)), **change)
    out = tmp_path / "out.mp4"
    with pytest.raises(Invalid) as refused:
        render_cut(Cut(name="", rate=F(25), tracks=(video(wrong),)), [shelf], out)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert says in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_it_can_be_cancelled_and_leaves_what_was_there(shelf: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"before")
    cut = Cut(name="", rate=F(25), tracks=(video(clip(duration_s=F(4))),))
    told: list[Progress] = []
    answers: Iterator[bool] = iter([False, False])
    with pytest.raises(Cancelled):
        render_cut(cut, [shelf], out, report=told.append, should_stop=lambda: next(answers, True))
    assert out.read_bytes() == b"before" and list(tmp_path.iterdir()) == [out]


def test_it_tells_how_far_it_is(shelf: Path, tmp_path: Path) -> None:
    told: list[Fraction] = []
    cut = Cut(name="", rate=F(25), tracks=(video(clip(duration_s=F(4))),))
    render_cut(cut, [shelf], tmp_path / "out.mp4", encoding=QUICK, report=lambda progress: told.append(progress.done))
    assert told == sorted(told) and told[-1] == 1 and len(told) >= 2


def test_chinese_letters_are_set_and_no_boxes(made: Callable[..., Path]) -> None:
    """Each letter looks like itself wherever it stands, and not like the other, as boxes would."""
    if not shutil.which("fc-list") or not subprocess.check_output(["fc-list", ":lang=zh"]):
        pytest.skip("No font with Chinese letters is here: apt-get install fonts-wqy-microhei")

    def letters(text: str) -> list[np.ndarray]:
        words = (Words(text=text, start_s=F(0), duration_s=F(1)),)
        frame = counted.pictures(made(video(Gap(duration_s=F(1, 5))), words=words, width_px=960, height_px=540))[2]
        lit = (frame > 128).any(axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], lit.astype(int), [0]])))
        parts = [frame[:, start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
        rows = [np.flatnonzero((part > 128).any(axis=1)) for part in parts]
        shapes = [part[row.min() : row.max() + 1] for part, row in zip(parts, rows, strict=True)]
        return [np.asarray(Image.fromarray(shape).resize((40, 40)), float) for shape in shapes]

    first, second = letters("中 文")
    other_second, other_first = letters("文 中")
    pairs = ((first, other_first), (second, other_second), (first, second))
    same, also, unlike = (float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in pairs)
    assert same > 0.85 and also > 0.85 and unlike < 0.6


def test_chinese_words_break_into_lines_and_stay_in_the_picture(made: Callable[..., Path]) -> None:
    """They have no spaces; a full stop never begins a line."""
    if not shutil.which("fc-list") or not subprocess.check_output(["fc-list", ":lang=zh"]):
        pytest.skip("No font with Chinese letters is here: apt-get install fonts-wqy-microhei")
    text = "人人生而自由在尊严和权利上一律平等。他们赋有理性和良心。"
    words = (Words(text=text, start_s=F(0), duration_s=F(1)),)
    frame = counted.pictures(made(video(Gap(duration_s=F(1, 5))), words=words, width_px=960, height_px=540))[2]
    rows, columns = np.nonzero(frame > 128)
    assert columns.min() > 960 // 14 and columns.max() < 960 - 960 // 14
    lines = np.flatnonzero(np.diff(np.concatenate([[0], (frame > 128).any(axis=1).astype(int), [0]])))
    assert rows.max() - rows.min() > 100 and len(lines) >= 4


def test_a_plain_cut_of_one_film_is_copied_where_it_can_be(shelf: Path, tmp_path: Path) -> None:
    plain = Cut(name="", rate=F(25), tracks=(video(clip(start_s=F(2), duration_s=F(2)), clip(start_s=F(0))),))
    made = make_cut(plain, [shelf], tmp_path / "out.mp4")
    assert made.encoded_frames == 0  # both begin with a key frame and there are no B-frames
    assert counted.numbers(tmp_path / "out.mp4") == [*range(50, 100), *range(25)]
    words = replace(plain, words=(Words(text="x", start_s=F(0), duration_s=F(1)),))
    assert "words" in make_cut(words, [shelf], tmp_path / "out.mp4", encoding=QUICK).reasons[0]


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ((clip(), Gap(duration_s=ONE), clip()), "gaps"),
        ((clip(), clip("b.mp4")), "several media"),
        ((clip(speed=F(2)),), "speed"),
        ((clip(gain_db=F(-3)),), "level"),
    ],
)
def test_what_is_more_than_pieces_of_one_film_is_rendered(items: tuple[Item, ...], says: str) -> None:
    assert says in what_needs_rendering(Cut(name="", rate=PAL, tracks=(video(*items),)))
