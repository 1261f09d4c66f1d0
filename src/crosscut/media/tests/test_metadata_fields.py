# mypy: disable-error-code="no-any-return,comparison-overlap"
"""Every field of the catalogue is found wherever a file has it, and nothing in a file can hurt its reader."""

import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pyexiv2
import pytest
from mutagen.id3 import COMM, ID3, PRIV, TIT2

from crosscut.kernel.errors import Damaged
from crosscut.media import read_metadata
from crosscut.media.metadata import read_sidecar

PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmp:Rating="4" exif:GPSLatitude="33,51.5S" plus:ModelReleaseStatus="MR-LMR">
<dc:title><rdf:Alt><rdf:li xml:lang="de">Riff</rdf:li><rdf:li xml:lang="x-default">Reef</rdf:li></rdf:Alt></dc:title>
<lr:hierarchicalSubject><rdf:Bag><rdf:li>Animals|Fish|Shark</rdf:li></rdf:Bag></lr:hierarchicalSubject>
<Iptc4xmpExt:AISystemUsed>Model One</Iptc4xmpExt:AISystemUsed>
<Iptc4xmpExt:AIPromptInformation>a reef</Iptc4xmpExt:AIPromptInformation>
<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource"><Iptc4xmpExt:City>Watamu</Iptc4xmpExt:City>
</rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>
<plus:Licensor><rdf:Seq><rdf:li><rdf:Description plus:LicensorName="Reef Trust"/></rdf:li></rdf:Seq></plus:Licensor>
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>
 <rdf:li rdf:parseType="Resource"><mwg-rs:Name>Ana</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>
  <mwg-rs:Area stArea:x="0.5" stArea:y="0.4" stArea:w="0.2" stArea:h="0.2" stArea:unit="normalized"/></rdf:li>
 <rdf:li rdf:parseType="Resource"><mwg-rs:Name>Broken</mwg-rs:Name><mwg-rs:Area stArea:x="7" stArea:w="no"/></rdf:li>
</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>&d;&d;</dc:source>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
FILE_ENTITY = BOMB.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/passwd"')


@pytest.fixture
def sidecar(tmp_path: Path):
    def written(content: str | bytes) -> Path:
        path = tmp_path / "beside.xmp"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def with_packet(picture: Path, packet: str) -> Path:
    """The JPEG with an XMP segment put in by hand: the engine would not write these."""
    head = b"http://ns.adobe.com/xap/1.0/\0"
    body = head + packet.encode()
    data = picture.read_bytes()
    picture.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:])
    return picture


@pytest.fixture
def copied(photo, tmp_path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo.read_bytes())
    return path


def test_structures_languages_and_regions_are_found(sidecar):
    found = read_sidecar(sidecar(PACKET))
    said = {key: found.fields[key] for key in ("title", "rating", "keywords", "licensor", "shown_city", "ai_system")}
    assert said == {
        "title": "Reef",
        "rating": 4,
        "keywords": ["Shark"],
        "licensor": "Reef Trust",
        "shown_city": "Watamu",
        "ai_system": "Model One",
    }
    assert found.fields["latitude_deg"] == pytest.approx(-33.8583333)
    assert found.fields["model_release"] == "http://ns.useplus.org/ldf/vocab/MR-LMR"
    assert found.places["licensor"] == "XMP plus:Licensor/plus:LicensorName"
    [face] = found.faces
    assert (face.name, face.x, face.y, face.width) == ("Ana", 0.4, pytest.approx(0.3), 0.2)


def test_each_value_says_where_it_was(copied):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_xmp({"Xmp.dc.title": "Reef"})
        image.modify_iptc({"Iptc.Application2.City": "Watamu", "Iptc.Application2.ObjectName": "older"})
        image.modify_exif({"Exif.Image.Artist": "Ana", "Exif.Photo.DateTimeOriginal": "2026:05:03 14:30:00"})
        image.modify_exif({"Exif.Photo.OffsetTimeOriginal": "+03:00"})
    found = read_metadata(copied)
    assert found.places["title"] == "XMP dc:title"
    assert found.places["city"] == "IPTC IIM City"
    assert found.places["creator"] == "EXIF Artist"
    assert found.fields["created_on"] == "2026-05-03T14:30:00+03:00"


def test_a_film_tells_its_xmp_and_quicktime_tags(make, sound_file, tmp_path):
    path = make("film.mov", "-i", str(sound_file), "-metadata", "title=From the tag", "-metadata", "artist=Ana")
    box = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC") + PACKET.encode()
    path.write_bytes(path.read_bytes() + struct.pack(">I", len(box) + 8) + b"uuid" + box)
    found = read_metadata(path)
    assert found.fields["title"] == "Reef"
    assert found.places["creator"].endswith("artist")
    assert found.fields["creator"] == ["Ana"]
    assert found.fields["ai_prompt"] == "a reef"


def test_a_sound_tells_its_xmp_beside_its_frames(make, sound_file):
    path = make("tagged.mp3", "-i", str(sound_file))
    tags = ID3()
    for frame in (TIT2(3, ["Frame"]), COMM(3, "eng", "iTunNORM", "0"), PRIV(owner="XMP", data=PACKET.encode())):
        tags.add(frame)
    tags.save(path)
    found = read_metadata(path)
    assert found.fields["title"] == "Reef"
    assert "description" not in found.fields


@pytest.mark.parametrize("packet", [BOMB, FILE_ENTITY])
def test_a_bomb_in_a_picture_costs_only_its_xmp(copied, packet):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_exif({"Exif.Image.Artist": "Ana"})
    found = read_metadata(with_packet(copied, packet))
    assert found.fields["creator"] == ["Ana"]
    assert "source" not in found.fields
    assert found.warnings[0].code == "media.odd_metadata"


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        FILE_ENTITY,
        b"",
        b"\xff\xfe\x00",
        "<x>",
        b'<?xml version="1.0" encoding="rot13"?><x/>',
        b'<?xml version="1.0" encoding="utf-7"?><x/>',
        "<a>" * 100_000,
    ],
)
def test_a_sidecar_that_is_none_or_a_bomb_is_refused(sidecar, content):
    with pytest.raises(Damaged):
        read_sidecar(sidecar(content))


def test_deep_nesting_ends_somewhere(sidecar):
    deep = "<dc:source rdf:parseType='Resource'>" * 300 + "x" + "</dc:source>" * 300
    packet = PACKET.replace("<dc:title>", f"{deep}<dc:title>")
    assert read_sidecar(sidecar(packet)).fields["title"] == "Reef"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_it_reads_other_unicode(sidecar, encoding):
    packet = f'<?xml version="1.0"?>{PACKET}'.replace("Reef Trust", "Größe ✓")
    assert read_sidecar(sidecar(packet.encode(encoding))).fields["licensor"] == "Größe ✓"


def test_old_latin_captions_are_words_and_no_warning(copied):
    with pyexiv2.Image(str(copied)) as image:
        image.modify_iptc({"Iptc.Application2.Caption": "Größe"}, encoding="latin-1")
    assert read_metadata(copied).fields["description"] == "Größe"


def test_values_of_four_thousand_characters_come_whole(sidecar):
    long = "wörter " * 571 + "end"
    assert len(long) == 4000
    found = read_sidecar(sidecar(PACKET.replace("a reef", long)))
    assert found.fields["ai_prompt"] == long


def test_matroska_and_wave_tell_their_tags(make, sound_file, tmp_path):
    for name in ("film.mkv", "sound.wav"):
        out = tmp_path / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(sound_file)]
        subprocess.run([*command, "-metadata", "title=Rain", "-metadata", "copyright=Reef", str(out)], check=True)
        found = read_metadata(out)
        assert (found.fields["title"], found.fields["copyright"]) == ("Rain", "Reef"), name
