"""A model from a folder sees pictures and reads words; what is wrong with the folder is said, nothing is fetched."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import NotFound, Unsupported
from crosscut.media import meaning
from crosscut.media.meaning import Model, Towers, model_in, views
from crosscut.media.meaning.tests.toy import SIDE_PX, toy_model
from crosscut.media.tests.conftest import make

__all__ = ["make"]
pytestmark = pytest.mark.skipif(not meaning.can_think(), reason="not installed: pip install 'crosscut[sight]'")


def halves(path: Path) -> Path:
    """A wide picture: red at the left and at the right, green in the middle."""
    picture = Image.new("RGB", (300, 100), "red")
    picture.paste("lime", (100, 0, 200, 100))
    picture.save(path)
    return path


def shown(path: Path, model: Model) -> np.ndarray:
    (view,) = views(path, model)
    return np.frombuffer(base64.b64decode(view.rgb), np.uint8).reshape(SIDE_PX, SIDE_PX, 3)


@pytest.mark.parametrize("like_immich", [False, True])
def test_a_picture_lies_nearest_to_the_word_for_it(tmp_path, like_immich):
    model = model_in(toy_model(tmp_path / "model", like_immich=like_immich))
    Image.new("RGB", (64, 48), "red").save(tmp_path / "red.png")
    with Towers(model) as towers:
        (picture,) = towers.of_pictures(views(tmp_path / "red.png", model))
        near = towers.of_texts(["Crimson", "grass and ocean", "whatever"]) @ picture
    assert near == pytest.approx([1, 0, 0], abs=0.01)
    assert not towers.is_usable()


def test_it_is_cut_or_squeezed_as_the_model_was_taught(tmp_path):
    path = halves(tmp_path / "halves.png")
    cut = shown(path, model_in(toy_model(tmp_path / "cut")))
    squeezed = shown(path, model_in(toy_model(tmp_path / "squeezed", like_immich=True)))
    assert cut[:, 3:-3, 0].max() < 60 and cut[8, 8, 1] > 200  # the middle square alone
    assert squeezed[8, 0, 0] > 200 and squeezed[8, -1, 0] > 200 and squeezed[8, 8, 1] > 200


def test_a_film_is_seen_at_moments_that_are_known(tmp_path, make):
    path = make("red.mp4", "-f", "lavfi", "-i", "color=red:size=64x64:rate=10:duration=1", "-pix_fmt", "yuv420p")
    seen = views(path, model_in(toy_model(tmp_path)))
    times = [view.at_ms for view in seen]
    assert len(times) > 3 and times == sorted(times) and times[0] >= 0 and times[-1] < 1000


def test_a_folder_without_a_whole_model_is_refused_with_what_it_lacks(tmp_path):
    with pytest.raises(NotFound, match="There is no folder"):
        model_in(tmp_path / "nowhere")
    folder = toy_model(tmp_path)
    (folder / "vision_model.onnx").rename(folder / "model.onnx")  # both towers in one cannot be asked apart
    with pytest.raises(Unsupported, match=r"lacks vision_model\.onnx"):
        model_in(folder)
    (folder / "model.onnx").rename(folder / "vision_model.onnx")
    (folder / "preprocessor_config.json").write_text('{"size": "large"}')
    with pytest.raises(Unsupported, match="cannot be understood"):
        model_in(folder)


def test_another_model_has_another_hash_and_a_broken_one_says_so(tmp_path):
    one, other = toy_model(tmp_path / "one"), toy_model(tmp_path / "other", colours={"crimson": 1})
    assert model_in(one).sha256 != model_in(other).sha256
    assert model_in(one).sha256 == model_in(toy_model(tmp_path / "copy")).sha256
    (other / "text_model.onnx").write_bytes(b"no model")
    with Towers(model_in(other)) as towers, pytest.raises(Unsupported, match="The model cannot be used"):
        towers.of_texts(["reef"])
