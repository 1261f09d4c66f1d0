"""Captions of an asset are looked through, and mended without touching a word."""

import pytest
from django.urls import reverse

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.services import tracks
from crosscut.apps.library.services.sidecars import is_sidecar

FLEETING = "WEBVTT\n\n00:00:00.000 --> 00:00:00.200\n<v Ana>Bubbles rise.\n"


@pytest.fixture
def track(cast, film, tmp_path):
    path = tmp_path / "film.vtt"
    path.write_text(FLEETING)
    return tracks.put_track(cast.junior, film.pk, path, kind="captions", language="en")


def test_the_asset_page_shows_what_is_hard_to_read_and_mends_it(cast, film, track):
    browser = signed_in(cast.junior)
    shown = browser.get(reverse("asset", args=[film.pk])).content.decode()
    assert "The caption stays 0.2 s; Crosscut wants at least 0.833 s." in shown
    assert "Mend them" in shown
    answer = browser.post(reverse("track-mend", args=[track.pk]), follow=True).content.decode()
    assert "1 caption retimed." in answer
    assert "The caption stays" not in answer
    track.refresh_from_db()
    assert "00:00:00.000 --> 00:00:00.833\n<v Ana>Bubbles rise." in track.text


def test_the_text_as_it_was_is_kept_in_the_history(cast, track):
    before = track.text
    program(cast.junior).post(f"/api/library/tracks/{track.pk}/mend")
    event = AuditEvent.objects.get(verb="asset.track_mended")
    assert event.detail["text"] == before
    program(cast.junior).post(f"/api/library/tracks/{track.pk}/mend")
    assert AuditEvent.objects.filter(verb="asset.track_mended").count() == 1  # nothing was left to mend


def test_programs_read_findings_and_mend(cast, track):
    client = program(cast.junior)
    found = client.get(f"/api/library/tracks/{track.pk}/findings").json()
    assert [finding["code"] for finding in found] == ["captions.too_short", "captions.too_fast"]
    assert all(finding["source"] and finding["repair"] for finding in found)
    mended = client.post(f"/api/library/tracks/{track.pk}/mend").json()
    assert (mended["changes"], mended["remaining"]) == (["1 caption retimed."], [])
    assert client.get(f"/api/library/tracks/{track.pk}/findings").json() == []


def test_captions_come_in_from_any_format(cast, film, tmp_path):
    path = tmp_path / "film.ass"
    line = "Dialogue: 0,0:00:00.00,0:00:02.00,Default,Ana,0,0,0,,{\\an8}Bubbles rise."
    path.write_text(f"[Script Info]\n\n[Events]\n{line}\n")
    made = tracks.put_track(cast.junior, film.pk, path, kind="captions", language="de")
    assert "line:0%\n<v Ana>Bubbles rise." in made.text
    assert is_sidecar("film.de.ttml")
