"""Cuts films without encoding all of them, and measures every frame and click of the results."""

import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from crosscut.kernel.errors import Cancelled, Invalid
from crosscut.kernel.facts import Span
from crosscut.media.cuts import Encoding, MadeCut, smart_cut
from crosscut.media.cuts.tests import counted
from crosscut.media.ffmpeg import program

F = Fraction
PAL = F(25)
NTSC = F(30000, 1001)
MILLISECOND = 0.001
HALF_PACKET_S = 512 / 48_000  # copied sound lies on the grid of its packets
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "50", "-bf", "3")
CLICKS = [number + 0.5 for number in range(12)]
CODECS = {
    "b_frames.mp4": X264,
    "pyramid.mkv": (*X264, "-x264-params", "b-pyramid=normal:ref=4:scenecut=0"),
    "baseline.mp4": ("-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-crf", "20", "-g", "30"),
    "other_numbers.mp4": (*X264, "-x264-params", "sps-id=3"),
}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("smart")


@pytest.fixture(scope="session")
def film(shelf: Path) -> Callable[..., Path]:
    def made(name: str, *arguments: str, rate: Fraction = PAL, **more: object) -> Path:
        path = shelf / name
        if not path.exists():
            counted.film(path, 300, *(arguments or CODECS[name]), rate=rate, clicks_s=CLICKS, **more)
        return path

    return made


def cut(path: Path, out: Path, *stretches: tuple[int, int], rate: Fraction = PAL) -> MadeCut:
    return smart_cut(path, [Span(start_s=first / rate, end_s=end / rate) for first, end in stretches], out)


def expected(stretches: tuple[tuple[int, int], ...]) -> list[int]:
    return [number for first, end in stretches for number in range(first, end)]


def heard(stretches: tuple[tuple[int, int], ...], rate: Fraction) -> list[float]:
    found, at = [], 0
    for first, end in stretches:
        inside = (click for click in CLICKS if first / rate <= click < end / rate)
        found += [float(at / rate + F(click) - first / rate) for click in inside]
        at += end - first
    return found


def is_exact(out: Path, stretches: tuple[tuple[int, int], ...], rate: Fraction = PAL) -> bool:
    clicks, wanted = counted.clicks(out), heard(stretches, rate)
    in_step = len(clicks) == len(wanted) and all(
        abs(one - other) < HALF_PACKET_S + MILLISECOND for one, other in zip(clicks, wanted, strict=True)
    )
    shown = counted.numbers(out)
    return in_step and shown == expected(stretches) and counted.times(out) == [n / rate for n in range(len(shown))]


@pytest.mark.parametrize("name", CODECS)
def test_cuts_at_random_points_are_exact_and_look_the_same(
    film: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    chance = random.Random(name)
    master = film(name)
    frames = counted.pictures(master)
    for _ in range(3):
        points = sorted(chance.sample(range(301), 6))
        stretches = ((points[0], points[1]), (points[2], points[3]), (points[4], points[5]))
        made = cut(master, tmp_path / "out.mp4", *stretches)
        assert is_exact(tmp_path / "out.mp4", stretches), stretches
        assert made.encoded_frames <= made.frames
        shown = counted.pictures(tmp_path / "out.mp4")
        for picture, number in zip(shown, expected(stretches), strict=True):
            assert ssim(picture, frames[number]) >= 0.98, (stretches, number)


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity over blocks of 8 x 8 (Wang et al. 2004), the mean over the picture."""
    height, width = (side // 8 * 8 for side in one.shape)

    def blocks(picture: np.ndarray) -> np.ndarray:
        parts = picture[:height, :width].astype(float).reshape(height // 8, 8, width // 8, 8)
        return parts.transpose(0, 2, 1, 3).reshape(-1, 64)

    a, b = blocks(one), blocks(other)
    mean_a, mean_b = a.mean(1), b.mean(1)
    covariance = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    light = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return float((light * (2 * covariance + c2) / (a.var(1) + b.var(1) + c2)).mean())


def test_most_is_copied_bit_by_bit(film: Callable[..., Path], tmp_path: Path) -> None:
    master, out = film("b_frames.mp4"), tmp_path / "out.mp4"
    made = cut(master, out, (20, 280))
    assert made.encoded_frames <= 30 + 3  # up to the next key frame, and what is left over of the last group
    assert not made.reasons and made.sound == "copied"
    assert len(packets(out, "video") & packets(master, "video")) == made.frames - made.encoded_frames


def packets(path: Path, kind: str) -> set[bytes]:
    with av.open(str(path)) as container:
        return {bytes(packet) for packet in container.demux(**{kind: 0}) if packet.size}


def test_a_cut_at_a_key_frame_encodes_nothing_before_it(film: Callable[..., Path], tmp_path: Path) -> None:
    made = cut(film("b_frames.mp4"), tmp_path / "out.mp4", (50, 150), (200, 300))
    assert made.encoded_frames == 0
    assert is_exact(tmp_path / "out.mp4", ((50, 150), (200, 300)))


def test_stretches_may_change_places_and_come_again(film: Callable[..., Path], tmp_path: Path) -> None:
    stretches = ((180, 260), (7, 90), (180, 260))
    cut(film("b_frames.mp4"), tmp_path / "out.mp4", *stretches)
    assert is_exact(tmp_path / "out.mp4", stretches)


def test_broadcast_rates_do_not_drift(film: Callable[..., Path], tmp_path: Path) -> None:
    master = film("ntsc.mp4", *X264, rate=NTSC)
    stretches = tuple((start, start + 11) for start in range(3, 290, 13))
    cut(master, tmp_path / "out.mp4", *stretches, rate=NTSC)
    assert is_exact(tmp_path / "out.mp4", stretches, NTSC)


def test_uneven_frames_keep_their_times(film: Callable[..., Path], shelf: Path, tmp_path: Path) -> None:
    """Every fifth frame left out: the others stay where they were, and so does the sound."""
    master = shelf / "uneven.mp4"
    drop = ["-vf", "select='mod(n,5)'", "-fps_mode", "passthrough", *X264, "-c:a", "copy"]
    subprocess.run(
        [program(), "-loglevel", "error", "-y", "-i", str(film("b_frames.mp4")), *drop, str(master)], check=True
    )
    out = tmp_path / "out.mp4"
    made = cut(master, out, (33, 207), (211, 249))
    wanted = [n for n in (*range(33, 207), *range(211, 249)) if n % 5]
    assert counted.numbers(out) == wanted
    shown = [F(n - 33, 25) if n < 207 else F(n - 211 + 174, 25) for n in wanted]
    assert all(abs(one - other) < F(1, 1000) for one, other in zip(counted.times(out), shown, strict=True))
    assert 0 < made.encoded_frames < made.frames / 2
    assert np.allclose(counted.clicks(out), heard(((33, 207), (211, 249)), PAL), atol=HALF_PACKET_S + MILLISECOND)


def test_a_turned_film_stays_turned(film: Callable[..., Path], shelf: Path, tmp_path: Path) -> None:
    turned = shelf / "turned.mp4"
    turn = [program(), "-loglevel", "error", "-y", "-display_rotation", "90", "-i", str(film("b_frames.mp4"))]
    subprocess.run([*turn, "-c", "copy", str(turned)], check=True)
    made = cut(turned, tmp_path / "out.mp4", (20, 120))
    assert made.facts.video[0].rotation_deg == 270
    assert counted.numbers(tmp_path / "out.mp4") == list(range(20, 120))  # read without turning


def test_a_film_whose_beginning_is_hidden_is_cut_as_it_is_shown(
    film: Callable[..., Path], shelf: Path, tmp_path: Path
) -> None:
    """FFmpeg's own cut by copying hides the frames before the cut in an edit list."""
    listed = shelf / "listed.mp4"
    trim = [program(), "-loglevel", "error", "-y", "-ss", "0.8", "-i", str(film("b_frames.mp4"))]
    subprocess.run([*trim, "-c", "copy", str(listed)], check=True)
    shown = counted.numbers(listed)
    assert shown[0] == 20
    out = tmp_path / "out.mp4"
    smart_cut(listed, [Span(start_s=F(5, 25), end_s=F(105, 25))], out)
    assert counted.numbers(out) == list(range(25, 125))


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("hevc.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"), "coded as hevc"),
        ("stream.ts", X264, "rewrap it as MP4"),
        ("fields.mp4", (*X264, "-flags", "+ilme+ildct", "-vf", "setfield=tff"), "interlaced"),
        ("deep.mp4", (*X264, "-pix_fmt", "yuv420p10le"), "profile"),
    ],
)
def test_what_cannot_be_cut_so_is_encoded_and_says_why(
    film: Callable[..., Path], tmp_path: Path, name: str, arguments: tuple[str, ...], says: str
) -> None:
    made = cut(film(name, *arguments), tmp_path / "out.mp4", (13, 61), (90, 120))
    assert made.encoded_frames == made.frames == 78
    assert says in made.reasons[0]
    shown = counted.numbers(tmp_path / "out.mp4")
    early = 13 - shown[0]  # a transport stream counts from its sound, which begins a little before the picture
    assert shown == [*range(13 - early, 61 - early), *range(90 - early, 120 - early)]
    assert early in ((0, 1) if name == "stream.ts" else (0,))


def test_open_groups_are_encoded_where_copying_would_break_them(film: Callable[..., Path], tmp_path: Path) -> None:
    master = film("open.mp4", *X264, "-x264-params", "open-gop=1:keyint=25:scenecut=0")
    made = cut(master, tmp_path / "out.mp4", (30, 130), (140, 160))
    assert is_exact(tmp_path / "out.mp4", ((30, 130), (140, 160)))
    assert made.encoded_frames == made.frames  # its only fresh start is its first frame


def test_grain_looks_the_same_at_the_cuts_however_coarsely_it_was_to_be_encoded(shelf: Path, tmp_path: Path) -> None:
    """This crf would smooth the grain away: more bits are spent until it is there."""
    master, out = shelf / "grain.mp4", tmp_path / "out.mp4"
    picture = "color=gray:s=192x108:r=25:d=3,noise=alls=40:allf=t"
    ffmpeg("-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", *X264, str(master))
    made = smart_cut(master, [Span(start_s=F(4, 5), end_s=F(8, 5))], out, encoding=Encoding(crf=32, preset="veryfast"))
    frames = counted.pictures(master)
    likeness = [ssim(shown, frames[number]) for number, shown in enumerate(counted.pictures(out), 20)]
    assert len(likeness) == 20 and made.encoded_frames == 20
    assert min(likeness) >= 0.98
    assert made.lowest_ssim is not None and abs(made.lowest_ssim - min(likeness)) < 0.01


def ffmpeg(*arguments: str) -> None:
    subprocess.run([program(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


# Sound

STRETCHES = ((37, 101), (130, 158), (160, 164), (171, 240))
SAMPLES = 1920  # of a frame
BLOCK = 1024


@pytest.fixture(scope="session")
def noisy(shelf: Path) -> Path:
    """A film whose sound is another at every moment, so that its place can be found to the sample."""
    master = shelf / "noisy.mp4"
    sources = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=192x108:r=25:d=10",
        "-f",
        "lavfi",
        "-i",
        "anoisesrc=c=pink:r=48000:d=10",
    ]
    ffmpeg(*sources, *X264, "-pix_fmt", "yuv420p", "-ac", "2", "-c:a", "aac", "-aac_pns", "0", str(master))
    return master


def test_a_shortened_film_keeps_its_sound_bit_by_bit_and_to_the_sample(noisy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    made = cut(noisy, out, (37, 207))
    assert made.sound == "copied" and made.sound_moved_s == 0
    assert packets(out, "audio") <= packets(noisy, "audio")
    theirs, ours = counted.sound(noisy), counted.sound(out)
    assert np.array_equal(ours[: 170 * SAMPLES], theirs[37 * SAMPLES : 207 * SAMPLES])


def test_copied_sound_lies_half_a_packet_from_its_picture_at_most(noisy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    made = cut(noisy, out, *STRETCHES)
    places = moved(noisy, out, STRETCHES)
    assert max(map(abs, places)) == made.sound_moved_s * 48_000
    assert places[0] == 0 and any(places) and made.sound_moved_s <= F(BLOCK // 2, 48_000)


def moved(master: Path, out: Path, stretches: tuple[tuple[int, int], ...]) -> list[int]:
    """How many samples each stretch is heard late, by where it is likest to the master's sound."""
    theirs, ours, at, found = counted.sound(master), counted.sound(out), 0, []
    for first, end in stretches:
        middle = (end - first) * SAMPLES // 2 - BLOCK
        heard = ours[at + middle : at + middle + 2 * BLOCK]
        begin = first * SAMPLES + middle
        offsets = range(-BLOCK, BLOCK + 1)
        likeness = [float(heard @ theirs[begin - off : begin - off + 2 * BLOCK]) for off in offsets]
        found.append(offsets[int(np.argmax(likeness))])
        at += (end - first) * SAMPLES
    return found


def test_joins_of_copied_sound_have_no_click_and_no_hole(noisy: Path, tmp_path: Path) -> None:
    """Around each join what is heard is both sides of it, faded over four milliseconds, and nothing else."""
    out = tmp_path / "out.mp4"
    cut(noisy, out, *STRETCHES)
    theirs, ours, at = counted.sound(noisy), counted.sound(out), 0
    ideal = np.zeros(sum(end - first for first, end in STRETCHES) * SAMPLES)
    for (first, end), late in zip(STRETCHES, moved(noisy, out, STRETCHES), strict=True):
        length = (end - first) * SAMPLES
        part = theirs[first * SAMPLES - late : end * SAMPLES - late].copy()
        rise = np.sin((np.arange(192) + 0.5) / 192 * np.pi / 2)
        part[:192] *= rise if at else 1
        part[-192:] *= rise[::-1] if at + length < len(ideal) else 1
        ideal[at : at + length] = part
        at += length
    off = (ours[: len(ideal)] - ideal)[: len(ideal) // BLOCK * BLOCK].reshape(-1, BLOCK)
    assert 10 * np.log10((off**2).mean(1).max() / (ideal**2).mean()) < -20
    assert np.mean(np.abs(off).max(1) < 1e-6) > 0.7  # the rest is the master's, bit by bit


def test_sound_may_be_encoded_to_be_exact_to_the_sample(noisy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    keep = [Span(start_s=F(first, 25), end_s=F(end, 25)) for first, end in STRETCHES]
    made = smart_cut(noisy, keep, out, encoding=Encoding(copies_sound=False))
    assert made.sound == "encoded" and moved(noisy, out, STRETCHES) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "sound", "says"),
    [
        ("opus.mkv", ("-c:a", "libopus"), "only plain AAC"),
        ("gap.mp4", ("-c:a", "aac", "-bsf:a", "noise=drop=eq(n\\,99)"), "without a gap"),
    ],
)
def test_sound_that_cannot_be_copied_is_encoded_and_says_why(
    film: Callable[..., Path], tmp_path: Path, name: str, sound: tuple[str, ...], says: str
) -> None:
    out = tmp_path / "out.mp4"
    made = cut(film(name, *X264, sound=sound), out, (13, 61), (140, 190))
    assert made.sound == "encoded" and says in made.reasons[0]
    wanted = heard(((13, 61), (140, 190)), PAL)
    assert np.allclose(counted.clicks(out), wanted, atol=MILLISECOND)


def test_sound_that_ends_early_is_followed_by_silence(noisy: Path, shelf: Path, tmp_path: Path) -> None:
    short, out = shelf / "short.mp4", tmp_path / "out.mp4"
    ffmpeg("-i", str(noisy), "-t", "8", "-i", str(noisy), "-map", "0:v", "-map", "1:a", "-c", "copy", str(short))
    made = cut(short, out, (30, 90), (150, 215))
    assert made.sound == "copied"
    silent = counted.sound(out)[round((60 + 51) * SAMPLES) :]
    assert len(silent) >= 13 * SAMPLES and np.abs(silent).max() < 0.001


def test_a_film_of_two_encoders_is_encoded(film: Callable[..., Path], shelf: Path, tmp_path: Path) -> None:
    """The second half brings settings of its own in band."""
    parts = [shelf / "one.ts", shelf / "two.ts"]
    counted.film(parts[0], 50, *X264)
    counted.film(parts[1], 50, *X264, "-refs", "1", "-bf", "0", first=50)
    both = shelf / "both.ts"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    master = shelf / "both.mp4"
    wrap = [program(), "-loglevel", "error", "-y", "-i", f"concat:{parts[0]}|{parts[1]}", "-an", "-c", "copy"]
    subprocess.run([*wrap, str(master)], check=True)
    made = cut(master, tmp_path / "out.mp4", (10, 80))
    assert "settings change" in made.reasons[0]


def test_a_film_without_sound_is_cut_too(film: Callable[..., Path], shelf: Path, tmp_path: Path) -> None:
    silent = shelf / "silent.mp4"
    subprocess.run(
        [program(), "-loglevel", "error", "-y", "-i", str(film("b_frames.mp4")), "-an", "-c", "copy", str(silent)],
        check=True,
    )
    made = cut(silent, tmp_path / "out.mp4", (20, 120))
    assert made.sound == "none" and not made.facts.audio
    assert counted.numbers(tmp_path / "out.mp4") == list(range(20, 120))


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        ([], "Nothing is to be kept"),
        ([Span(start_s=F(2), end_s=F(1))], "is no stretch"),
        ([Span(start_s=F(1), end_s=F(99))], "ends at 12.000 s"),
        ([Span(start_s=F(203, 200), end_s=F(102, 100))], "holds no frame"),
    ],
)
def test_a_wrong_stretch_is_refused(film: Callable[..., Path], tmp_path: Path, keep: list[Span], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        smart_cut(film("b_frames.mp4"), keep, tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


def test_it_can_be_cancelled(film: Callable[..., Path], tmp_path: Path) -> None:
    answers: Iterator[bool] = iter([False, False])
    with pytest.raises(Cancelled):
        smart_cut(
            film("b_frames.mp4"),
            [Span(start_s=F(1), end_s=F(5))],
            tmp_path / "out.mp4",
            should_stop=lambda: next(answers, True),
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.browser
def test_a_browser_plays_every_frame(film: Callable[..., Path], tmp_path: Path) -> None:
    """Chromium steps through the copied and the encoded pieces and shows the same numbers."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    stretches = ((20, 120), (130, 170), (213, 290))
    cut(film("b_frames.mp4"), tmp_path / "out.mp4", *stretches)
    page_file = tmp_path / "page.html"
    page_file.write_text('<video src="out.mp4" muted></video><canvas width="192" height="108"></canvas>')
    look = """async (times) => {
        const video = document.querySelector('video'), pen = document.querySelector('canvas').getContext('2d')
        const bits = []
        for (const time of times) {
            const shown = new Promise(done => video.requestVideoFrameCallback(done))
            await new Promise((done, fail) => { video.onseeked = done; video.onerror = fail; video.currentTime = time })
            await shown
            pen.drawImage(video, 0, 0, 192, 108)
            let number = 0
            for (let bit = 0; bit < 12; bit++) {
                const x = (bit % 6) * 32 + 16, y = Math.floor(bit / 6) * 27 + 13
                number |= (pen.getImageData(x, y, 1, 1).data[0] > 128) << bit
            }
            bits.push(number)
        }
        return bits
    }"""
    wanted = expected(stretches)
    places = [*range(0, len(wanted), 5), 29, 30, 31, 99, 100, 101, 139, 140, 141]
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        page = browser.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_function("document.querySelector('video').readyState >= 2")
        seen = page.evaluate(look, [(place + 0.5) / 25 for place in places])
        browser.close()
    assert seen == [wanted[place] for place in places]
