"""`crosscut by-hand`, as whoever posts from a terminal meets it."""

import json

import pytest
from django.utils import timezone
from tests.cast import Cast
from typer.testing import CliRunner

from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import fresh
from crosscut.cli.by_hand import app

State = Target.State
pytestmark = pytest.mark.django_db


def _crosscut(cast: Cast, *words: object) -> str:
    ran = CliRunner().invoke(app, [*map(str, words), "--as", cast.junior.user.email])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_it_lists_shows_takes_gives_back_and_confirms(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("crosscut.apps.publish.services.by_hand.blocking_of", lambda asked: [()] * len(asked))
    account = made.an_account(cast.senior, "by_hand_linkedin", "Mara")
    account.settings = {"profile": "https://www.linkedin.com/in/mara"}
    account.save()
    target = made.a_post(cast.senior, account=account, state=State.HANDED, due_at=timezone.now())
    assert json.loads(_crosscut(cast, "list", "--json"))[0]["id"] == target.pk
    shown = _crosscut(cast, "show", target.pk)
    assert made.TEXTS[0] in shown and "1. Open LinkedIn" in shown
    _crosscut(cast, "take", target.pk)
    assert fresh(target).state == State.SENDING
    _crosscut(cast, "back", target.pk, "--note", "No battery.")
    assert fresh(target).state == State.SCHEDULED
    monkeypatch.setattr("crosscut.apps.publish.services.claim.blocking_of", lambda asked: [()] * len(asked))
    send(target.pk)
    url = "https://www.linkedin.com/feed/update/urn:li:activity:7"
    assert json.loads(_crosscut(cast, "done", target.pk, url, "--json"))["state"] == "sent"
    assert fresh(target).url == url
