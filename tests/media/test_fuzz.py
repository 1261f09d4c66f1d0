"""Broken files do no harm: each ends in a plain refusal or in a correct result, and the engine lives on.

`CROSSCUT_FUZZ_CASES=5000 CROSSCUT_FUZZ_SEED=7 pytest tests/media/test_fuzz.py` tries more of them. A case is known by
seed and number: `CROSSCUT_FUZZ_FIRST=123 CROSSCUT_FUZZ_CASES=1` repeats one, and CROSSCUT_FUZZ_KEEP names a folder for
those that failed.
"""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import Cancelled, CrosscutError, Damaged, Invalid, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.media import capped, probe, render, screen, sniff, thumbnail
from crosscut.media.ffmpeg import program
from tests.media.mutations import MUTATIONS

CASES = int(os.environ.get("CROSSCUT_FUZZ_CASES", "150"))
SEED = int(os.environ.get("CROSSCUT_FUZZ_SEED", "1"))
FIRST = int(os.environ.get("CROSSCUT_FUZZ_FIRST", "0"))
CASE_S = 60  # of wall time on a busy machine; most take a tenth of a second
REFUSED = (Damaged, Unsupported, Invalid)

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=0.6")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=0.6")
FILMS = {
    "film.mp4": (*PICTURE, *TONE, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    "front.mov": (*PICTURE, "-c:v", "mpeg4", "-movflags", "+faststart"),
    "film.webm": (*PICTURE, *TONE, "-c:v", "libvpx", "-cpu-used", "8", "-c:a", "libopus"),
    "film.mkv": (*PICTURE, *TONE, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "flac"),
    "film.avi": (*PICTURE, "-c:v", "mpeg4"),
    "film.ts": (*PICTURE, *TONE, "-c:v", "mpeg2video", "-c:a", "mp2"),
    "sound.mp3": (*TONE, "-c:a", "libmp3lame"),
    "sound.flac": TONE,
    "sound.wav": TONE,
    "sound.ogg": (*TONE, "-c:a", "libopus"),
}
STILLS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP")
TEXTS = {
    "captions.vtt": "WEBVTT\n\n00:01.000 --> 00:04.500\nHello\n\n00:05.000 --> 00:06.000 align:start\nAgain\n",
    "captions.srt": "1\n00:00:01,000 --> 00:00:04,500\nHello\n\n2\n00:00:05,000 --> 00:00:06,000\nAgain\n",
    "drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>',
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One small whole file of each kind."""
    folder = tmp_path_factory.mktemp("good")
    for name, arguments in FILMS.items():
        subprocess.run([program(), "-nostdin", "-loglevel", "error", *arguments, str(folder / name)], check=True)
    rows, columns = np.mgrid[0:48, 0:64]
    pixels = np.stack([rows * 5, columns * 4, (rows + columns) * 2], axis=-1).astype(np.uint8)
    for kind in STILLS:
        Image.fromarray(pixels).save(folder / f"still.{kind.lower()}", kind)
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return sorted(folder.iterdir())


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files of the engine, whose server is started anew for it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    capped.close()
    yield folder
    capped.close()


def tried(path: Path, out: Path) -> str:
    """What became of the file: the name of the refusal, or "read". Anything else is raised."""
    end = time.monotonic() + CASE_S
    try:
        sniff(path)
        facts = probe(path)
        recipe = thumbnail(facts)
        if recipe:
            render(path, recipe, out, should_stop=lambda: time.monotonic() > end)
            made = probe(out)
            assert made.kind is Kind.IMAGE
            assert made.width_px and made.height_px
        if facts.video or facts.audio:
            seen = screen(path, should_stop=lambda: time.monotonic() > end)
            assert seen.checked_s >= 0
    except REFUSED as refusal:
        assert refusal.problems[0].message
        assert str(path.parent) not in str(refusal), "a refusal names the file and not its folder"
        return type(refusal).__name__
    return "read"


def broken(data: bytes, number: int) -> tuple[str, bytes]:
    """The case of that number: how it was broken, and the bytes."""
    chance = Random(SEED * 1_000_003 + number)
    mutation = chance.choice(MUTATIONS)
    return mutation.__name__, mutation(data, chance)


def test_broken_files_end_in_a_refusal_or_a_correct_result(good: list[Path], scratch: Path, tmp_path: Path) -> None:
    server = capped.server_pid()
    ends: Counter[str] = Counter()
    failures = []
    for number in range(FIRST, FIRST + CASES):
        whole = good[number % len(good)]
        how, data = broken(whole.read_bytes(), number)
        folder = tmp_path / "case"
        folder.mkdir()
        path = folder / whole.name
        path.write_bytes(data)
        try:
            ends[tried(path, folder / "thumbnail.jpg")] += 1
        except (Cancelled, CrosscutError, AssertionError) as fault:
            failures.append(f"{number} {how} {whole.name}: {type(fault).__name__}: {fault}")
            _keep(path, number)
        left = {each.name for each in folder.iterdir()} - {whole.name, "thumbnail.jpg"}
        if left:
            failures.append(f"{number} {how} {whole.name}: left over {left}")
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()
    assert not failures, "\n".join(failures)
    assert sum(ends.values()) == CASES
    assert len(ends) > 1 or CASES < 20, "neither all is refused nor all is read"
    assert capped.server_pid() == server, "the engine's server died and was started anew"
    assert list(scratch.iterdir()) == []
    assert _children(server) == []


def _keep(path: Path, number: int) -> None:
    if folder := os.environ.get("CROSSCUT_FUZZ_KEEP"):
        Path(folder, f"{number}-{path.name}").write_bytes(path.read_bytes())


def _children(parent: int) -> list[str]:
    """The processes of a parent, zombies with them, after a moment in which the last may end."""
    for _ in range(20):
        tasks = Path(f"/proc/{parent}/task/{parent}/children")
        found = tasks.read_text().split() if tasks.exists() else []
        if not found:
            return []
        time.sleep(0.1)
    return found


def test_whole_files_are_read(good: list[Path], tmp_path: Path) -> None:
    ends = {path.name: tried(path, tmp_path / f"{path.name}.jpg") for path in good}
    assert {name for name, end in ends.items() if end != "read"} == set()
