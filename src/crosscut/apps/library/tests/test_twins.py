"""The same thing in another file is found, with the reason; and only then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from crosscut.apps.library import likenesses, search, storage
from crosscut.apps.library.alike import looks_of
from crosscut.apps.library.models import Asset, Fingerprint, Version
from crosscut.apps.library.models.likeness import now_writing
from crosscut.apps.library.searchbox import parse
from crosscut.apps.library.services import fingerprints
from crosscut.apps.library.services.twins import Tier, twins_of
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Invalid
from crosscut.media.stills.tests.test_fingerprints import scene


@pytest.fixture
def master(tmp_path) -> Path:
    return scene(tmp_path / "master.png")


@pytest.fixture
def original(cast, master) -> Asset:
    return making.taken_in(cast.junior, master)


def version_of(asset: Asset) -> Version:
    asset.refresh_from_db()
    assert asset.current
    return asset.current


def tiers(asset: Asset) -> dict[str, Tier]:
    return {twin.version.asset.title: twin.tier for twin in twins_of(version_of(asset))}


def test_every_file_that_comes_in_is_looked_at(cast, original, film):
    rows = Fingerprint.objects.in_bulk()
    assert rows[version_of(original).pk].whole and rows[version_of(original).pk].colours
    assert rows[version_of(film).pk].is_film and any(bytes(rows[version_of(film).pk].parts))


def test_the_same_pixels_in_another_file(cast, original, master, tmp_path):
    Image.open(master).save(tmp_path / "lossless.webp", lossless=True)
    other = making.taken_in(cast.junior, tmp_path / "lossless.webp")
    assert tiers(other) == {"master": Tier.PIXELS}
    assert tiers(original) == {"lossless": Tier.PIXELS}


def test_a_smaller_copy_says_what_differs(cast, original, master, tmp_path):
    Image.open(master).resize((300, 200)).save(tmp_path / "small.jpg", quality=70)
    (twin,) = twins_of(version_of(making.taken_in(cast.junior, tmp_path / "small.jpg")))
    assert twin.tier == Tier.COPY
    assert str(twin.reason) == "The same in another size: 300 × 200 instead of 600 × 400."


def test_a_crop_is_known_from_both_sides(cast, original, master, tmp_path):
    Image.open(master).crop((100, 0, 500, 400)).save(tmp_path / "square.jpg", quality=85)
    crop = making.taken_in(cast.junior, tmp_path / "square.jpg")
    (twin,) = twins_of(version_of(crop))
    assert (twin.tier, twin.version.asset) == (Tier.CROP, original)
    assert str(twin.reason).startswith("A crop of it: 6")
    (twin,) = twins_of(version_of(original))
    assert str(twin.reason).startswith("It is a crop of this picture")


def test_a_burst_is_told_by_time_and_camera(cast, tmp_path):
    assets = [making.taken_in(cast.junior, scene(tmp_path / f"{seed}.png", seed)) for seed in range(3)]
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for asset, seconds in zip(assets, (0, 2, 60), strict=True):
        Fingerprint.objects.filter(version__asset=asset).update(camera="One", taken_at=at + timedelta(seconds=seconds))
    (twin,) = twins_of(version_of(assets[0]))
    assert (twin.tier, twin.version.asset) == (Tier.BURST, assets[1])
    assert str(twin.reason) == "Taken 2 s apart with the same camera."


def test_the_same_film_in_another_encoding(cast, film, tmp_path):
    making.ffmpeg(
        "-i", str(tmp_path / "in" / "dive.mp4"), "-vf", "scale=80:-2", "-crf", "30", str(tmp_path / "tiny.mp4")
    )
    (twin,) = twins_of(version_of(making.taken_in(cast.junior, tmp_path / "tiny.mp4")))
    assert (twin.tier, twin.version.asset) == (Tier.COPY, film)


def test_strange_pictures_have_no_twins(cast, original, tmp_path):
    for seed in range(2, 8):
        other = making.taken_in(cast.junior, scene(tmp_path / f"{seed}.png", seed))
        assert tiers(other) == {}


def test_pictures_of_one_colour_are_not_twins(cast, photo, tmp_path):
    other = making.taken_in(cast.junior, making.jpeg(tmp_path / "other.jpg", colour="teal", size=(640, 480)))
    assert tiers(other) == {}


def test_nothing_of_another_workspace_is_a_twin(cast, original, master, tmp_path):
    Image.open(master).save(tmp_path / "theirs.jpg")
    theirs = making.taken_in(cast.stranger, tmp_path / "theirs.jpg")
    assert tiers(theirs) == {} == tiers(original)


def test_what_is_written_elsewhere_is_found_at_once(cast, original):
    looks_of(cast.workspace.pk)
    row = Fingerprint.objects.get(version=version_of(original))
    Fingerprint.objects.filter(pk=row.pk).update(whole=5, written_in=now_writing())
    assert [hit.version_id for hit in looks_of(cast.workspace.pk).near(5)] == [row.pk]
    assert looks_of(cast.workspace.pk).near(row.whole % 2**64) == []


def test_what_is_gone_is_no_twin(cast, original, master, tmp_path):
    Image.open(master).save(tmp_path / "copy.jpg")
    copy = making.taken_in(cast.junior, tmp_path / "copy.jpg")
    assert tiers(original) == {"copy": Tier.COPY}
    Asset.objects.filter(pk=copy.pk).update(current=None)
    copy.delete()
    assert tiers(original) == {}


def test_old_files_are_looked_at_later(cast, original, film):
    Fingerprint.objects.all().delete()
    assert fingerprints.fill(limit=1) == 1
    assert fingerprints.fill() == 1
    assert fingerprints.fill() == 0


def test_a_file_that_cannot_be_looked_at_is_not_tried_for_ever(cast, original, monkeypatch):
    Fingerprint.objects.all().delete()
    version = version_of(original)
    with storage.local_copy(version.sha256) as path:
        path.chmod(0o600)
        path.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    assert fingerprints.fill() == 1
    assert fingerprints.fill() == 0
    assert twins_of(version) == []


def test_more_like_this_and_a_dropped_picture_find_the_same(cast, original, master, tmp_path):
    Image.open(master).resize((300, 200)).save(tmp_path / "small.jpg", quality=60)
    making.taken_in(cast.junior, scene(tmp_path / "strange.png", 5))
    token = likenesses.token_of(tmp_path / "small.jpg")
    for text in (token, f"like:{original.pk}"):
        found = search.window(cast.junior, parse(text)).assets
        assert [row.pk for row in found] == [original.pk]
    assert search.window(cast.stranger, parse(token)).assets == ()
    assert search.window(cast.stranger, parse(f"like:{original.pk}")).assets == ()


def test_a_frame_finds_its_film(cast, film, tmp_path):
    row = Fingerprint.objects.get(version=version_of(film))
    frame = int.from_bytes(bytes(row.parts)[:8], "big")
    assert [found.pk for found in search.window(cast.junior, parse(f"like:{frame:016x}")).assets] == [film.pk]


def test_a_picture_of_one_colour_cannot_be_searched_by(tmp_path):
    with pytest.raises(Invalid, match="one colour"):
        likenesses.token_of(making.jpeg(tmp_path / "teal.jpg"))
