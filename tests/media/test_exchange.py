"""Other programs' readers on our exports, and our reader on other programs' files."""

import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from crosscut.kernel.errors import CrosscutError
from crosscut.media import exchange
from crosscut.media.cuts import Clip, Cut, Gap, Track, Transition, render_cut
from crosscut.media.cuts.tests import counted
from crosscut.media.exchange import fcpxml
from crosscut.media.exchange.tests.test_exchange import PLAIN, RICH, WITH_STILLS
from tests.media.corpus import corpus, document_type

F = Fraction
# name, rate to read it with, clips, seconds: counted in the files by hand or said by their origin
CORPUS = {
    "25fps.edl": (F(25), 4, F(496, 25)),
    "avid_example.edl": (F(24), 2, F(81, 24)),
    "dissolve_test.edl": (F(24), 3, F(20, 24)),
    "gap_test.edl": (F(24), 3, F(126, 24)),
    "speed_effects_small.edl": (F(24), 5, F(16636, 24)),
    "simple_cut.otio": (None, 4, F(19, 24)),
    "transition.otio": (None, 4, F(19, 24)),
    "multitrack.otio": (None, 5, F(3282, 24)),
    "fcp7_hiero_xml_export.xml": (None, 2, F(1324, 24)),
    "fcp7_premiere_example.xml": (None, 13, F(1271, 30)),
    "fcpx_clips.fcpxml": (None, None, None),
}


@pytest.mark.parametrize("name", CORPUS)
def test_files_of_other_programs_are_read(name: str) -> None:
    rate, clips, seconds = CORPUS[name]
    cut = exchange.read(corpus() / "timeline" / name, rate=rate)
    assert cut.tracks
    if clips is not None:
        assert (len([*cut.clips()]), cut.duration_s) == (clips, seconds)


def test_every_timeline_of_the_corpus_is_read_or_refused_in_words() -> None:
    for path in sorted((corpus() / "timeline").iterdir()):
        try:
            exchange.read(path)
        except CrosscutError as refused:
            assert len(str(refused)) > 20, path.name


def test_fcpxml_is_valid_by_apple_s_document_type(tmp_path: Path) -> None:
    """Cuts of ours with everything that is written, and every readable timeline of others."""
    rules = etree.DTD(str(document_type(f"FCPXMLv{fcpxml.VERSION.replace('.', '_')}.dtd")))
    cuts = {"plain": PLAIN, "rich": RICH, "stills": WITH_STILLS}
    for path in sorted((corpus() / "timeline").iterdir()):
        try:
            cuts[path.name] = exchange.read(path)
        except CrosscutError:
            continue
    assert len(cuts) > 12
    for name, cut in cuts.items():
        exchange.write(cut, tmp_path / "cut.fcpxml")
        rules.validate(etree.parse(tmp_path / "cut.fcpxml"))
        assert [str(error) for error in rules.error_log.filter_from_errors()] == [], name


@pytest.mark.peer
def test_melt_plays_what_we_write(tmp_path: Path) -> None:
    """MLT's own player shows the same frames as we do: clips, a gap, a dissolve, double speed, a still."""
    melt = shutil.which("melt")
    if melt is None:
        pytest.skip("melt is not here: apt-get install melt")
    counted.film(tmp_path / "a.mp4", 150)
    counted.film(tmp_path / "b.mp4", 150, first=1000)
    Image.fromarray(counted._frame(3000, (192, 108))).convert("RGB").save(tmp_path / "photo.png")

    def clip(name: str, start: int, frames: int, speed: int = 1) -> Clip:
        path = str(tmp_path / (name if "." in name else f"{name}.mp4"))
        return Clip(name=name, media=path, start_s=F(start, 25), duration_s=F(frames, 25), speed=F(speed))

    items = (
        clip("a", 10, 40),
        Transition(before_s=F(4, 25), after_s=F(6, 25)),
        clip("b", 50, 30),
        Gap(duration_s=F(5, 25)),
        clip("a", 20, 20, 2),
        clip("photo.png", 0, 12),
    )
    cut = Cut(name="x", rate=F(25), width_px=192, height_px=108, tracks=(Track(kind="video", items=items),))
    exchange.write(cut, tmp_path / "cut.mlt")
    render_cut(cut, [tmp_path], tmp_path / "ours.mp4")
    theirs = tmp_path / "theirs.mp4"
    encode = [f"avformat:{theirs}", "vcodec=libx264", "crf=12", "acodec=aac", "threads=1", "real_time=-1"]
    subprocess.run(
        [melt, "-silent", str(tmp_path / "cut.mlt"), "-consumer", *encode],
        check=True,
        env={**os.environ, "SDL_AUDIODRIVER": "dummy", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        timeout=120,
    )
    ours, played = counted.numbers(tmp_path / "ours.mp4"), counted.numbers(theirs)
    straight = [*range(10, 46), *range(1056, 1080)]
    assert [number for number in ours if number >= 10][: len(straight)]
    assert len(played) == len(ours)
    assert played[:36] == ours[:36] == straight[:36]
    assert played[46:70] == ours[46:70] == straight[36:]
    assert played[95:] == ours[95:] == [3000] * 12
    assert all(abs(one - other) <= 1 for one, other in zip(played[75:95], ours[75:95], strict=True))
