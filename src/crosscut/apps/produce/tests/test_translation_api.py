"""Translations for programs, with the same rights as on the page."""

import json
from typing import Any

from django.test import Client
from lxml import etree
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.tests import translated


def _ask(who: Member | Client, method: str, path: str, payload: Any = None):
    client = who if isinstance(who, Client) else program(who)
    kind = "application/xliff+xml" if isinstance(payload, bytes) else "application/json"
    data = payload if isinstance(payload, bytes) else json.dumps(payload)
    body = {} if payload is None else {"data": data, "content_type": kind}
    return getattr(client, method)(f"/api{path}", **body)


def test_a_program_adds_a_language_translates_it_and_has_it_reviewed(cast: Cast):
    source = translated.source(cast)
    added = _ask(cast.specialist, "post", f"/pieces/{source.pk}/languages", {"language": "de"})
    assert added.status_code == 201 and added.json()["state"] == "not-begun"
    path = f"/pieces/{added.json()['piece']}/translation"
    seen = {one["key"]: one["seen"] for one in added.json()["words"]}
    words = [{"key": key, "target": text, "done": seen[key]} for key, text in translated.words_for(source).items()]
    now = _ask(cast.specialist, "patch", path, {"revision": added.json()["revision"], "words": words}).json()
    assert (now["state"], now["done"], now["passages"]) == ("translated", 6, 6)
    assert _ask(cast.junior, "post", f"{path}/review").json()["reviewed_by"] == cast.junior.pk
    [listed] = _ask(cast.lead, "get", f"/pieces/{source.pk}/languages").json()
    assert (listed["language"], listed["state"], listed["translated_by"]) == ("de", "reviewed", cast.specialist.pk)
    late = _ask(cast.lead, "patch", path, {"revision": added.json()["revision"], "words": words[:1]})
    assert late.status_code == 409
    wrong = {"words": [{"key": "title", "target": "Neu"}, {"key": "tags", "done": "0" * 16}]}
    assert _ask(cast.lead, "patch", path, wrong).status_code == 409
    assert _ask(cast.lead, "get", path).json()["state"] == "reviewed"  # all of it, or nothing


def test_a_program_sends_files_out_and_takes_them_back(cast: Cast):
    found = translated.german(cast)
    path = f"/pieces/{found.piece.pk}/translation"
    data = _ask(cast.junior, "get", f"{path}/xliff").content
    assert _ask(cast.junior, "get", f"{path}/xliff?version=1.2").content != data
    sent = data.replace(b"Ein Plan", b"Der Plan")
    told = _ask(cast.junior, "post", f"{path}/xliff/look", sent).json()
    assert [row["key"] for row in told if row["is_clean"]] == ["title"]
    assert told[0]["warnings"] == ["It replaces what stands there."]
    assert _ask(cast.junior, "post", f"{path}/xliff?keys=title", sent).json()["words"][0]["target"] == "Der Plan"
    assert _ask(cast.junior, "post", f"{path}/xliff", b"<xliff").status_code == 422


def test_a_program_asks_the_memory(cast: Cast):
    found = translated.german(cast)
    path = f"/pieces/{found.piece.pk}/translation/matches"
    [first, *_rest] = _ask(cast.junior, "get", f"{path}?text=Half%20of%20the%20reef%20is%20gone.").json()
    assert (first["percent"], first["segment"]["target"]) == (100, "Das halbe Riff ist weg.")
    listed = _ask(cast.junior, "get", "/translation-memory?text=halbe").json()["items"]
    assert [row["source"] for row in listed] == ["Half of the reef is gone."]
    tmx = _ask(cast.junior, "get", "/translation-memory.tmx?language=de").getvalue()
    assert "Half of the reef is gone." in {one.text for one in etree.fromstring(tmx).iter("seg")}
    assert _ask(cast.specialist, "delete", f"/translation-memory/{listed[0]['id']}").status_code == 204
    assert _ask(cast.junior, "get", "/translation-memory?text=halbe").json()["items"] == []


def test_it_refuses_strangers_and_guests_everywhere(cast: Cast):
    found = translated.german(cast)
    path, memory = f"/pieces/{found.piece.pk}/translation", Segment.objects.earliest("pk").pk
    asked: list[tuple[str, str, Any]] = [
        ("get", f"/pieces/{found.source.piece.pk}/languages", None),
        ("post", f"/pieces/{found.source.piece.pk}/languages", {"language": "fr"}),
        ("get", path, None),
        ("patch", path, {"words": [{"key": "title", "target": "Stolen"}]}),
        ("post", f"{path}/follow", None),
        ("post", f"{path}/review", None),
        ("get", f"{path}/xliff", None),
        ("post", f"{path}/xliff/look", b"<xliff/>"),
        ("post", f"{path}/xliff", b"<xliff/>"),
        ("get", f"{path}/matches?text=Half", None),
        ("delete", f"/translation-memory/{memory}", None),
    ]
    stranger, guest = program(cast.stranger), program(cast.guest)
    for method, address, payload in asked:
        assert _ask(stranger, method, address, payload).status_code == 404, address
        assert _ask(guest, method, address, payload).status_code in (403, 404), address
    assert _ask(stranger, "get", "/translation-memory").json()["items"] == []
    assert b"<tu" not in _ask(stranger, "get", "/translation-memory.tmx").getvalue()
    assert _ask(guest, "get", "/translation-memory").json()["items"] == []
    assert _ask(guest, "get", "/translation-memory.tmx").status_code == 403
    assert _ask(cast.junior, "delete", f"/translation-memory/{memory}").status_code == 403
    assert _ask(cast.lead, "get", f"/pieces/{found.source.piece.pk}/translation").status_code == 404  # its own source
