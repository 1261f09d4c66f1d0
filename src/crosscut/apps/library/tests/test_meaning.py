"""Search by meaning with a model from a folder: what shows it or says it in other words, and why; never for others."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import gathering, meanings, nearness
from crosscut.apps.library.models import Asset, Meaning, Track, Version
from crosscut.apps.library.services import collecting, meaning
from crosscut.apps.library.services.describe import Description, describe
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.tests import making
from crosscut.media import meaning as engine
from crosscut.media.meaning.tests.toy import toy_model

needs_engine = pytest.mark.skipif(not engine.can_think(), reason="not installed: pip install 'crosscut[sight]'")
TALK = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{'well ' * meaning.STRETCH_WORDS}\n\n00:02.500 --> 00:04.000\ngrass\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a model that knows three colours by name."""
    yield toy_model(tmp_path_factory.mktemp("model"))
    engine.end_standing()


@pytest.fixture
def model(folder: Path, settings, monkeypatch) -> Path:
    """That model in use. Its process is kept between the tests: starting it takes longer than what it is asked."""
    settings.MEANING_MODEL = str(folder)
    monkeypatch.setattr(meaning, "Towers", lambda model: nullcontext(engine.standing(model)))
    return folder


def words_only(cast, title: str, *, kind: str = "document", **fields: Any) -> Asset:
    """An asset of which the model sees nothing: there is only what is said about it."""
    asset = Asset.objects.create(workspace=cast.workspace, title=title, kind=kind, **fields)
    file = {"sha256": "0" * 64, "size_bytes": 1, "media_type": "audio/flac", "filename": f"{title}.flac"}
    asset.current = Version.objects.create(asset=asset, number=1, **file)
    asset.save(update_fields=["current"])
    refresh_search([asset.pk])
    return asset


@pytest.fixture
def shelf(cast, tmp_path: Path, model: Path) -> None:
    """A red and a green picture, a text about the sea, and a talk in which something green is spoken of."""
    making.ingest(cast.junior, *(making.jpeg(tmp_path / f"IMG_{name}.jpg", colour=name) for name in ("red", "lime")))
    words_only(cast, "note", kind="audio", description="ocean")
    talk = words_only(cast, "talk", kind="audio")
    Track.objects.create(asset=talk, kind="transcript", text=TALK)
    refresh_search([talk.pk])
    assert meaning.make_some() == 4


def found(member, text: str) -> dict[str, list[str]]:
    """The titles that are found, in order, with why."""
    items = program(member).get("/api/library/assets", {"q": text}).json()["items"]
    return {item["title"]: item["found_by"] for item in items}


@needs_engine
def test_what_no_word_says_is_found_and_the_reason_is_said(cast, shelf):
    assert found(cast.junior, "crimson") == {"IMG red": ["meaning"]}
    assert found(cast.junior, "crimson meaning:off") == {} == found(cast.junior, '"crimson sky"')
    assert found(cast.junior, "ocean") == {"note": ["words", "meaning"]}
    assert found(cast.junior, "whatever") == {}  # like nothing here: not the nearest of what is unlike
    assert found(cast.junior, "grass type:image") == {"IMG lime": ["meaning"]}
    assert found(cast.junior, "grass tag:reef") == {} == found(cast.stranger, "crimson")
    page = signed_in(cast.junior)
    shown = page.get(reverse("library"), {"q": "crimson"}).content.decode()
    assert "IMG red" in shown and "alike in meaning" in shown and "crimson+meaning%3Aoff" in shown
    assert (
        "alike in meaning" not in page.get(reverse("library"), {"q": "ocean"}).content.decode()
    )  # the word stands there
    assert program(cast.guest).get("/api/library/assets", {"q": "crimson"}).status_code == 403


@needs_engine
def test_what_is_spoken_comes_with_its_moment_and_words_stand_before_what_is_alike(cast, shelf):
    words_only(cast, "Crimson")
    meaning.make_some()
    assert list(found(cast.junior, "crimson")) == ["Crimson", "IMG red"]
    items = program(cast.junior).get("/api/library/assets", {"q": "grass"}).json()["items"]
    told = {item["title"]: (item["found_by"], item["meant_at_s"]) for item in items}
    assert told == {"talk": (["words", "meaning"], 2.5), "IMG lime": (["meaning"], None)}


@needs_engine
def test_what_is_written_later_is_understood_and_what_was_is_forgotten(cast, shelf):
    note = Asset.objects.get(title="note")
    before = Meaning.objects.get(version=note.current)
    describe(cast.junior, note.pk, Description(description="grass"))
    assert meaning.make_some() == 1
    assert found(cast.junior, "grass")["note"] == ["words", "meaning"] and "note" not in found(cast.junior, "ocean")
    describe(cast.junior, note.pk, Description(credit="Rosa Diaz"))  # which is no part of what it means
    after = Meaning.objects.get(version=note.current)
    assert after.told != before.told and meaning.make_some() == 1
    assert bytes(Meaning.objects.get(version=note.current).told) == bytes(after.told)
    assert meaning.make_some() == 0


@needs_engine
def test_another_model_begins_anew(cast, shelf, tmp_path, settings):
    settings.MEANING_MODEL = str(toy_model(tmp_path / "other", colours={"crimson": 1, "grass": 0}))
    assert found(cast.junior, "crimson") == {}  # vectors of the old one are not compared with words of the new one
    assert program(cast.junior).get("/api/library/meaning").json()["waiting"] == 4
    assert meaning.make_some() == 4
    assert found(cast.junior, "crimson") == {"IMG lime": ["meaning"]}
    assert Meaning.objects.count() == 4


@needs_engine
def test_a_collection_that_fills_itself_takes_only_what_says_it(cast, shelf):
    made = collecting.make_collection(cast.lead, "Reds", search="crimson")
    assert gathering.assets_in(made) == []


@needs_engine
def test_among_many_the_nearest_are_found_in_their_exact_order_behind_any_filter(cast, model, monkeypatch):
    monkeypatch.setattr(nearness, "JUDGED", 8)
    made = engine.model_in(model)
    numbers = np.random.default_rng(7)
    red, neutral = engine.standing(made).of_texts(["crimson", meanings.NEUTRAL])
    vectors = {}
    for number in range(40):  # each further from the word on the way to somewhere else
        asset = words_only(cast, f"v{number:02}", tags=["odd"] if number % 2 else [])
        assert asset.current
        vector = red * (40 - number) / 40 + numbers.normal(0, 0.05, len(red)).astype(np.float32)
        kept = np.frombuffer(nearness.packed(vector[None]), np.int8).astype(np.float32)
        vectors[asset.title] = kept / np.linalg.norm(kept)
        fields = {"workspace": cast.workspace, "model": made.sha256, "seen_at_ms": [-1], "is_told": True}
        Meaning.objects.create(version=asset.current, seen=kept.astype(np.int8).tobytes(), **fields)
    nearest = sorted(vectors, key=lambda title: -float(vectors[title] @ (red - neutral)))
    assert list(found(cast.junior, "crimson")) == nearest[:8]
    assert list(found(cast.junior, "crimson tag:odd")) == [title for title in nearest if int(title[1:]) % 2][:8]


def test_without_a_model_nothing_changes_and_a_wrong_one_is_said(cast, settings, tmp_path):
    words_only(cast, "Crimson")
    page = signed_in(cast.junior)
    assert found(cast.junior, "crimson") == {"Crimson": ["words"]}
    assert "Alike in meaning" not in page.get(reverse("library"), {"q": "crimson"}).content.decode()
    assert meaning.make_some() == 0
    told = program(cast.junior).get("/api/library/meaning").json()
    assert told == {"model": "", "problem": "", "understood": 0, "waiting": 0}
    settings.MEANING_MODEL = str(tmp_path / "nowhere")
    assert found(cast.junior, "crimson") == {"Crimson": ["words"]} and meaning.make_some() == 0
    assert "Nothing was looked for by meaning" in page.get(reverse("library"), {"q": "crimson"}).content.decode()
    assert program(cast.junior).get("/api/library/meaning").json()["problem"]
    assert Client().get("/api/library/meaning").status_code == 401
    assert program(cast.guest).get("/api/library/meaning").status_code == 403
    assert program(cast.stranger).get("/api/library/meaning").json()["understood"] == 0
