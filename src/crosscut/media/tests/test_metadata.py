# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Who made a file and what may be done with it is read from wherever it is written."""

from dataclasses import replace

import pyexiv2
import pytest
from mutagen.id3 import ID3, TCON, TCOP, TDRC, TIT2, TPE1

from crosscut.kernel.errors import NotFound
from crosscut.media import Metadata, read_metadata
from crosscut.media.inside.rights import write_rights
from crosscut.media.metadata import RAW_LIMIT_CHARACTERS, read_sidecar, write_sidecar

RIGHTS = Metadata(
    title="Reef at dawn",
    description='Corals & "fish" <here>',
    alt_text="A turtle above corals",
    extended_description="A green turtle swims left",
    creator=("Ana Núñez", "Bo"),
    credit="Reef Trust",
    copyright="© 2026 Reef Trust",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    usage_terms="Not for adverts",
    licensor="Reef Trust",
    licensor_url="https://example.org",
    digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
)


@pytest.fixture
def copied(photo, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo.read_bytes())
    return path


def test_it_reads_back_every_rights_field(copied):
    write_rights(copied, RIGHTS)
    found = read_metadata(copied)
    for name in ("title", "description", "alt_text", "extended_description", "creator", "credit", "copyright"):
        assert getattr(found, name) == getattr(RIGHTS, name), name
    for name in ("licence_url", "usage_terms", "licensor", "licensor_url", "digital_source_type"):
        assert getattr(found, name) == getattr(RIGHTS, name), name


def test_it_reads_place_time_and_camera(copied):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_exif(
            {
                "Exif.GPSInfo.GPSLatitude": "33/1 51/1 3540/100",
                "Exif.GPSInfo.GPSLatitudeRef": "S",
                "Exif.GPSInfo.GPSLongitude": "151/1 12/1 0/1",
                "Exif.GPSInfo.GPSLongitudeRef": "E",
                "Exif.Photo.DateTimeOriginal": "2026:02:16 12:55:41",
                "Exif.Image.Make": "Maker",
                "Exif.Image.Model": "One",
                "Exif.Image.Artist": "Ana",
            }
        )
    found = read_metadata(copied)
    assert (found.latitude_deg, found.longitude_deg) == (-33.8598333, 151.2)
    assert found.created_at.isoformat() == "2026-02-16T12:55:41"
    assert (found.camera, found.creator) == ("Maker One", ("Ana",))


@pytest.mark.parametrize("parts", ["", "0/0 0/0 0/0", "400/1 0/1 0/1", "nonsense"])
def test_it_takes_no_nonsense_for_a_place(copied, parts):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_exif({"Exif.GPSInfo.GPSLatitudeRef": "N"})
        if parts and parts != "nonsense":
            image.modify_exif({"Exif.GPSInfo.GPSLatitude": parts})
    assert read_metadata(copied).latitude_deg is None


def test_it_reads_iptc_when_there_is_no_xmp(copied):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_iptc(
            {
                "Iptc.Envelope.CharacterSet": "\x1b%G",
                "Iptc.Application2.Caption": "Größe",
                "Iptc.Application2.Keywords": ["reef", "reef", "sea"],
            }
        )
    found = read_metadata(copied)
    assert (found.description, found.keywords) == ("Größe", ("reef", "sea"))


def test_it_keeps_the_raw_fields_within_a_limit(copied):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_exif({"Exif.Image.ImageDescription": "x" * 55_000, "Exif.Image.Artist": "Ana"})
        image.modify_xmp({"Xmp.dc.title": "y" * 60_000})
    raw = read_metadata(copied).raw
    assert raw["Exif.Image.Artist"] == "Ana"
    assert sum(len(key) + len(value) for key, value in raw.items()) <= RAW_LIMIT_CHARACTERS


def test_it_reads_audio_tags(make, sound_file):
    path = make("tagged.mp3", "-i", str(sound_file))
    tags = ID3()
    for frame in (TIT2(3, ["Ask"]), TPE1(3, ["JFK"]), TCOP(3, ["None"]), TDRC(3, ["1961"]), TCON(3, ["Speech"])):
        tags.add(frame)
    tags.save(path)
    found = read_metadata(path)
    assert (found.title, found.creator, found.copyright, found.keywords) == ("Ask", ("JFK",), "None", ("Speech",))
    assert found.created_at.year == 1961


def test_a_file_without_metadata_has_an_empty_record(photo, svg_file):
    assert read_metadata(photo).creator == ()
    assert read_metadata(svg_file("<rect/>")) == Metadata()


def test_a_sidecar_is_written_and_read_back(tmp_path):
    sidecar = tmp_path / "film.xmp"
    forbidden = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
    about = replace(RIGHTS, ai_system="Model", ai_prompt="a <reef>", data_mining=forbidden)
    write_sidecar(sidecar, about)
    assert replace(read_sidecar(sidecar), raw={}, fields={}, places={}) == about
    assert [path.name for path in tmp_path.iterdir()] == ["film.xmp"]
    with pytest.raises(NotFound):
        read_sidecar(tmp_path / "gone.xmp")
