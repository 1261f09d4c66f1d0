"""What we write into pictures is what another program reads: exiftool."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.media import Metadata
from crosscut.media.metadata import write_sidecar
from crosscut.media.recipes import PicturePart
from crosscut.media.stills import Derivative, derive_all

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
    ai_prompt="a reef",
    latitude_deg=10.0,
    longitude_deg=20.0,
    camera="Maker One",
)


def told(path: Path) -> dict[str, object]:
    done = subprocess.run(["exiftool", "-j", "-G1", "-struct", str(path)], check=True, capture_output=True)
    found: dict[str, object] = json.loads(done.stdout)[0]
    return found


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
    assert str(found["XMP-iptcExt:DigitalSourceType"]).endswith("trainedAlgorithmicMedia")
    assert not any("GPS" in name or name.endswith(":Model") for name in found)


def test_exiftool_reads_the_sidecar(tmp_path):
    write_sidecar(tmp_path / "film.xmp", ABOUT)
    found = told(tmp_path / "film.xmp")
    assert found["XMP-dc:Description"] == "A turtle" and found["XMP-dc:Creator"] == ["Ana Núñez", "Bo"]
