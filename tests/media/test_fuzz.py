"""Broken files do no harm: each ends in a plain refusal or in a correct result, and the engine lives on.

`CROSSCUT_FUZZ_CASES=5000 CROSSCUT_FUZZ_SEED=7 pytest tests/media/test_fuzz.py` tries more of them, and
CROSSCUT_FUZZ_FILES names a folder of real files that are broken instead of the small made ones. A case is known by
seed and number: `CROSSCUT_FUZZ_FIRST=123 CROSSCUT_FUZZ_CASES=1` repeats one, and CROSSCUT_FUZZ_KEEP names a folder for
those that failed. What a long run found is in docs/why/fuzzing.md.
"""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import Cancelled, CrosscutError, Damaged, Invalid, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.media import capped, captions, exchange, metadata, probe, provenance, render, screen, sniff, thumbnail
from crosscut.media.ffmpeg import program
from tests.media.mutations import MUTATIONS, STEPS

CASES = int(os.environ.get("CROSSCUT_FUZZ_CASES", "150"))
SEED = int(os.environ.get("CROSSCUT_FUZZ_SEED", "1"))
FIRST = int(os.environ.get("CROSSCUT_FUZZ_FIRST", "0"))
FILES = os.environ.get("CROSSCUT_FUZZ_FILES", "")
EACH_STEP_FROM = 1000  # cases: below, files are cut off at three places only
LARGEST_BYTES = 2_000_000  # of a real file: larger ones only take longer
NO_MEDIA = (".csv", ".fountain", ".json", ".md", ".txt", ".xmp")
TIMELINES = (".otio", ".edl", ".xml", ".fcpxml", ".mlt")
CAPTIONS = (".srt", ".vtt", ".ttml", ".scc", ".ass", ".stl")
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
    "captions.ttml": '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="4s">Hi</p></div></body></tt>',
    "captions.scc": "Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420 9470 9470 c8e9 942f 942f\n\n00:00:03:00\t942c 942c\n",
    "cut.edl": "TITLE: Cut\nFCM: NON-DROP FRAME\n001  AX V C 00:00:01:00 00:00:03:00 00:00:00:00 00:00:02:00\n",
    "drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>',
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One small whole file of each kind, or those of the folder that was named."""
    if FILES:
        every = (path for path in Path(FILES).rglob("*") if path.is_file() and 0 < path.stat().st_size < LARGEST_BYTES)
        return sorted(path for path in every if "damaged" not in path.parts and path.suffix not in NO_MEDIA)
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
        if path.suffix in TIMELINES:
            exchange.read(path)
            return "read"
        if path.suffix in CAPTIONS:
            captions.read_document(path)
        sniff(path)
        facts = probe(path)
        metadata.read(path)
        provenance.read(path)
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


@dataclass
class Trials:
    """What became of one broken file after the other."""

    folder: Path
    ends: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def take(self, name: str, data: bytes, case: str) -> None:
        """Tries one, and looks for what it left behind."""
        self.folder.mkdir()
        path = self.folder / name
        path.write_bytes(data)
        try:
            self.ends[tried(path, self.folder / "thumbnail.jpg")] += 1
        except (Cancelled, CrosscutError, AssertionError) as fault:
            self.failures.append(f"{case} {name}: {type(fault).__name__}: {fault}")
            _keep(path, case)
        left = {each.name for each in self.folder.iterdir()} - {name, "thumbnail.jpg"}
        if left:
            self.failures.append(f"{case} {name}: left over {left}")
        shutil.rmtree(self.folder)

    def check(self, server: int, scratch: Path) -> None:
        """Nothing failed, nothing was left behind, and the engine's server is the one it was."""
        print(dict(self.ends))
        assert not self.failures, "\n".join(self.failures)
        assert capped.server_pid() == server, "the engine's server died and was started anew"
        assert list(scratch.iterdir()) == []
        assert _children(server) == []


def test_broken_files_end_in_a_refusal_or_a_correct_result(good: list[Path], scratch: Path, tmp_path: Path) -> None:
    server, trials = capped.server_pid(), Trials(tmp_path / "case")
    for number in range(FIRST, FIRST + CASES):
        whole = good[number % len(good)]
        how, data = broken(whole.read_bytes(), number)
        trials.take(whole.name, data, f"{number} {how}")
    trials.check(server, scratch)
    assert sum(trials.ends.values()) == CASES
    assert len(trials.ends) > 1 or CASES < 20, "neither all is refused nor all is read"


def test_files_that_were_cut_off_are_refused_or_read(good: list[Path], scratch: Path, tmp_path: Path) -> None:
    """At every twentieth when many cases are asked for; everyday at the very beginning, the middle and near the end."""
    server, trials = capped.server_pid(), Trials(tmp_path / "case")
    for whole in good:
        data = whole.read_bytes()
        for step in range(STEPS) if CASES >= EACH_STEP_FROM else (1, STEPS // 2, STEPS - 1):
            trials.take(whole.name, data[: len(data) * step // STEPS], f"{step}/{STEPS}")
    trials.check(server, scratch)


def _keep(path: Path, case: str) -> None:
    if folder := os.environ.get("CROSSCUT_FUZZ_KEEP"):
        Path(folder, f"{case.replace('/', '-').replace(' ', '-')}-{path.name}").write_bytes(path.read_bytes())


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
    assert FILES or {name for name, end in ends.items() if end != "read"} == set()
