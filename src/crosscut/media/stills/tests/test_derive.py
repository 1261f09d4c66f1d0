# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Derived pictures are upright, sized, cropped where it matters, small enough, and keep whose they are."""

from fractions import Fraction

import numpy as np
import pyexiv2
import pytest
from PIL import Image

from crosscut.kernel.errors import Damaged, Invalid, Unsupported
from crosscut.media import Focus, Metadata, PicturePart, derive, probe, read_metadata
from crosscut.media.inside.rights import write_rights


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/webp", "image/png"])
def test_it_makes_each_type_within_the_size(photo, tmp_path, media_type):
    out = tmp_path / "out"
    derive(photo, PicturePart(max_width_px=300, max_height_px=300), out, media_type=media_type)
    facts = probe(out)
    assert (facts.media_type, facts.width_px, facts.height_px) == (media_type, 300, 200)


def test_it_never_enlarges_a_photo(photo, tmp_path):
    derive(photo, PicturePart(max_width_px=6000), tmp_path / "out.jpg")
    assert probe(tmp_path / "out.jpg").width_px == 600


def test_it_turns_the_picture_upright(photo, tmp_path):
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(photo).save(turned, exif=exif)
    derive(turned, PicturePart(), tmp_path / "out.jpg")
    found = probe(tmp_path / "out.jpg").picture
    assert (found.width_px, found.height_px, found.orientation) == (400, 600, 1)


def brightest_column(path) -> float:
    pixels = np.asarray(Image.open(path).convert("L"), float)
    return float(pixels.max(axis=0).argmax() / pixels.shape[1])


def test_it_crops_to_what_catches_the_eye_or_to_the_focus(photo, tmp_path):
    attention, left = tmp_path / "attention.jpg", tmp_path / "left.jpg"
    derive(photo, PicturePart(aspect=Fraction(1, 2)), attention)
    derive(photo, PicturePart(aspect=Fraction(1, 2), focus=Focus(x=Fraction(0), y=Fraction(1, 2))), left)
    assert probe(attention).aspect == Fraction(1, 2)
    assert np.asarray(Image.open(attention)).max() > 220  # the disc is in it
    assert np.asarray(Image.open(left)).max() < 120  # the disc is not


def test_it_lowers_quality_until_the_file_fits(photo, tmp_path):
    noisy = tmp_path / "noisy.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (500, 500, 3), np.uint8)).save(noisy)
    derive(noisy, PicturePart(max_size_bytes=60_000), tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").stat().st_size <= 60_000
    with pytest.raises(Invalid, match="does not fit"):
        derive(noisy, PicturePart(max_size_bytes=300), tmp_path / "tiny.jpg")
    assert not (tmp_path / "tiny.jpg").exists()


def test_it_keeps_rights_and_drops_the_place(photo, tmp_path):
    master = tmp_path / "master.jpg"
    master.write_bytes(photo.read_bytes())
    write_rights(master, Metadata(creator=("Ana",), copyright="© Ana", alt_text="A disc", credit="Reef"))
    with pyexiv2.Image(str(master)) as image:
        image.modify_exif({"Exif.GPSInfo.GPSLatitude": "10/1 0/1 0/1", "Exif.GPSInfo.GPSLatitudeRef": "N"})
    assert read_metadata(master).latitude_deg == 10
    for media_type in ("image/jpeg", "image/webp", "image/png"):
        derive(master, PicturePart(max_width_px=100), tmp_path / "out", media_type=media_type)
        found = read_metadata(tmp_path / "out")
        assert (found.creator, found.copyright, found.alt_text, found.credit) == (("Ana",), "© Ana", "A disc", "Reef")
        assert found.latitude_deg is None
        assert not any("GPS" in name for name in found.raw)


def test_it_puts_transparent_parts_on_white_in_a_jpeg(tmp_path):
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(clear)
    derive(clear, PicturePart(), tmp_path / "out.jpg")
    assert np.asarray(Image.open(tmp_path / "out.jpg")).min() > 250


def test_it_draws_an_svg_sharp_at_the_wanted_size(svg_file, tmp_path):
    drawing = svg_file('<rect width="20" height="20" fill="#000"/><rect x="20" width="20" height="20" fill="#fff"/>')
    derive(drawing, PicturePart(max_width_px=800, max_height_px=800), tmp_path / "out.png", media_type="image/png")
    pixels = np.asarray(Image.open(tmp_path / "out.png").convert("L"))
    assert pixels.shape == (400, 800)
    assert np.count_nonzero((pixels > 10) & (pixels < 245)) < pixels.size * 0.01


def test_it_refuses_what_is_no_picture_or_cannot_be_made(photo, tmp_path):
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(photo.read_bytes()[:2000])
    with pytest.raises(Damaged):
        derive(cut, PicturePart(), tmp_path / "out.jpg")
    with pytest.raises(Unsupported, match="JPEG, WebP, AVIF or PNG"):
        derive(photo, PicturePart(), tmp_path / "out.tif", media_type="image/tiff")
