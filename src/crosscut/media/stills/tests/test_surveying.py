"""All of a JPEG from one decode says what each reader by itself says."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import CrosscutError, Damaged
from crosscut.media import metadata, provenance
from crosscut.media.plan import PREVIEW_PX, THUMBNAIL_PX
from crosscut.media.previews import previews
from crosscut.media.probe import probe
from crosscut.media.recipes import PicturePart
from crosscut.media.stills import Derivative, compare, derive_all, distance_bits, fingerprint, preview_name, survey

SIGNED = Path(provenance.__file__).parent / "tests" / "data"
TIES = 2  # bits of a hash that were as good as equal may change places


def photo(path: Path, mode: str = "RGB", size: tuple[int, int] = (4000, 2900), turned: int = 1) -> Path:
    """A made-up photograph with large shapes, small ones and grain."""
    random = np.random.default_rng(7)
    coarse = Image.fromarray(random.integers(0, 255, (9, 13, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    fine = Image.fromarray(random.integers(0, 255, (270, 390, 3), dtype=np.uint8)).resize(size)
    exif = Image.Exif()
    exif[0x0112], exif[0x0110], exif[0x8298] = turned, "One", "Rosa"
    Image.blend(coarse, fine, 0.2).convert(mode).save(path, quality=88, exif=exif)
    return path


# How it is kept, its size and its EXIF orientation: larger and smaller than what is shown, turned, of other colours.
PHOTOS = (("RGB", (4000, 2900), 1), ("RGB", (4000, 2900), 6), ("L", (2100, 3000), 1), ("CMYK", (1900, 500), 1))


@pytest.mark.parametrize(("mode", "size", "turned"), PHOTOS)
def test_it_says_and_makes_what_each_by_itself_does(tmp_path, mode, size, turned):
    path, folder = photo(tmp_path / "a.jpg", mode, size, turned), tmp_path / "made"
    folder.mkdir()
    found = survey(path, folder)
    assert found
    assert found.facts == probe(path)
    assert found.metadata == metadata.read(path) and found.metadata.camera == "One"
    assert found.origin == provenance.read(path)
    looks = fingerprint(path)
    apart = [distance_bits(*pair) for pair in zip(found.looks.parts, looks.parts, strict=True)]
    assert distance_bits(found.looks.whole, looks.whole) <= TIES and sum(apart) <= TIES * len(apart)
    recipes = previews(found.facts)
    assert list(found.previews) == list(recipes) == ["thumbnail", "proxy"]
    names = {label: preview_name(label, recipe) for label, recipe in recipes.items()}
    parts = {tmp_path / names[label]: recipe.picture or PicturePart() for label, recipe in recipes.items()}
    derive_all(path, {out: Derivative(part=part) for out, part in parts.items()})
    for label, name in names.items():
        assert found.previews[label] == probe(folder / name)
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()
    assert max(found.previews["proxy"].width_px or 0, found.previews["proxy"].height_px or 0) == PREVIEW_PX
    assert max(found.previews["thumbnail"].width_px or 0, found.previews["thumbnail"].height_px or 0) == THUMBNAIL_PX


def test_a_decoder_that_leaves_out_half_makes_as_good_a_preview(tmp_path):
    """4000 pixels become 1600 from a decode at half the sides: held against the whole, made small by Pillow."""
    path, reference, usual = photo(tmp_path / "a.jpg"), tmp_path / "reference.png", tmp_path / "usual.jpg"
    assert survey(path, tmp_path)
    small = Image.open(path).resize((1600, 1160), Image.Resampling.LANCZOS)
    small.save(reference)
    small.save(usual, quality=82)
    ours, theirs = (compare(made, reference) for made in (tmp_path / "proxy.jpg", usual))
    assert ours.ssim > theirs.ssim - 0.01 and ours.colour_difference < theirs.colour_difference + 0.3


@pytest.mark.parametrize("name", sorted(path.name for path in SIGNED.glob("*.jpg")))
def test_what_it_says_of_its_origin_is_read(tmp_path, name):
    found = survey(SIGNED / name, tmp_path)
    assert found and found.origin == provenance.read(SIGNED / name)


def test_only_whole_jpegs_are_surveyed(tmp_path):
    path = photo(tmp_path / "a.jpg", size=(1200, 900))
    Image.open(path).save(tmp_path / "b.png")
    assert survey(tmp_path / "b.png", tmp_path) is None
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(Damaged, match="to its end"):
        survey(path, tmp_path)
    path.write_bytes(b"")
    with pytest.raises(CrosscutError):
        survey(path, tmp_path)
