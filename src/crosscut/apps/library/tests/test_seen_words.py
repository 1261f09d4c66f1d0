"""Words that stand in pictures are read after everything else, and found; without the engine nothing is asked for."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library.models import Fingerprint
from crosscut.apps.library.services import seen_words
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Unavailable, Unsupported
from crosscut.media import sight

FONT = Path(__file__).parents[5] / "examples" / "graphics" / "quote" / "fonts" / "DejaVuSans-Bold.ttf"


@pytest.fixture
def sign(tmp_path: Path) -> Path:
    """A picture of a sign."""
    picture = Image.new("RGB", (900, 500), "#1d6f8f")
    ImageDraw.Draw(picture).text((60, 80), "WATAMU MARINE PARK", fill="white", font=ImageFont.truetype(str(FONT), 42))
    picture.save(tmp_path / "sign.png")
    return tmp_path / "sign.png"


def found(member, words: str) -> list[str]:
    items = program(member).get("/api/library/assets", {"q": words}).json()["items"]
    return [item["title"] for item in items]


@pytest.mark.skipif(not sight.can_read(), reason="the engine is not installed: pip install 'crosscut[sight]'")
def test_a_word_that_stands_in_a_picture_is_read_once_and_found(cast, sign, tmp_path):
    asset = making.taken_in(cast.junior, sign)
    assert asset.current
    assert found(cast.junior, "watamu") == []
    assert seen_words.read_some() == 1
    assert Fingerprint.objects.get(version=asset.current).seen_text == "WATAMU MARINE PARK"
    assert found(cast.junior, "watamu") == ["sign"]
    assert found(cast.stranger, "watamu") == []
    assert seen_words.read_some() == 0


def test_what_cannot_be_read_is_not_tried_again_and_a_new_reader_reads_all_anew(cast, photo, monkeypatch):
    asked = []

    def broken(path: Path) -> str:
        asked.append(path)
        raise Unsupported("Nothing to see.")

    monkeypatch.setattr(sight, "can_read", lambda: True)
    monkeypatch.setattr(sight, "words_in", broken)
    assert (seen_words.read_some(), seen_words.read_some(), len(asked)) == (1, 0, 1)
    monkeypatch.setattr(sight, "READER", sight.READER + 1)
    monkeypatch.setattr(sight, "words_in", lambda path: "Reef\nOpen daily")
    assert seen_words.read_some() == 1
    assert found(cast.junior, "daily") == ["coral reef"]


def test_without_the_engine_nothing_is_looked_at_and_the_way_to_it_is_said(photo, monkeypatch):
    monkeypatch.setattr(sight, "can_read", lambda: False)
    assert seen_words.read_some() == 0
    assert photo.current
    with pytest.raises(Unavailable, match=r"crosscut\[sight\]"):
        sight.words_in(Path("x.png"))
