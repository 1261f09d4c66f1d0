"""What we write into pictures is what another program reads: exiftool."""

import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.facts import Kind, Span
from crosscut.media import Metadata, plan, probe, render
from crosscut.media.cache import Cache, sha256_of
from crosscut.media.carrying import carry_on
from crosscut.media.cuts import Clip, Cut, Track, render_cut, smart_cut
from crosscut.media.ffmpeg import program
from crosscut.media.metadata import write_sidecar
from crosscut.media.packs import plan_pack, render_pack
from crosscut.media.recipes import PicturePart
from crosscut.media.reframe import reframe
from crosscut.media.stills import Derivative, derive_all, kept_fields
from crosscut.specs.requirements import requirement

pytestmark = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not here")

ABOUT = Metadata(
    title="Reef",
    description="A turtle",
    alt_text="A turtle above corals",
    creator=("Ana Núñez", "Bo"),
    copyright="© Reef Trust",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    ai_system="Model",
    ai_system_version="2",
    ai_prompt="a reef",
    ai_prompt_writer="Bo",
    data_mining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
    latitude_deg=10.0,
    longitude_deg=20.0,
    camera="Maker One",
)

SMALL = replace(requirement("practice/video", Kind.VIDEO), max_width_px=64, loudness_lufs=None)  # type: ignore[type-var]


def told(path: Path) -> dict[str, object]:
    done = subprocess.run(["exiftool", "-j", "-G1", "-struct", str(path)], check=True, capture_output=True)
    found: dict[str, object] = json.loads(done.stdout)[0]
    return found


def says_what_a_model_made(found: dict[str, object]) -> None:
    """The fields of IPTC 2025.1; exiftool reads those that are younger than itself by their own names."""
    assert str(found["XMP-iptcExt:DigitalSourceType"]).endswith("trainedAlgorithmicMedia")
    assert found["XMP-iptcExt:AISystemUsed"] == "Model"
    assert str(found["XMP-iptcExt:AISystemVersionUsed"]) == "2"
    assert found["XMP-iptcExt:AIPromptInformation"] == "a reef"
    assert found["XMP-iptcExt:AIPromptWriterName"] == "Bo"
    assert "DMI-PROHIBITED-AIMLTRAINING" in str(found["XMP-plus:DataMining"]) or "AI" in str(
        found["XMP-plus:DataMining"]
    )


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_exiftool_reads_the_rights_and_no_place(tmp_path, kind):
    master = tmp_path / "master.png"
    Image.fromarray(np.full((60, 80, 3), 90, np.uint8)).save(master)
    out = tmp_path / f"out.{kind}"
    derive_all(master, {out: Derivative(part=PicturePart(), media_type=f"image/{kind}")}, about=ABOUT)
    found = told(out)
    assert found["XMP-dc:Title"] == "Reef"
    assert found["XMP-dc:Creator"] == ["Ana Núñez", "Bo"]
    assert found["XMP-dc:Rights"] == "© Reef Trust"
    assert found["XMP-xmpRights:WebStatement"] == ABOUT.licence_url
    says_what_a_model_made(found)
    assert not any("GPS" in name or name.endswith(":Model") for name in found)


def test_exiftool_reads_the_sidecar(tmp_path):
    write_sidecar(tmp_path / "film.xmp", ABOUT)
    found = told(tmp_path / "film.xmp")
    assert found["XMP-dc:Description"] == "A turtle" and found["XMP-dc:Creator"] == ["Ana Núñez", "Bo"]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Two seconds that a model made, and say so."""
    master = tmp_path_factory.mktemp("film") / "master.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc2=s=128x72:r=25:d=2", "-f", "lavfi", "-i", "sine=r=48000:d=2"]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac"]
    subprocess.run([program(), "-v", "error", *sources, *encode, str(master)], check=True)
    carry_on(master, kept_fields(ABOUT))
    return master


def rendered(master: Path, out: Path) -> None:
    render(master, plan(probe(master), SMALL), out)


def packed(master: Path, out: Path) -> None:
    pack = plan_pack(probe(master), {"practice/video": SMALL})
    kept = render_pack(master, pack, Cache(out.parent / "cache"), version_sha256=sha256_of(master))
    shutil.copy(next(iter(kept.values())).path, out)


def reframed(master: Path, out: Path) -> None:
    reframe(master, Fraction(1), out)


def shortened(master: Path, out: Path) -> None:
    smart_cut(master, [Span(start_s=Fraction(1, 2), end_s=Fraction(2))], out)


def cut_anew(master: Path, out: Path) -> None:
    clip = Clip(name=master.name, media=master.name, start_s=Fraction(0), duration_s=Fraction(1))
    render_cut(Cut(name="cut", rate=Fraction(25), tracks=(Track(kind="video", items=(clip,)),)), [master.parent], out)


@pytest.mark.parametrize("make", [rendered, packed, reframed, shortened, cut_anew])
def test_exiftool_reads_in_every_film_what_its_master_said(film, tmp_path, make):
    out = tmp_path / "out.mp4"
    make(film, out)
    found = told(out)
    says_what_a_model_made(found)
    assert found["XMP-dc:Rights"] == "© Reef Trust" and found["XMP-xmpRights:WebStatement"] == ABOUT.licence_url
    assert "AltTextAccessibility" in "".join(found)
