# mypy: disable-error-code="union-attr,arg-type,operator"
# A None where a value belongs fails the test by itself.
"""An audiogram shows the whole sound, fills as it plays, and refuses what nobody could see."""

import subprocess
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from crosscut.kernel.errors import Cancelled, Invalid, Unsupported
from crosscut.kernel.progress import Progress
from crosscut.media import capped
from crosscut.media.audiogram import Design, Look, audiogram, layout
from crosscut.media.caps import READ
from crosscut.media.captions import Cue
from crosscut.media.ffmpeg import has_fonts, program

SMALL = Look(width_px=320, height_px=320, bars=20, frame_rate=Fraction(10))
needs_fonts = pytest.mark.skipif(not has_fonts(), reason="no font is installed")


def frame_at(path, moment_s, look=SMALL):
    arguments = [program(), "-loglevel", "error", "-ss", str(moment_s), "-i", str(path), "-frames:v", "1"]
    made = subprocess.run([*arguments, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True)
    return np.frombuffer(made.stdout, np.uint8).reshape(look.height_px, look.width_px, 3).astype(int)


def part(frame, box):
    return frame[box.y_px : box.y_px + box.height_px, box.x_px : box.x_px + box.width_px]


def near(pixels, colour):
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return np.abs(pixels - wanted).max(axis=-1) < 40


def test_the_waveform_fills_as_the_sound_plays(sound_file, photo, tmp_path):
    seen: list[Progress] = []
    out = tmp_path / "post.mp4"
    facts = audiogram(sound_file, Design(look=SMALL, cover=photo), out, report=seen.append)
    wave = layout(SMALL)["wave"]
    shares = []
    for moment_s in (0.2, 2, 3.7):
        pixels = part(frame_at(out, moment_s), wave)
        played, left = near(pixels, SMALL.played_colour).sum(), near(pixels, SMALL.unplayed_colour).sum()
        shares.append(played / (played + left))
    assert shares == pytest.approx([0.05, 0.5, 0.925], abs=0.08)
    assert float(facts.duration_s) == pytest.approx(4, abs=0.15)
    assert (facts.video[0].codec, facts.audio[0].codec) == ("h264", "aac")
    assert [float(seen[0].done), float(seen[-1].done)] == [0, 1]
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(("width_px", "height_px"), [(180, 320), (320, 180), (320, 400)])
def test_it_has_any_shape(width_px, height_px):
    look = Look(width_px=max(200, width_px), height_px=max(200, height_px))
    boxes = layout(look)
    for box in boxes.values():
        assert box.x_px + box.width_px <= look.width_px
        assert box.y_px + box.height_px <= look.height_px * 0.76
    assert boxes["title"].y_px + boxes["title"].height_px <= boxes["wave"].y_px


@needs_fonts
def test_captions_stand_under_the_waveform_while_they_last(sound_file, tmp_path):
    cue = Cue(start_s=Fraction(0), end_s=Fraction(2), text="Ask what you can do")
    audiogram(sound_file, Design(look=SMALL, cues=(cue,)), tmp_path / "post.mp4")
    below = slice(layout(SMALL)["wave"].y_px + layout(SMALL)["wave"].height_px, None)
    assert near(frame_at(tmp_path / "post.mp4", 1)[below], SMALL.text_colour).sum() > 50
    assert near(frame_at(tmp_path / "post.mp4", 3)[below], SMALL.text_colour).sum() == 0


@needs_fonts
@pytest.mark.parametrize("title", ["Ask what", "لا تسأل ماذا", "שלום עולם", "A & B <i>", "word " * 50])
def test_a_title_stays_in_its_place_in_any_script(title, tmp_path):
    look = Look(width_px=320, height_px=320, title=title)
    arguments = {"look": look, "has_cover": False, "peaks": [(-9, 9)] * 20, "folder": tmp_path}
    capped.call("audiogram:draw", int, caps=READ, path=tmp_path, **arguments)
    picture = frame_at(tmp_path / "panel.png", 0, look)
    words = near(picture, "#ffffff")
    assert words.sum() > 40
    box = layout(look)["title"]
    assert part(words, box).sum() == words.sum()


@needs_fonts
def test_letters_that_no_font_has_are_a_warning(sound_file, tmp_path):
    """In the title or the captions: U+0378 and U+0379 are no letters of any script."""
    cue = Cue(start_s=Fraction(0), end_s=Fraction(2), text="Ask \u0379")
    design = Design(look=replace(SMALL, title="What \u0378"), cues=(cue,))
    (warning,) = audiogram(sound_file, design, tmp_path / "post.mp4").warnings
    assert (warning.code, warning.values) == ("media.letters_missing", {"letters": ["\u0378", "\u0379"]})
    assert audiogram(sound_file, Design(look=replace(SMALL, title="What")), tmp_path / "post.mp4").warnings == ()


@needs_fonts
def test_a_title_that_does_not_fit_is_refused(sound_file, tmp_path):
    look = Look(width_px=200, height_px=200, title="word\n" * 60)
    with pytest.raises(Invalid, match="shorter"):
        audiogram(sound_file, Design(look=look), tmp_path / "post.mp4")


@needs_fonts
def test_arabic_letters_are_joined_and_run_from_the_right(tmp_path):
    """Joined, a word is narrower than its letters one by one; its first letter, an alef, stands at the right end."""
    widths, tall = [], []
    for word in ("اب", "ا ب"):
        look = Look(width_px=640, height_px=640, title=word)
        arguments = {"look": look, "has_cover": False, "peaks": [(-9, 9)] * 20, "folder": tmp_path}
        capped.call("audiogram:draw", int, caps=READ, path=tmp_path, **arguments)
        dark = frame_at(tmp_path / "panel.png", 0, look).min(axis=2) > 128
        columns = np.flatnonzero(dark.any(axis=0))
        widths.append(columns[-1] - columns[0])
        heights = dark.sum(axis=0)[columns[0] : columns[-1] + 1]
        tall.append(heights.argmax() > len(heights) / 2)
    assert widths[0] < widths[1]
    assert tall == [True, True]


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (Look(played_colour="#223047"), "audiogram.contrast"),
        (Look(text_colour="#555555"), "audiogram.contrast"),
        (Look(unplayed_colour="#fbbf24"), "audiogram.contrast"),
        (Look(panel_colour="blue"), "audiogram.colour"),
        (Look(width_px=1081), "audiogram.size"),
        (Look(bars=3), "audiogram.settings"),
    ],
)
def test_what_nobody_could_see_is_refused(sound_file, tmp_path, look, code):
    with pytest.raises(Invalid) as refused:
        audiogram(sound_file, Design(look=look), tmp_path / "post.mp4")
    assert code in {problem.code for problem in refused.value.problems}
    assert list(tmp_path.iterdir()) == []


def test_it_can_be_stopped_and_wants_sound(sound_file, photo, tmp_path):
    with pytest.raises(Cancelled):
        audiogram(sound_file, Design(look=SMALL), tmp_path / "post.mp4", should_stop=lambda: True)
    with pytest.raises(Unsupported):
        audiogram(photo, Design(look=SMALL), tmp_path / "post.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_look_has_a_name():
    assert Look().digest == Look().digest != Look(bars=60).digest
