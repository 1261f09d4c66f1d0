"""Findings and exceptions for programs."""

import json
from typing import Any

from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.preflight.models import Waiver
from crosscut.apps.produce.tests import made
from crosscut.apps.work.models import Job

WAIVER = {"code": "text.too_long", "where": "text", "reason": "A poem", "ends_on": "2099-01-01"}


def _ask(who: Member | Client, method: str, path: str, payload: Any = None):
    client = who if isinstance(who, Client) else program(who)
    body = {} if payload is None else {"data": json.dumps(payload), "content_type": "application/json"}
    return getattr(client, method)(f"/api{path}", **body)


def test_it_tells_findings_by_channel_with_their_source(cast: Cast):
    piece = made.piece(cast.junior, text="x" * 301)
    [told] = _ask(cast.junior, "get", f"/pieces/{piece.pk}/findings").json()
    assert (told["channel"], told["blocking"]) == ("practice", 1)
    finding = told["findings"][0]
    assert (finding["code"], finding["level"], finding["where"]) == ("text.too_long", "block", "text")
    assert finding["source"] and finding["repair"] == "Cut 1."


def test_it_judges_rights_for_the_time_that_is_asked(cast: Cast):
    piece = made.photo_piece(cast)
    piece.media.get().asset.licences.update(ends_on="2030-06-01")
    address = f"/pieces/{piece.pk}/findings?at="
    before, after = (
        _ask(cast.junior, "get", address + day).json() for day in ("2030-06-01T12:00Z", "2030-06-03T12:00Z")
    )
    assert [told["blocking"] for told in before] == [0, 0]
    assert [told["blocking"] for told in after] == [1, 1]
    assert _ask(cast.junior, "get", address + "2030-06-01T12:00").status_code == 422  # of which zone?


def test_it_signs_lists_and_ends_exceptions(cast: Cast):
    piece = made.piece(cast.junior, text="x" * 301)
    path = f"/pieces/{piece.pk}/waivers"
    assert _ask(cast.junior, "post", path, WAIVER).status_code == 403
    waiver = _ask(cast.senior, "post", path, WAIVER).json()
    assert _ask(cast.junior, "get", path).json()["items"] == [waiver]
    assert _ask(cast.junior, "get", f"/pieces/{piece.pk}/findings").json()[0]["blocking"] == 0
    assert _ask(cast.junior, "post", f"{path}/{waiver['id']}/end").status_code == 403
    _ask(cast.senior, "post", f"{path}/{waiver['id']}/end")
    assert _ask(cast.junior, "get", f"/pieces/{piece.pk}/findings").json()[0]["blocking"] == 1
    assert _ask(cast.senior, "post", path, {**WAIVER, "code": "rights.none"}).status_code == 422


def test_it_makes_the_files_as_a_job(cast: Cast):
    piece = made.photo_piece(cast)
    assert _ask(cast.junior, "post", f"/pieces/{piece.pk}/files").status_code == 202
    assert Job.objects.get().subject == f"piece:{piece.pk}"


def test_it_refuses_strangers_everywhere(cast: Cast):
    piece = made.piece(cast.junior)
    asked: list[tuple[str, str, Any]] = [
        ("get", "findings", None),
        ("post", "files", None),
        ("get", "waivers", None),
        ("post", "waivers", WAIVER),
        ("post", "waivers/1/end", None),
    ]
    for method, name, payload in asked:
        address = f"/pieces/{piece.pk}/{name}"
        assert _ask(cast.stranger, method, address, payload).status_code == 404
        assert _ask(cast.guest, method, address, payload).status_code == 404
        assert _ask(Client(), method, address, payload).status_code == 401
    assert not Waiver.objects.exists() and not Job.objects.exists()
