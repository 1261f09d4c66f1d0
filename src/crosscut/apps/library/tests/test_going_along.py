# mypy: disable-error-code="union-attr,arg-type"
"""What people wrote here stands in the files that are made for channels, in place of what the master says."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyexiv2
import pytest

from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Rendition
from crosscut.apps.library.services import about, derive, rooms
from crosscut.apps.library.services.arrive import add_version
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.going_along import words_of
from crosscut.apps.library.services.packing import Want, rendition_for
from crosscut.apps.library.tests import making
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media import ffmpeg, read_metadata
from crosscut.media.metadata import Metadata
from crosscut.media.provenance import make_authority, sign

SQUARE = MediaRequirement(
    post_type="practice/images", kind=Kind.IMAGE, media_types=("image/jpeg",), max_aspect=Fraction(1)
)
ANY = MediaRequirement(post_type="practice/images", kind=Kind.IMAGE)
SMALL = MediaRequirement(
    post_type="practice/video", kind=Kind.VIDEO, media_types=("video/mp4",), video_codecs=("h264",), max_width_px=100
)
SAID = {"credit": "Reef Trust / Ana", "alt_text": "A turtle above corals", "copyright": "", "city": "Watamu"}


def read(made: Rendition, folder: Path) -> Metadata:
    """What the made file says of itself."""
    with storage.local_copy(made.sha256) as path:
        return read_metadata(Path(shutil.copy(path, folder / f"made{Path(made.media_type).name}")))


def described(path: Path) -> Path:
    made = making.described_jpeg(path, Xmp_dc_rights="Old owner", Xmp_photoshop_Credit="Old", Xmp_dc_title="Turtle")
    with pyexiv2.Image(str(made)) as image:
        image.modify_exif({"Exif.GPSInfo.GPSLatitude": "4/1 0/1 0/1", "Exif.GPSInfo.GPSLatitudeRef": "S"})
    return made


def wanted(asset: Asset, need: MediaRequirement) -> Want:
    asset.refresh_from_db()
    return Want(need=need, said=words_of(asset, asset.current))


def test_what_nobody_touched_is_said_by_the_master_alone(cast, tmp_path):
    asset = making.taken_in(cast.junior, described(tmp_path / "a.jpg"))
    assert words_of(asset, asset.current) == {}
    change = about.change(cast.junior, {asset.pk: SAID})
    assert wanted(asset, ANY).said["credit"] == SAID["credit"]
    about.undo(cast.junior, change.pk)
    assert wanted(asset, ANY).said == {}


@pytest.mark.parametrize("need", [SQUARE, ANY], ids=["made", "as it is"])
def test_a_picture_says_what_was_written_here_and_not_where_it_was_taken(cast, tmp_path, need):
    asset = making.taken_in(cast.junior, described(tmp_path / "a.jpg"))
    plain = rendition_for(asset.current, wanted(asset, need))
    about.change(cast.junior, {asset.pk: SAID})
    made = rendition_for(asset.current, wanted(asset, need))
    found = read(made, tmp_path)
    assert (found.credit, found.alt_text, found.title) == (SAID["credit"], SAID["alt_text"], "Turtle")
    assert (found.copyright, found.latitude_deg, found.fields.get("city")) == ("", None, None)
    assert rendition_for(asset.current, wanted(asset, need)) == made
    assert plain is None or read(plain, tmp_path).credit == "Old"  # what went out before is still what it was
    assert made.sha256 not in (asset.current.sha256, plain and plain.sha256)
    assert storage.is_whole(asset.current.sha256)
    about.change(cast.junior, {asset.pk: {"credit": "Another"}})
    assert read(rendition_for(asset.current, wanted(asset, need)), tmp_path).credit == "Another"


def test_a_film_is_not_encoded_anew_for_words(cast, film, tmp_path, monkeypatch):
    runs: list[object] = []
    real = ffmpeg.run

    def run(*given, **named):
        runs.append(given)
        real(*given, **named)

    monkeypatch.setattr(ffmpeg, "run", run)
    rendition_for(film.current, wanted(film, SMALL))
    assert len(runs) == 1
    about.change(cast.junior, {film.pk: SAID})
    made = rendition_for(film.current, wanted(film, SMALL))
    assert len(runs) == 1 and read(made, tmp_path).credit == SAID["credit"]
    assert facts_of(made).width_px == 100


def test_what_needs_words_and_another_shape_has_both_and_is_made_again_with_both(cast, film, tmp_path, monkeypatch):
    monkeypatch.setattr(rooms, "FRESH_S", -5)
    about.change(cast.junior, {film.pk: SAID})
    made = rendition_for(film.current, wanted(film, SMALL))
    assert read(made, tmp_path).credit == SAID["credit"]
    rooms.free(made)
    again = derive.make_again(Rendition.objects.select_related("version__asset__workspace").get(pk=made.pk))
    assert read(again, tmp_path).credit == SAID["credit"]
    still = derive.poster_for(film.current, facts_of(film.current), said=wanted(film, SMALL).said)
    assert read(still, tmp_path).credit == SAID["credit"]
    assert derive.poster_for(film.current, facts_of(film.current)).pk != still.pk


def test_a_later_version_says_what_is_known_of_the_asset(cast, tmp_path):
    asset = making.taken_in(cast.junior, described(tmp_path / "a.jpg"))
    making.work_off(add_version(cast.junior, asset, making.jpeg(tmp_path / "b.jpg", colour="navy")))
    made = rendition_for(Asset.objects.get(pk=asset.pk).current, wanted(asset, SQUARE))
    assert read(made, tmp_path).copyright == "Old owner"


def test_a_signed_master_and_a_place_s_limit_come_before_words(cast, tmp_path):
    signed = making.jpeg(tmp_path / "signed.jpg", size=(200, 150))
    sign(signed, key=make_authority(tmp_path / "keys", organisation="Reef Trust"))
    for path, need in ((signed, ANY), (making.jpeg(tmp_path / "b.jpg"), None)):
        asset = making.taken_in(cast.junior, path)
        about.change(cast.junior, {asset.pk: SAID})
        tight = replace(ANY, max_size_bytes=asset.current.size_bytes)
        made = rendition_for(asset.current, wanted(asset, need or tight))
        assert made is None or made.sha256 == asset.current.sha256
