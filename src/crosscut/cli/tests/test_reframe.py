"""A film and a still get another shape from the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from crosscut.cli.main import app
from crosscut.cli.reframe import _aspect, _covered, _key_point
from crosscut.kernel.errors import Invalid
from crosscut.media.tests.conftest import film, make, photo

__all__ = ["film", "make", "photo"]


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(app, ["reframe", *arguments])
    assert done.exit_code == 0, done.output
    return done


def test_it_reframes_a_film_and_says_what_it_kept(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "tall.mp4"
    told = run(str(film), "--to", "9:16", "--at", "1=0.3,0.5", "--out", str(out))
    assert "100 × 180 of 320 × 180" in told.stdout
    assert "1 shots, 1 of them led by key points" in told.stdout
    assert out.exists()


def test_it_tells_a_crop_of_a_still_and_makes_it(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "square.jpg"
    answer = json.loads(run(str(photo), "--to", "1:1", "--out", str(out), "--json").stdout)
    assert answer["suggestion"]["reason"] == "what stands out is kept"
    assert out.exists()


@pytest.mark.parametrize("text", ["tall", "9:0"])
def test_a_shape_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        _aspect(text)


@pytest.mark.parametrize("text", ["3", "soon=0.5,0.5", "1=left,0.5"])
def test_a_key_point_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        _key_point(text)


def test_what_a_post_type_covers_is_taken_from_the_specs() -> None:
    strips = _covered("instagram/reel")
    assert strips
    assert all(strip.x >= 0 and strip.x + strip.width <= 1.001 for strip in strips)
