"""Pieces for programs: everything a page can do, with the same rights."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.approve import approve, is_approved
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.tests import made

FILE = """
crosscut: 1
title: A leaf is a map
text: Hold a leaf against the light.
media:
  - file: media/leaf.jpg
    alt_text: A yellow leaf.
channels:
  practice:
    type: images
"""


def _ask(who: Member | Client, method: str, path: str, payload: Any = None):
    client = who if isinstance(who, Client) else program(who)
    body = {} if payload is None else {"data": json.dumps(payload), "content_type": "application/json"}
    return getattr(client, method)(f"/api{path}", **body)


def test_it_writes_a_piece_from_start_to_approval(cast: Cast):
    picture = made.asset(cast.junior)
    piece = _ask(cast.junior, "post", "/pieces", {"title": "Leaf", "text": "Look.", "tags": ["#reef"]}).json()
    assert (piece["revision"], piece["stage"], piece["tags"]) == (1, "draft", ["reef"])
    path = f"/pieces/{piece['id']}"
    changed = _ask(cast.junior, "patch", path, {"revision": 1, "text": "Look up."}).json()
    assert (changed["text"], changed["title"]) == ("Look up.", "Leaf")
    outlet = {"post_type": "images", "title": ""}
    assert _ask(cast.junior, "put", f"{path}/channels/practice", outlet).json()["outlets"][0]["title"] == ""
    shown = _ask(cast.junior, "put", f"{path}/media/{picture.pk}", {"alt_text": "A leaf", "focus_x": 0.2, "focus_y": 1})
    assert shown.json()["media"][0] | {"asset": 0} == {
        "asset": 0,
        "name": "reef.jpg",
        "kind": "image",
        "alt_text": "A leaf",
        "is_decorative": False,
        "focus_x": 0.2,
        "focus_y": 1.0,
        "channels": [],
        "parts": {},
    }
    asked = _ask(cast.junior, "post", f"{path}/decisions", {"decision": "requested", "note": "Please"})
    assert asked.status_code == 201
    digest = _ask(cast.senior, "get", path).json()["digest"]
    assert asked.json()["digest"] == digest
    said = _ask(cast.senior, "post", f"{path}/decisions", {"decision": "approved", "digest": digest})
    assert said.status_code == 201
    assert _ask(cast.junior, "get", path).json()["stage"] == "approved"
    assert [word["decision"] for word in _ask(cast.junior, "get", f"{path}/decisions").json()["items"]] == [
        "approved",
        "requested",
    ]


def test_it_orders_media_takes_them_out_and_takes_channels_out(cast: Cast):
    piece = made.piece(cast.junior)
    ids = [made.asset(cast.junior, f"{n}.jpg").pk for n in "ab"]
    for pk in ids:
        _ask(cast.junior, "put", f"/pieces/{piece.pk}/media/{pk}", {})
    ordered = _ask(cast.junior, "put", f"/pieces/{piece.pk}/media", {"asset_ids": ids[::-1]}).json()
    assert [use["asset"] for use in ordered["media"]] == ids[::-1]
    assert _ask(cast.junior, "put", f"/pieces/{piece.pk}/media", {"asset_ids": ids[:1]}).status_code == 409
    assert len(_ask(cast.junior, "delete", f"/pieces/{piece.pk}/media/{ids[0]}").json()["media"]) == 1
    assert _ask(cast.junior, "delete", f"/pieces/{piece.pk}/channels/practice").json()["outlets"] == []


def test_it_freezes_and_brings_back(cast: Cast):
    piece = made.piece(cast.junior)
    first = _ask(cast.junior, "post", f"/pieces/{piece.pk}/versions").json()
    assert _ask(cast.junior, "post", f"/pieces/{piece.pk}/versions").json() == first
    _ask(cast.junior, "patch", f"/pieces/{piece.pk}", {"text": "Worse"})
    back = _ask(cast.junior, "post", f"/pieces/{piece.pk}/versions/{first['digest']}/restore").json()
    assert (back["text"], back["digest"]) == (piece.text, first["digest"])
    assert _ask(cast.junior, "get", f"/pieces/{piece.pk}/versions").json()["count"] == 2


def test_it_says_conflict_when_somebody_saved_meanwhile(cast: Cast):
    piece = made.piece(cast.junior)
    assert (
        _ask(cast.senior, "patch", f"/pieces/{piece.pk}", {"revision": piece.revision, "text": "A"}).status_code == 200
    )
    late = _ask(cast.junior, "patch", f"/pieces/{piece.pk}", {"revision": piece.revision, "text": "B"})
    assert late.status_code == 409 and late["Content-Type"] == "application/problem+json"
    assert Piece.objects.get(pk=piece.pk).text == "A"


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        ({"title": ""}, "title"),
        ({"link": "ftp://x.example"}, "link"),
        ({"language": "??"}, "language"),
        ({"tags": ["x"] * 1 + [f"t{n}" for n in range(40)]}, "tags"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_it_names_the_field_that_is_wrong(cast: Cast, payload: dict[str, Any], where: str):
    answer = _ask(cast.junior, "patch", f"/pieces/{made.piece(cast.junior).pk}", payload)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == where


@pytest.mark.parametrize(
    ("channel", "payload", "where"),
    [
        ("podcast", {"post_type": "episode", "extra": {"epsiode": 7}}, "extra.epsiode"),
        ("podcast", {"post_type": "episode", "extra": {"episode": 0}}, "extra.episode"),
        ("podcast", {"post_type": "episode", "extra": {"episode": "seven"}}, "extra.episode"),
        ("site", {"post_type": "article", "extra": {"season": 1}}, "extra.season"),
        ("site", {"post_type": "dance"}, "post_type"),
    ],
)
def test_it_knows_what_only_a_channel_has(cast: Cast, channel: str, payload: dict[str, Any], where: str):
    answer = _ask(cast.junior, "put", f"/pieces/{made.piece(cast.junior).pk}/channels/{channel}", payload)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == where


def test_it_keeps_episode_and_season(cast: Cast):
    piece, extra = made.piece(cast.junior), {"season": 2, "episode": 7, "episode_type": "bonus"}
    payload = {"post_type": "episode", "extra": extra}
    outlets = _ask(cast.junior, "put", f"/pieces/{piece.pk}/channels/podcast", payload).json()["outlets"]
    assert outlets[1]["extra"] == extra


def test_it_counts_as_the_channel_counts_warning_included(cast: Cast):
    counted = _ask(cast.junior, "post", "/text/count/mastodon/text", {"text": "Look", "warning": "Spiders"}).json()
    assert counted == {"used": 11, "limit": 500, "unit": "graphemes", "over_at": None}
    assert _ask(cast.junior, "post", "/text/count/mastodon/sonnet", {"text": ""}).status_code == 404


def test_it_lists_with_a_fixed_number_of_queries(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries):
    client = program(cast.lead)
    for _ in range(2):
        made.piece(cast.junior)
    with django_assert_max_num_queries(12) as few:
        assert _ask(client, "get", "/pieces?stage=draft").json()["count"] == 2
    for _ in range(10):
        made.piece(cast.junior)
    with django_assert_max_num_queries(len(few)):
        assert len(_ask(client, "get", "/pieces?limit=50").json()["items"]) == 12


# --- piece files


def _send(who: Member, text: str, name: str = "leaf.yaml"):
    return program(who).post(f"/api/pieces/from-file?name={name}", data=text, content_type="application/yaml")


def test_it_applies_a_piece_file_once_however_often_it_comes(cast: Cast):
    made.asset(cast.junior, "leaf.jpg")
    first = _send(cast.junior, FILE).json()
    again = _send(cast.junior, FILE).json()
    assert first == again  # not even the revision
    assert first["media"][0]["alt_text"] == "A yellow leaf."
    changed = _send(cast.junior, FILE.replace("Hold a leaf", "Hold two leaves")).json()
    assert changed["id"] == first["id"] and changed["text"].startswith("Hold two")
    assert Piece.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (FILE.replace("title:", "titel:"), "leaf.yaml: title"),
        (FILE + "colour: blue\n", "leaf.yaml: colour"),
        (FILE + "text: Twice.\n", "leaf.yaml"),
        (FILE.replace("type: images", "type: dance"), "channels.practice.post_type"),
        (FILE.replace("practice:", "nowhere:"), "channels.nowhere"),
        (FILE.replace("leaf.jpg", "kelp.jpg"), "media.0"),
        (FILE.replace("alt_text", "captions"), "media.0"),
        ("just words", "leaf.yaml"),
        ("a: [", "leaf.yaml"),
        (FILE.replace("crosscut: 1", "crosscut: 2"), "leaf.yaml: crosscut"),
    ],
)
def test_it_names_every_place_of_a_piece_file_that_is_wrong(cast: Cast, text: str, where: str):
    made.asset(cast.junior, "leaf.jpg")
    answer = _send(cast.junior, text)
    assert answer.status_code == 422
    assert where in [problem["where"] for problem in answer.json()["problems"]]
    assert not Piece.objects.exists()


def test_it_refuses_what_is_no_text_or_too_much_of_it(cast: Cast):
    client = program(cast.junior)
    for body in (b"\xff\xfe\x00", b"title: " + b"x" * 1_000_001):
        answer = client.post("/api/pieces/from-file", data=body, content_type="application/yaml")
        assert answer.status_code == 422


def test_it_does_not_guess_between_two_files_of_one_name(cast: Cast):
    for _ in range(2):
        made.asset(cast.junior, "leaf.jpg")
    assert "Several files" in _send(cast.junior, FILE).json()["detail"]


def test_a_junior_clears_no_rights_by_piece_file(cast: Cast):
    picture = made.asset(cast.junior, "leaf.jpg")
    own = FILE.replace("    alt_text", "    licences: [{holder: Me, terms: Own work}]\n    alt_text")
    assert _send(cast.junior, own).status_code == 403
    assert not Piece.objects.exists() and not picture.licences.exists()
    assert _send(cast.specialist, own).status_code == 200
    assert picture.licences.count() == 1


@pytest.mark.parametrize("name", ["piece-file", "campaign-file"])
def test_it_gives_the_format_of_its_files_to_everybody(db: None, name: str):
    schema = Client().get(f"/api/schemas/{name}").json()
    assert schema["additionalProperties"] is False and "crosscut" in schema["required"]


# --- who may not


def test_it_refuses_strangers_everywhere(cast: Cast):
    piece = made.photo_piece(cast)
    digest, asset = freeze(piece).digest, piece.media.get().asset_id
    path = f"/pieces/{piece.pk}"
    asked: list[tuple[str, str, Any]] = [
        ("get", path, None),
        ("patch", path, {"text": "Stolen"}),
        ("post", f"{path}/archive", None),
        ("post", f"{path}/restore", None),
        ("put", f"{path}/channels/site", {"post_type": "article"}),
        ("delete", f"{path}/channels/site", None),
        ("put", f"{path}/media", {"asset_ids": []}),
        ("put", f"{path}/media/{asset}", {}),
        ("delete", f"{path}/media/{asset}", None),
        ("get", f"{path}/versions", None),
        ("post", f"{path}/versions", None),
        ("post", f"{path}/versions/{digest}/restore", None),
        ("get", f"{path}/decisions", None),
        ("post", f"{path}/decisions", {"decision": "requested"}),
    ]
    stranger, guest = program(cast.stranger), program(cast.guest)
    for method, address, payload in asked:
        assert _ask(stranger, method, address, payload).status_code == 404, address
        assert _ask(guest, method, address, payload).status_code == 404, address
        assert _ask(Client(), method, address, payload).status_code == 401, address
    assert _ask(stranger, "get", "/pieces").json()["items"] == []
    assert _ask(guest, "get", "/pieces").json()["items"] == []
    assert _ask(guest, "post", "/pieces", {"title": "Mine"}).status_code == 403
    assert _send(cast.guest, FILE).status_code == 403
    assert _ask(Client(), "post", "/text/count/site/article", {"text": ""}).status_code == 401
    foreign = made.asset(cast.stranger)
    assert _ask(cast.junior, "put", f"{path}/media/{foreign.pk}", {}).status_code == 404


@pytest.mark.parametrize("decision", ["approved", "changes", "withdrawn"])
def test_only_seniors_decide(cast: Cast, decision: str):
    piece = made.piece(cast.junior)
    said = {"decision": decision, "digest": freeze(piece).digest, "note": "x"}
    for member in (cast.junior, cast.specialist):
        assert _ask(member, "post", f"/pieces/{piece.pk}/decisions", said).status_code == 403
    assert not is_approved(freeze(piece))


def test_an_approval_that_is_taken_back_does_not_hold(cast: Cast):
    piece = made.piece(cast.junior)
    edition = freeze(piece)
    approve(cast.senior, edition)
    said = {"decision": "withdrawn", "digest": edition.digest}
    assert _ask(cast.lead, "post", f"/pieces/{piece.pk}/decisions", said).status_code == 201
    assert not is_approved(edition)
