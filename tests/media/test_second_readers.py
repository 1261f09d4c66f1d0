"""What we make is what other programs read: the words in it by exiftool, its frames and seconds by Debian's ffprobe."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.facts import Depth
from crosscut.media import probe, read_metadata
from crosscut.media.fields import Field, Kind, fields
from crosscut.media.fields.writing import Order, write_into
from crosscut.media.metadata import write_sidecar
from crosscut.media.recipes import PicturePart
from crosscut.media.stills import Derivative, derive_all
from tests.media.corpus import corpus
from tests.media.renditions import ABOUT, WAYS

pytestmark = pytest.mark.xdist_group("renditions")
needs_exiftool = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not here")
needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not here")


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


@needs_exiftool
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


@needs_exiftool
def test_exiftool_reads_the_sidecar(tmp_path):
    write_sidecar(tmp_path / "film.xmp", ABOUT)
    found = told(tmp_path / "film.xmp")
    assert found["XMP-dc:Description"] == "A turtle" and found["XMP-dc:Creator"] == ["Ana Núñez", "Bo"]


@needs_exiftool
@pytest.mark.parametrize("how", WAYS)
def test_exiftool_reads_in_every_film_what_its_master_said(made, how):
    found = told(made(how))
    says_what_a_model_made(found)
    assert found["XMP-dc:Rights"] == "© Reef Trust" and found["XMP-xmpRights:WebStatement"] == ABOUT.licence_url
    assert "AltTextAccessibility" in "".join(found)


WRITTEN = {key: field for key, field in fields().items() if field.xmp and not field.is_fixed}


def example(field: Field) -> Any:
    """A value of the field that no other field has, where its kind leaves a choice."""
    words = f"Ä {field.key} <1>"[: field.limit]
    if field.choices:
        first = next(iter(field.choices))
        return [first] if field.kind is Kind.CHOICES else first
    number = field.least + 1 if field.least is not None else 7
    plain = {
        Kind.LIST: [words, f"{words} and"],
        Kind.DATE: "2026-05-03T14:30:00+03:00",
        Kind.NUMBER: number,
        Kind.FLAG: True,
    }
    return plain.get(field.kind, words)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single value with its way there: "XMP-plus:Licensor/LicensorName"."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, str(value)


@needs_exiftool
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_exiftool_reads_every_field_that_is_written(tmp_path, kind):
    copy, said = tmp_path / f"copy.{kind}", {key: example(field) for key, field in WRITTEN.items()}
    Image.new("RGB", (40, 30), "teal").save(copy)
    write_into(copy, Order(fields=said, keeps_place=True, keeps_people=True))
    done = subprocess.run(["exiftool", "-j", "-G1", "-struct", "-n", str(copy)], check=True, capture_output=True)
    found = [(path.lower(), value) for path, value in leaves(json.loads(done.stdout)[0]) if path.startswith("XMP-")]
    lacking = []
    for key, field in WRITTEN.items():
        name = field.xmp[0].path[-1].partition(":")[2].lower()
        values = {value for path, value in found if name in path}
        wanted = said[key] if isinstance(said[key], list) else [said[key]]
        is_free = not field.choices and field.kind in (Kind.TEXT, Kind.LONG, Kind.LIST)
        if not values or (is_free and not {str(one) for one in wanted} <= values):
            lacking.append((key, name, wanted, sorted(values)[:3]))
    assert lacking == []


def plain(text: object) -> str:
    """The words alone: how spaces and signs of old encodings are told differs from reader to reader."""
    return "".join(sign for sign in str(text) if sign.isalnum() and sign.isascii()).lower()


@needs_exiftool
def test_of_real_pictures_we_read_what_exiftool_reads():
    """Only where the pictures of others are at hand."""
    ours = {
        "dc:title": "title",
        "dc:rights": "copyright",
        "dc:creator": "creator",
        "dc:subject": "keywords",
        "photoshop:credit": "credit",
        "photoshop:headline": "headline",
        "iptccore:alttextaccessibility": "alt_text",
        "xmprights:usageterms": "usage_terms",
        "plus:licensor/licensorname": "licensor",
        "iptcext:digitalsourcetype": "digital_source_type",
    }
    compared, wrong = 0, []
    for path in sorted((corpus() / "image").rglob("*")):
        if path.suffix.lower() not in (".jpg", ".heic", ".dng"):
            continue
        done = subprocess.run(["exiftool", "-j", "-G1", "-struct", "-n", str(path)], capture_output=True)
        found = dict[str, list[str]]()
        for place, value in leaves(json.loads(done.stdout)[0]):
            found.setdefault(place.lower().removeprefix("xmp-"), []).append(value)
        read = read_metadata(path)
        for place, key in ours.items():
            if place in found:
                compared += 1
                value = getattr(read, key)
                said = value if isinstance(value, tuple) else [value]
                if not {plain(one) for one in found[place]} & {plain(one) for one in said}:
                    wrong.append((path.name, key, found[place], value))
    assert wrong == [] and compared > 20


@needs_ffprobe
@pytest.mark.parametrize(
    ("how", "frames", "size"),
    [
        ("rendered", 50, (64, 36)),
        ("packed", 50, (64, 36)),
        ("in parts", 50, (64, 36)),
        ("reframed", 50, (72, 72)),
        ("shortened", 37, (128, 72)),  # frames 13 to 49: the first that begins after half a second, and on
        ("cut anew", 25, (128, 72)),
    ],
)
def test_ffprobe_counts_the_frames_and_seconds_that_we_say(made, how, frames, size):
    out = made(how)
    counted = ["-count_frames", "-show_streams", "-show_format", "-of", "json"]
    done = subprocess.run(["ffprobe", "-v", "error", *counted, str(out)], check=True, capture_output=True)
    assert done.stderr == b""
    found = json.loads(done.stdout)
    picture = next(one for one in found["streams"] if one["codec_type"] == "video")
    sound = next(one for one in found["streams"] if one["codec_type"] == "audio")
    assert (int(picture["nb_read_frames"]), picture["width"], picture["height"]) == (frames, *size)
    assert (picture["codec_name"], picture["avg_frame_rate"], picture["pix_fmt"]) == ("h264", "25/1", "yuv420p")
    packet_s = 1024 / 48_000  # of AAC: the least by which sound can end early or late
    assert abs(float(picture["duration"]) - frames / 25) < 0.001
    assert abs(float(sound["duration"]) - frames / 25) <= packet_s
    facts = probe(out, depth=Depth.EXACT)
    assert facts.video[0].frame_count == frames
    assert abs(float(facts.duration_s) - float(found["format"]["duration"])) < 0.001
