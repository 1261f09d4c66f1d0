# mypy: disable-error-code="union-attr,arg-type,type-arg"
"""Copies with metadata: exiftool reads what was written, nothing is told that may not be, and the master stays."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pyexiv2
import pytest
from django.urls import reverse
from PIL import Image

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import about, custom
from crosscut.apps.library.services.handout import Handed, Telling, copy_with_metadata
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import NotFound
from crosscut.media import read_metadata
from crosscut.media.metadata import read_sidecar
from crosscut.media.provenance import make_authority, sign

needs_exiftool = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not here")
SAID = {
    "title": "Größe ✓ am Riff",
    "description": "Corals & <fish>\nat dawn",
    "keywords": ["reef", "sea"],
    "creator": ["Ana Núñez", "Bo"],
    "copyright": "© 2026 Reef Trust",
    "credit": "Reef Trust",
    "alt_text": "A turtle above corals",
    "city": "Watamu",
    "licensor": "Reef Trust",
    "licensor_url": "https://example.org",
    "contact_email": "ana@example.org",
    "model_release": "MR-UMR",
    "digital_source_type": "trainedAlgorithmicMedia",
    "ai_system": "Model One",
    "persons": ["Amina"],
    "latitude_deg": -4.25,
    "longitude_deg": 39.5,
    "created_on": "2026-05-03T14:30:00+03:00",
    "usage_terms": "x" * 4000,
}


def bytes_of(handed: Handed) -> bytes:
    """All of it; closing the file frees its room."""
    with handed.file as file:
        return file.read()


def told(handed: Handed, folder: Path) -> dict:
    """What exiftool reads in the copy."""
    path = folder / handed.filename
    path.write_bytes(bytes_of(handed))
    done = subprocess.run(["exiftool", "-j", "-G1", "-n", "-struct", str(path)], check=True, capture_output=True)
    found: dict = json.loads(done.stdout)[0]
    return found


def masters(folder: Path) -> dict[str, Path]:
    """A file of each kind that carries metadata, that says something already."""
    jpeg = making.described_jpeg(folder / "a.jpg", Xmp_dc_source="Old", Xmp_photoshop_City="Old", Xmp_xmp_Label="Red")
    with pyexiv2.Image(str(jpeg)) as image:
        image.modify_exif({"Exif.GPSInfo.GPSLatitude": "4/1 0/1 0/1", "Exif.GPSInfo.GPSLatitudeRef": "S"})
    found = {"jpg": jpeg, "mp4": making.film(folder / "e.mp4"), "flac": making.sound(folder / "g.flac")}
    for kind in ("png", "webp", "tif"):
        found[kind] = folder / f"a.{kind}"
        Image.new("RGB", (40, 30), "teal").save(found[kind])
    found["mov"], found["mp3"] = folder / "f.mov", folder / "h.mp3"
    making.ffmpeg("-i", str(found["mp4"]), "-c", "copy", "-metadata", "title=Old", str(found["mov"]))
    making.ffmpeg("-i", str(found["flac"]), "-metadata", "title=Old", str(found["mp3"]))
    return found


@needs_exiftool
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "mp4", "mov", "mp3"])
def test_exiftool_reads_what_was_written_and_the_master_stays(cast, tmp_path, kind):
    asset = making.taken_in(cast.junior, masters(tmp_path)[kind])
    about.change(cast.junior, {asset.pk: SAID})
    handed = copy_with_metadata(cast.junior, asset.current_id)
    found = told(handed, tmp_path)
    assert not handed.is_beside
    assert found["XMP-dc:Title"] == SAID["title"]
    assert found["XMP-dc:Description"] == SAID["description"]
    assert found["XMP-dc:Subject"] == ["reef", "sea"]
    assert found["XMP-dc:Creator"] == ["Ana Núñez", "Bo"]
    assert found["XMP-iptcCore:AltTextAccessibility"] == SAID["alt_text"]
    assert found["XMP-iptcCore:CreatorContactInfo"]["CiEmailWork"] == "ana@example.org"
    assert found["XMP-iptcExt:LocationCreated"] == [{"City": "Watamu"}]
    assert found["XMP-plus:Licensor"] == [{"LicensorName": "Reef Trust", "LicensorURL": "https://example.org"}]
    assert found["XMP-plus:ModelReleaseStatus"] == "MR-UMR" or "MR-UMR" in str(found["XMP-plus:ModelReleaseStatus"])
    assert found["XMP-xmpRights:UsageTerms"] == "x" * 4000
    assert str(found["XMP-iptcExt:DigitalSourceType"]).endswith("trainedAlgorithmicMedia")
    assert not any("GPS" in name or "PersonInImage" in name for name in found)
    with storage.open_stored(asset.current.sha256) as master:
        assert hashlib.sha256(master.read()).hexdigest() == asset.current.sha256


@needs_exiftool
def test_places_and_people_are_told_only_where_they_may_be(cast, tmp_path):
    asset = making.taken_in(cast.junior, masters(tmp_path)["jpg"])
    about.change(cast.junior, {asset.pk: SAID})
    found = told(copy_with_metadata(cast.junior, asset.current_id, Telling(place=True, people=True)), tmp_path)
    assert found["XMP-exif:GPSLatitude"] == pytest.approx(-4.25)
    assert found["XMP-iptcExt:PersonInImage"] == ["Amina"]
    assert found["IPTC:City"] == "Watamu"
    assert found["IFD0:Artist"] == "Ana Núñez; Bo"
    assert found["XMP-xmp:Label"] == "Red"  # what is no field of ours stays
    assert "XMP-dc:Source" in found or asset.about.get("source") is None


@needs_exiftool
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "mp4", "mp3"])
def test_fields_of_ones_own_are_told_only_when_asked_for(cast, tmp_path, kind):
    for label, sort in (("Season", "text"), ("2026 budget", "number"), ("Uses", "choices")):
        custom.create_field(cast.lead, custom.Plan(label=label, kind=sort, choices=["Web", "Print"]))
    asset = making.taken_in(cast.junior, masters(tmp_path)[kind])
    own = {"own.season": "Größe & <Riff>", "own.2026-budget": 12.5, "own.uses": ["Web", "Print"]}
    about.change(cast.junior, {asset.pk: own})
    assert "Riff" not in str(told(copy_with_metadata(cast.junior, asset.current_id), tmp_path))
    found = told(copy_with_metadata(cast.junior, asset.current_id, Telling(own=True)), tmp_path)
    names = ("Season", "Tag_2026-budget", "Uses")  # exiftool's own spelling
    said = [found[f"XMP-crosscut:{name}"] for name in names]
    assert said == ["Größe & <Riff>", 12.5, ["Web", "Print"]]


def test_what_is_written_is_read_again_the_same(cast, tmp_path):
    for kind, path in masters(tmp_path).items():
        asset = making.taken_in(cast.junior, path)
        about.change(cast.junior, {asset.pk: SAID})
        handed = copy_with_metadata(cast.junior, asset.current_id, Telling(place=True, people=True))
        copy = tmp_path / "copy" / handed.filename
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(bytes_of(handed))
        found = read_metadata(copy)
        assert found.fields["title"] == SAID["title"], kind
        assert found.fields["creator"] == SAID["creator"], kind
        if kind != "flac":  # Vorbis comments have no place for most
            again = {key: value for key, value in found.fields.items() if key in SAID}
            wanted = Asset.objects.get(pk=asset.pk).about
            assert {key: again[key] for key in wanted if key in SAID} == {
                key: wanted[key] for key in wanted if key in SAID
            }


def test_what_is_signed_or_cannot_carry_it_comes_untouched_with_xmp_beside(cast, tmp_path):
    key = make_authority(tmp_path / "keys", organisation="Reef Trust")
    signed = making.jpeg(tmp_path / "signed.jpg", size=(200, 150))
    sign(signed, key=key)
    drawing = tmp_path / "drawing.svg"
    drawing.write_text(making.SCRIPTED_SVG)
    for path in (signed, drawing):
        asset = making.taken_in(cast.junior, path)
        about.change(cast.junior, {asset.pk: {"city": "Watamu"}})
        handed = copy_with_metadata(cast.junior, asset.current_id)
        assert handed.is_beside
        with zipfile.ZipFile(io.BytesIO(bytes_of(handed))) as archive:
            original, sidecar = archive.namelist()
            assert hashlib.sha256(archive.read(original)).hexdigest() == asset.current.sha256
            archive.extract(sidecar, tmp_path / "out")
        assert read_sidecar(tmp_path / "out" / sidecar).fields["city"] == "Watamu"


def test_strangers_guests_and_nobody_get_no_copy(cast, photo):
    address = reverse("version-copy", args=[photo.current_id])
    assert signed_in(cast.stranger).get(address).status_code == 404
    assert signed_in(cast.guest).get(address).status_code in (302, 403, 404)
    for who in (cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            copy_with_metadata(who, photo.current_id)
    answer = program(cast.junior).get(f"/api/library/versions/{photo.current_id}/copy")
    answer.close()
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
