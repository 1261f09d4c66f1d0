"""What a picture looks like in a few numbers, in whatever file it comes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.media.stills import distance_bits, fingerprint, pixels_sha256
from crosscut.media.stills.cropped import likeness, placed

SAME_BITS = 8


def scene(path: Path, seed: int = 1, size: tuple[int, int] = (600, 400)) -> Path:
    """A made-up picture with large and small things in it, another for every seed."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 255, (5, 7, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    fine = Image.fromarray(random.integers(0, 255, (40, 60, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    Image.blend(coarse, fine, 0.25).save(path)
    return path


@pytest.fixture
def master(tmp_path) -> Path:
    return scene(tmp_path / "master.png")


def saved(master: Path, name: str) -> Path:
    """The picture as somebody else would have saved it."""
    image, path = Image.open(master), master.with_name(name)
    quarter = (image.width // 4, image.height // 4)
    ways = {
        "again.jpg": lambda: image.save(path, quality=30),
        "small.jpg": lambda: image.resize(quarter).save(path, quality=70),
        "web.webp": lambda: image.save(path, quality=60),
        "bright.jpg": lambda: ImageEnhance.Brightness(image).enhance(1.2).save(path),
        "grey.jpg": lambda: ImageOps.grayscale(image).save(path),
    }
    ways[name]()
    return path


@pytest.mark.parametrize("name", ["again.jpg", "small.jpg", "web.webp", "bright.jpg", "grey.jpg"])
def test_a_picture_is_the_same_however_it_was_saved(master, name):
    one, other = fingerprint(master), fingerprint(saved(master, name))
    assert distance_bits(one.whole, other.whole) <= SAME_BITS
    assert likeness(bytes.fromhex(one.sketch_hex), bytes.fromhex(other.sketch_hex)) > 0.94


def test_other_pictures_are_far_away(tmp_path):
    wholes = [fingerprint(scene(tmp_path / f"{seed}.png", seed)).whole for seed in range(8)]
    apart = [distance_bits(one, other) for at, one in enumerate(wholes) for other in wholes[at + 1 :]]
    assert min(apart) > 2 * SAME_BITS


def test_it_looks_at_pictures_upright(master, tmp_path):
    image = Image.open(master).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned to the right
    image.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    assert distance_bits(fingerprint(master).whole, fingerprint(tmp_path / "turned.jpg").whole) <= SAME_BITS


def test_a_picture_of_one_colour_is_alike_to_nothing(tmp_path):
    Image.new("RGB", (300, 200), "teal").save(tmp_path / "teal.png")
    found = fingerprint(tmp_path / "teal.png")
    assert found.whole == 0 and set(found.parts) == {0}
    assert [swatch.hex for swatch in found.colours] == ["#008080"]


@pytest.mark.parametrize("box", [(60, 40, 540, 360), (100, 0, 500, 400), (0, 0, 320, 400), (30, 90, 430, 350)])
def test_a_crop_is_found_where_it_was_cut(master, tmp_path, box):
    Image.open(master).crop(box).save(tmp_path / "crop.jpg", quality=80)
    crop, whole = (bytes.fromhex(fingerprint(path).sketch_hex) for path in (tmp_path / "crop.jpg", master))
    place = placed(crop, whole)
    assert place and place.likeness > 0.92
    assert place.left == pytest.approx(box[0] / 600, abs=0.06)
    assert place.top == pytest.approx(box[1] / 400, abs=0.08)
    assert place.width == pytest.approx((box[2] - box[0]) / 600, abs=0.06)


def test_another_picture_fits_nowhere(master, tmp_path):
    other = bytes.fromhex(fingerprint(scene(tmp_path / "other.png", 7)).sketch_hex)
    place = placed(other, bytes.fromhex(fingerprint(master).sketch_hex))
    assert place is None or place.likeness < 0.85


def test_the_same_pixels_are_known_in_another_file(master, tmp_path):
    Image.open(master).save(tmp_path / "lossless.webp", lossless=True)
    Image.open(master).save(tmp_path / "lossy.jpg")
    assert pixels_sha256(master) == pixels_sha256(tmp_path / "lossless.webp") != pixels_sha256(tmp_path / "lossy.jpg")


def test_the_main_colours_are_named_by_their_share(tmp_path):
    flag = Image.new("RGB", (300, 300), "#d01c1f")
    flag.paste("#ffffff", (0, 0, 300, 100))
    flag.save(tmp_path / "flag.png")
    colours = fingerprint(tmp_path / "flag.png").colours
    assert [swatch.hex for swatch in colours[:2]] == ["#d01c1f", "#ffffff"]
    assert [swatch.share for swatch in colours[:2]] == pytest.approx([2 / 3, 1 / 3], abs=0.03)


def test_a_film_is_the_same_in_another_encoding(make, tmp_path):
    pattern = ("-f", "lavfi", "-i", "mandelbrot=size=320x180:rate=25", "-t", "4", "-pix_fmt", "yuv420p")
    one = fingerprint(make("one.mp4", *pattern, "-c:v", "libx264"))
    other = fingerprint(make("other.mkv", *pattern, "-c:v", "libx264", "-crf", "36", "-g", "17", "-vf", "scale=160:-2"))
    apart = [distance_bits(mine, theirs) for mine, theirs in zip(one.parts[:8], other.parts[:8], strict=True)]
    assert one.whole == 0 and all(one.parts[:8]) and not any(one.parts[8:])
    assert max(apart) <= SAME_BITS


def test_what_cannot_be_seen_is_refused_plainly(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    with pytest.raises(Damaged):
        fingerprint(tmp_path / "broken.jpg")
    (tmp_path / "words.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n")
    with pytest.raises(Unsupported):
        fingerprint(tmp_path / "words.vtt")
