"""Listening says clearly what it lacks, and finds the words of a script where they are said."""

import json
import os
import shutil
import subprocess
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crosscut.kernel.captions import CaptionLimits
from crosscut.kernel.errors import Invalid, NotFound, Unavailable, Unsupported
from crosscut.media import speech
from crosscut.media.speech.pronounce import by_rule
from crosscut.media.transcripts import How, captions_from

RATE_HZ = 16_000
needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng makes the speech; it is not here")
SCRIPT = "Nobody had ever listened to the southern reef. Then 42 zooxanthellae came with a microphone."
SAID = "nobody had ever listened to the southern reef then forty-two zooxanthellae came with a microphone"


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Words said one by one with known pauses: the file, and when each begins."""
    folder = tmp_path_factory.mktemp("speech")
    parts, starts, at = [np.zeros(RATE_HZ // 2, np.int16)], [], RATE_HZ // 2
    for word in SAID.split():
        path = folder / "word.wav"
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "140", "-w", path, word], check=True)
        with wave.open(str(path)) as file:
            rate_hz, sound = file.getframerate(), np.frombuffer(file.readframes(10**7), np.int16)
        sound = np.interp(np.arange(0, len(sound), rate_hz / RATE_HZ), np.arange(len(sound)), sound).astype(np.int16)
        loud = np.nonzero(np.abs(sound) > 300)[0]
        sound = sound[loud[0] : loud[-1] + 1]
        starts.append(at / RATE_HZ)
        parts += [sound, np.zeros(RATE_HZ // 5, np.int16)]
        at += len(sound) + RATE_HZ // 5
    path = folder / "said.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.concatenate(parts).tobytes())
    return path, starts


@pytest.fixture(scope="module")
def aligned(said):
    return speech.align(said[0], SCRIPT)


@needs_espeak
def test_words_are_found_where_they_are_said(said, aligned):
    assert aligned.text == SCRIPT
    errors_s = sorted(abs(float(word.start_s) - start) for word, start in zip(aligned.words, said[1], strict=True))
    assert errors_s[len(errors_s) // 2] < 0.05
    assert sum(error < 0.15 for error in errors_s) >= 0.8 * len(errors_s)


@needs_espeak
def test_words_that_were_guessed_are_marked(aligned):
    how = {word.text: word.how for word in aligned.words}
    assert how["42"] is How.INTERPOLATED
    assert how["zooxanthellae"] is How.BY_RULE
    assert how["Nobody"] is How.HEARD
    assert {aligned.words[number].text for number in aligned.doubtful()} >= {"42", "zooxanthellae"}
    ends = [(word.start_s, word.end_s) for word in aligned.words]
    assert ends == sorted(ends)


@needs_espeak
def test_captions_come_from_an_aligned_script(aligned):
    limits = CaptionLimits(max_lines=2, line_chars=32, max_duration_s=Fraction(7), min_gap_s=Fraction(1, 12))
    fixed = captions_from(aligned, limits)
    assert " ".join(" ".join(cue.text.split()) for cue in fixed.cues) == SCRIPT
    assert len(fixed.cues) > 1
    assert abs(fixed.cues[0].start_s - aligned.words[0].start_s) < Fraction(1, 100)


@needs_espeak
def test_another_script_is_refused(said):
    wrong = "And so my fellow Americans ask not what your country can do for you but what you can do for your country"
    with pytest.raises(Unsupported, match="does not follow the script"):
        speech.align(said[0], wrong)


@pytest.mark.skipif("CROSSCUT_CORPUS" not in os.environ, reason="CROSSCUT_CORPUS names the folder of real recordings")
def test_a_real_speech_from_1961_is_aligned():
    path = Path(os.environ["CROSSCUT_CORPUS"]) / "audio" / "jfk.flac"
    script = (
        "And so, my fellow Americans: ask not what your country can do for you — ask what you can do for your country."
    )
    words = speech.align(path, script).words
    asked = [float(word.start_s) for word in words if word.text == "ask"]
    assert asked == pytest.approx([3.3, 8.2], abs=0.15)  # as seen in the waveform, after the pauses
    with pytest.raises(Unsupported):
        speech.align(path, "Never mind the weather, the turtles of the southern reef sleep in the afternoon.")


def test_only_english_can_be_aligned(sound_file):
    with pytest.raises(Unsupported, match="only English"):
        speech.align(sound_file, "Guten Tag", language="de")
    with pytest.raises(Invalid, match="0 words"):
        speech.align(sound_file, "[music]")


def test_a_missing_model_is_named_with_what_to_put_there(tmp_path, sound_file):
    with pytest.raises(NotFound, match=r"no folder .*models.*faster-whisper-small.*downloads nothing"):
        speech.transcribe(sound_file, tmp_path / "models")
    (tmp_path / "model.bin").write_bytes(b"x")
    with pytest.raises(Unsupported, match=r"lacks config\.json, tokenizer\.json, vocabulary\.json or vocabulary\.txt"):
        speech.transcribe(sound_file, tmp_path)


def test_a_broken_model_is_refused_by_the_real_engine(tmp_path, sound_file):
    for name in (*speech.MODEL_FILES, "vocabulary.json"):
        (tmp_path / name).write_text(json.dumps({}))
    with pytest.raises(Unsupported, match="cannot be loaded"):
        speech.transcribe(sound_file, tmp_path)


def test_without_the_engine_it_says_how_to_get_it(monkeypatch, tmp_path, sound_file):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"crosscut\[speech\]"):
        speech.transcribe(sound_file, tmp_path)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [("late", "L EY T"), ("shell", "SH EH L"), ("nation", "N AE SH AH N"), ("NASA", "EH N EY EH S EY"), ("é", "EH")],
)
def test_a_pronunciation_is_guessed_from_the_letters(word, sounds):
    assert by_rule(word) == sounds
