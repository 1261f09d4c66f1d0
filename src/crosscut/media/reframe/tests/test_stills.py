"""Crops are suggested for stills, and `plan` and `derive` take them."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media import derive, plan, probe
from crosscut.media.recipes import PicturePart
from crosscut.media.reframe import suggest_crops
from crosscut.media.reframe.tests.conftest import face

TALL = Fraction(9, 16)


@pytest.fixture(scope="session")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One face at the right of a wide picture; a bright disc at the left, which a face outweighs."""
    pixels = np.full((360, 640), 110, np.uint8)
    face(pixels, 520, 170, 50)
    pixels[150:190, 60:100] = 250
    path = tmp_path_factory.mktemp("portrait") / "portrait.png"
    Image.fromarray(pixels).save(path)
    return path


def test_it_keeps_the_face_and_says_so(portrait: Path) -> None:
    tall, square = suggest_crops(portrait, [TALL, Fraction(1)])
    assert tall.reason == "the face is kept"
    assert tall.crop.x_px <= 520 - 50
    assert tall.crop.x_px + tall.crop.width_px >= 520 + 50
    assert (square.crop.width_px, square.crop.height_px) == (360, 360)
    assert 0.5 <= tall.score <= 1


def test_without_a_face_it_keeps_what_stands_out(photo: Path) -> None:
    (found,) = suggest_crops(photo, [TALL])
    assert found.reason == "what stands out is kept"
    assert found.crop.x_px <= 480 - 60
    assert found.crop.x_px + found.crop.width_px >= 480 + 60
    assert found.score > 0.5


def test_an_even_picture_is_cropped_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.new("RGB", (320, 180), (90, 90, 90)).save(path)
    (found,) = suggest_crops(path, [Fraction(1)])
    assert found.reason == "nothing stands out: the middle"
    assert found.crop.x_px == 70


def test_a_turned_picture_is_cropped_as_it_is_seen(portrait: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[274] = 3  # EXIF: upside down
    with Image.open(portrait) as picture:
        picture.rotate(180).save(turned, exif=exif, quality=92)
    assert abs(suggest_crops(turned, [TALL])[0].crop.x_px - suggest_crops(portrait, [TALL])[0].crop.x_px) < 20


def test_plan_and_derive_take_its_focus(portrait: Path, tmp_path: Path) -> None:
    (found,) = suggest_crops(portrait, [TALL])
    requirement = MediaRequirement(post_type="story", kind=Kind.IMAGE, min_aspect=TALL, max_aspect=TALL)
    recipe = plan(probe(portrait), requirement, focus=found.focus)
    assert recipe is not None
    assert recipe.picture is not None
    assert recipe.picture.focus == found.focus
    derive(portrait, PicturePart(aspect=TALL, focus=found.focus), tmp_path / "tall.jpg")
    with Image.open(tmp_path / "tall.jpg") as made, Image.open(portrait) as whole:
        crop = found.crop
        box = (crop.x_px, crop.y_px, crop.x_px + crop.width_px, crop.y_px + crop.height_px)
        expected = np.asarray(whole.crop(box).convert("L"), np.float32)
        assert float(np.abs(np.asarray(made.convert("L"), np.float32) - expected).mean()) < 3


def test_a_film_is_refused(film: Path) -> None:
    with pytest.raises(Unsupported):
        suggest_crops(film, [TALL])
