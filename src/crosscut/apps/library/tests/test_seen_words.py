"""Words that stand in pictures are read after everything else, and found; without the engine nothing is asked for."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library.models import Fingerprint
from crosscut.apps.library.services import seen_words
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
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


needs_engine = pytest.mark.skipif(not sight.can_read(), reason="not installed: pip install 'crosscut[sight]'")


class Engine:
    """What reads, without its process: it finds the same in everything."""

    def words_in(self, path: Path) -> str:
        return "Reef\nOpen daily"

    def is_usable(self) -> bool:
        return True

    def close(self) -> None:
        pass


def found(member, words: str) -> list[str]:
    items = program(member).get("/api/library/assets", {"q": words}).json()["items"]
    return [item["title"] for item in items]


@needs_engine
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

    class Broken(Engine):
        def words_in(self, path: Path) -> str:
            asked.append(path)
            raise Unsupported("Nothing to see.")

    monkeypatch.setattr(sight, "can_read", lambda: True)
    monkeypatch.setattr(seen_words, "Reader", Broken)
    assert (seen_words.read_some(), seen_words.read_some(), len(asked)) == (1, 0, 1)
    monkeypatch.setattr(sight, "READER", sight.READER + 1)
    monkeypatch.setattr(seen_words, "Reader", Engine)
    assert seen_words.read_some() == 1
    assert found(cast.junior, "daily") == ["coral reef"]


def test_while_files_are_taken_in_no_words_are_read(photo, monkeypatch):
    monkeypatch.setattr(sight, "can_read", lambda: True)
    monkeypatch.setattr(seen_words, "Reader", Engine)
    jobs = Job.objects.filter(kind="ingest")
    jobs.update(state=Job.State.RUNNING)
    assert seen_words.read_some() == 0
    jobs.update(state=Job.State.DONE)
    assert seen_words.read_some() == 1


@needs_engine
def test_a_file_at_which_the_engine_breaks_costs_only_its_own_words(cast, sign, tmp_path, monkeypatch):
    kept = making.taken_in(cast.junior, sign)
    assert kept.current
    making.taken_in(cast.junior, making.jpeg(tmp_path / "reef.jpg"))  # newer: it is read first
    begun: list[sight.Reader] = []

    class Watched(sight.Reader):
        def __init__(self) -> None:
            super().__init__()
            begun.append(self)

        def words_in(self, path: Path, **asked: Any) -> str:
            if len(begun) == 1:
                self._process.kill()
            return super().words_in(path, **asked)

    monkeypatch.setattr(seen_words, "Reader", Watched)
    assert (seen_words.read_some(), len(begun)) == (2, 2)
    assert Fingerprint.objects.get(version=kept.current).seen_text == "WATAMU MARINE PARK"
    assert seen_words.read_some() == 0 and not any(reader.is_usable() for reader in begun)


def test_without_the_engine_nothing_is_looked_at_and_the_way_to_it_is_said(photo, monkeypatch):
    monkeypatch.setattr(sight, "can_read", lambda: False)
    assert seen_words.read_some() == 0
    assert photo.current
    with pytest.raises(Unavailable, match=r"crosscut\[sight\]"):
        sight.Reader()
