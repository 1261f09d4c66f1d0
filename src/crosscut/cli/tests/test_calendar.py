"""The commands of the calendar: kept views, holidays, and calendars kept elsewhere."""

import json

import pytest
from tests.cast import Cast
from typer.testing import CliRunner

from crosscut.apps.preflight import foreign_calendars as foreign
from crosscut.channels.caldav import Place
from crosscut.cli import calendar, desk
from crosscut.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db


def _runs(monkeypatch: pytest.MonkeyPatch, member, *words: str) -> str:
    monkeypatch.setattr(desk, "acting_member", lambda email, workspace: member)
    result = CliRunner().invoke(calendar.app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_views_are_kept_begun_with_and_forgotten(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ("views", "keep", "Sent", "--layout", "board", "--filter", "state=sent", "--filter", "q=reef", "--shared")
    number = _runs(monkeypatch, cast.senior, *kept).strip()
    assert "begins with Sent" in _runs(monkeypatch, cast.junior, "views", "begin", number)
    assert _runs(monkeypatch, cast.junior, "views", "list").split() == (
        [number, "*", "Sent", "board", "q=reef", "state=sent", "shared"]
    )
    [told] = json.loads(_runs(monkeypatch, cast.senior, "views", "list", "--json"))
    assert (told["filters"], told["is_first"]) == ({"state": "sent", "q": "reef"}, False)
    with pytest.raises(Invalid, match="filters nothing"):
        _runs(monkeypatch, cast.senior, "views", "keep", "X", "--layout", "board", "--filter", "account=x")
    assert _runs(monkeypatch, cast.stranger, "views", "list") == ""
    with pytest.raises(NotFound):
        _runs(monkeypatch, cast.stranger, "views", "forget", number)
    _runs(monkeypatch, cast.senior, "views", "forget", number)
    assert _runs(monkeypatch, cast.senior, "views", "list") == ""


def test_holidays_are_kept_listed_and_dropped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    number = _runs(monkeypatch, cast.senior, "holidays", "keep", "de", "BY", "--effect", "close").strip()
    assert "Germany, BY  close  all posts" in _runs(monkeypatch, cast.junior, "holidays", "list")
    days = _runs(monkeypatch, cast.junior, "holidays", "days", "2026-12-24", "2026-12-31")
    assert days.splitlines()[0].startswith("2026-12-25") and "(Germany, BY)" in days
    with pytest.raises(Invalid, match="Say a day"):
        _runs(monkeypatch, cast.junior, "holidays", "days", "soon", "2026-12-31")
    with pytest.raises(NotFound):
        _runs(monkeypatch, cast.stranger, "holidays", "drop", number)
    _runs(monkeypatch, cast.senior, "holidays", "drop", number)
    assert _runs(monkeypatch, cast.senior, "holidays", "list") == ""


def test_calendars_elsewhere_are_subscribed_to_and_dropped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Place] = []

    def read(row: object, place: Place) -> tuple[()]:
        asked.append(place)
        return ()

    monkeypatch.setattr(foreign, "_read", read)
    words = ("elsewhere", "subscribe", "Fairs", "--address", "https://cal.example/fairs", "--caldav")
    monkeypatch.setenv("CROSSCUT_CALENDAR_LOGIN", "ana:a-secret:with-colon")
    number = _runs(monkeypatch, cast.senior, *words).strip()
    assert (asked[0].user, asked[0].password) == ("ana", "a-secret:with-colon")
    assert _runs(monkeypatch, cast.senior, "elsewhere", "mean", number, "warn").strip() == "Fairs: warn"
    [told] = json.loads(_runs(monkeypatch, cast.junior, "elsewhere", "list", "--json"))
    assert (told["host"], told["effect"], told["kind"]) == ("cal.example", "warn", "caldav")
    assert "a-secret" not in json.dumps(told)
    with pytest.raises(NotFound):
        _runs(monkeypatch, cast.stranger, "elsewhere", "drop", number)
    _runs(monkeypatch, cast.senior, "elsewhere", "drop", number)
    assert _runs(monkeypatch, cast.senior, "elsewhere", "list") == ""
