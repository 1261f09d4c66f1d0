"""Calendars kept elsewhere: read over real HTTP from a server that behaves and misbehaves."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.preflight import foreign_calendars as foreign
from crosscut.apps.preflight.closing import closing_findings, is_closed
from crosscut.apps.preflight.foreign_calendars import Subscription
from crosscut.apps.preflight.models import ForeignCalendar
from crosscut.kernel.errors import CrosscutError, Invalid
from crosscut.media import calendars

JSON = "application/json"
DAY = (timezone.now() + timedelta(days=10)).date()
FILE = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//somebody//else//EN
BEGIN:VEVENT
UID:1
SUMMARY:Board\\, all hands
DTSTART;TZID=Europe/Berlin:{DAY:%Y%m%d}T090000
DTEND;TZID=Europe/Berlin:{DAY:%Y%m%d}T100000
RRULE:FREQ=DAILY;COUNT=3
EXDATE;TZID=Europe/Berlin:{DAY + timedelta(days=1):%Y%m%d}T090000
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Away
DTSTART;VALUE=DATE:{DAY + timedelta(days=5):%Y%m%d}
DTEND;VALUE=DATE:{DAY + timedelta(days=7):%Y%m%d}
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Called off
STATUS:CANCELLED
DTSTART:{DAY:%Y%m%d}T090000Z
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
EVERY_SECOND = FILE.replace("FREQ=DAILY;COUNT=3", "FREQ=SECONDLY").replace("20260", "19700")
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>'
ANSWER = f"""<?xml version="1.0" encoding="utf-8"?>
<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response><href>/1.ics</href><propstat><prop>
<C:calendar-data>{FILE}</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"""


class _Answers(BaseHTTPRequestHandler):
    said = FILE
    asked: list[dict[str, Any]] = []

    def do_GET(self) -> None:
        self._answer(self.said, 200)

    def do_REPORT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        login = self.headers.get("Authorization", "").removeprefix("Basic ")
        self.asked.append({"body": body.decode(), "login": base64.b64decode(login).decode()})
        if self.asked[-1]["login"] != "ada:secret":
            self._answer("", 401)
        else:
            self._answer(self.said, 207)

    def _answer(self, text: str, status: int) -> None:
        if self.path == "/gone":
            return self.send_error(404)
        body = text.encode() * (200 if self.path == "/huge" else 1)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return None

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(_Answers, "said", FILE)
    monkeypatch.setattr(_Answers, "asked", [])
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.ALLOWED_PRIVATE_HOSTS = (f"127.0.0.1:{httpd.server_port}",)
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def _file(server: str, **more: str) -> Subscription:
    return Subscription(name="House", kind="file", address=f"{server}/house.ics", **more)


def _times(row: ForeignCalendar) -> list[tuple[str, str, bool, bool]]:
    return [(one.title, f"{one.start_at:%d %H:%M}", one.is_all_day, one.is_busy) for one in row.events.all()]


def test_its_events_are_laid_out_by_their_own_clocks_and_whole_days_by_ours(cast: Cast, server: str):
    row = foreign.subscribe(cast.senior, _file(server))
    nine = [datetime.combine(DAY + timedelta(days=days), datetime.min.time(), UTC) for days in (0, 2)]
    assert [(title, is_day, busy) for title, _at, is_day, busy in _times(row)] == [
        ("Board, all hands", False, True),
        ("Board, all hands", False, True),  # the day between is left out
        ("Away", True, False),
    ]
    first, second, away = row.events.all()
    assert [one.start_at.date() for one in (first, second)] == [moment.date() for moment in nine]
    assert first.end_at - first.start_at == timedelta(hours=1)
    assert away.end_at - away.start_at in (timedelta(hours=47), timedelta(hours=48), timedelta(hours=49))


def test_what_they_mean_for_posts_is_chosen(cast: Cast, server: str):
    row = foreign.subscribe(cast.senior, _file(server))
    board, away = row.events.first(), row.events.last()
    assert board and away
    assert closing_findings(cast.workspace, board.start_at) == ()
    foreign.set_effect(cast.senior, row.pk, "warn")
    [finding] = closing_findings(cast.workspace, board.start_at)
    assert (finding.code, "Board, all hands" in str(finding.message)) == ("time.busy", True)
    assert not is_closed(cast.workspace, board.start_at)
    foreign.set_effect(cast.senior, row.pk, "close")
    assert is_closed(cast.workspace, board.start_at) and not is_closed(cast.workspace, board.end_at)
    assert not is_closed(cast.workspace, away.start_at)  # it takes nobody's time


def test_a_collection_is_asked_with_its_login_which_is_sealed(cast: Cast, server: str):
    _Answers.said = ANSWER
    place = {"kind": "caldav", "address": f"{server}/ada/team/", "user": "ada"}
    row = foreign.subscribe(cast.senior, Subscription(name="Team", password="secret", **place))
    assert row.events.count() == 3 and "time-range" in _Answers.asked[0]["body"]
    assert b"secret" not in bytes(row.sealed) and b"ada" not in bytes(row.sealed)
    assert "secret" not in signed_in(cast.lead).get("/calendar/times/").content.decode()
    with pytest.raises(Invalid, match="look at user and password"):
        foreign.subscribe(cast.senior, Subscription(name="Team", password="wrong", **place))


@pytest.mark.parametrize(
    ("path", "said", "why"),
    [
        ("/house.ics", "<html>no</html>", "no calendar that can be read"),
        ("/gone", FILE, "nothing at this address"),
        ("/huge", FILE * 400, "longer than"),
        ("/house.ics", EVERY_SECOND, "computing time|took longer|no calendar|failed on it|lack of memory"),
        ("/house.ics", FILE.replace("FREQ=DAILY;COUNT=3", "FREQ=NEVER"), ""),
    ],
)
def test_what_cannot_be_read_is_not_subscribed_to_and_says_why(
    cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch, path: str, said: str, why: str
):
    monkeypatch.setattr(_Answers, "said", said)
    monkeypatch.setattr(calendars, "CAPS", replace(calendars.CAPS, cpu_s=2))
    wanted = Subscription(name="House", kind="file", address=f"{server}{path}")
    if not why:  # one bad event does not take the others away
        assert [one.title for one in foreign.subscribe(cast.senior, wanted).events.all()] == ["Away"]
        return
    with pytest.raises(CrosscutError, match=why):
        foreign.subscribe(cast.senior, wanted)
    assert not ForeignCalendar.objects.exists()


@pytest.mark.parametrize("said", [BOMB, "<html/>", "no xml"])
def test_a_bomb_is_no_list_of_calendars(cast: Cast, server: str, said: str):
    _Answers.said = said
    place = {"kind": "caldav", "address": f"{server}/ada/", "user": "ada"}
    with pytest.raises(Invalid, match="no list of calendars"):
        foreign.subscribe(cast.senior, Subscription(name="Team", password="secret", **place))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://calendar.example/a.ics", "Give its web address"),
        ("https://ada:secret@calendar.example/a.ics", "in their own fields"),
        ("http://calendar.example/a.ics", "https:// only"),
        ("https://127.0.0.1:1/a.ics", "not on the public internet"),
    ],
)
def test_no_other_address_is_asked(cast: Cast, address: str, why: str):
    with pytest.raises(CrosscutError, match=why):
        foreign.subscribe(cast.senior, Subscription(name="House", kind="file", address=address, password="secret"))


def test_it_is_read_again_and_a_failure_is_told_and_leaves_its_events(cast: Cast, server: str):
    row = foreign.subscribe(cast.senior, _file(server))
    assert foreign.due_calendars() == []
    ForeignCalendar.objects.update(next_at=timezone.now())
    assert foreign.due_calendars() == [row.pk]
    _Answers.said = "gone wrong"
    foreign.read_again(row.pk)
    row.refresh_from_db()
    assert "no calendar that can be read" in row.problem and row.events.count() == 3
    assert "no calendar that can be read" in signed_in(cast.junior).get("/calendar/times/").content.decode()
    assert row.next_at > timezone.now() + timedelta(minutes=25)
    _Answers.said = FILE.replace("SUMMARY:Away", "SUMMARY:Home")
    foreign.read_again(row.pk)
    row.refresh_from_db()
    assert (row.problem, row.events.last().title) == ("", "Home")  # type: ignore[union-attr]


def test_by_page_and_by_program(cast: Cast, server: str):
    page, api = signed_in(cast.senior), program(cast.senior)
    sent = {"foreign-name": "House", "foreign-kind": "file", "foreign-address": f"{server}/house.ics"}
    assert page.post("/calendar/times/subscribe/", {**sent, "foreign-effect": "show"}).status_code == 302
    row = ForeignCalendar.objects.get()
    wrong = page.post("/calendar/times/subscribe/", {**sent, "foreign-address": "x", "foreign-effect": "show"})
    assert wrong.status_code == 422 and "Give its web address" in wrong.content.decode()
    window = {"start": DAY.isoformat(), "end": (DAY + timedelta(days=8)).isoformat()}
    told = signed_in(cast.junior).get("/calendar/free/", window).json()["events"]
    assert [one["title"] for one in told] == ["Board, all hands"] * 2 + ["Away"]
    assert api.patch(f"/api/foreign-calendars/{row.pk}", {"effect": "close"}, content_type=JSON).status_code == 200
    told = {"name": "More", "kind": "file", "address": f"{server}/house.ics"}
    made = api.post("/api/foreign-calendars", told, content_type=JSON).json()
    assert made["host"] == "127.0.0.1" and "address" not in made
    events = api.get("/api/foreign-calendars/events", {"start": f"{DAY}T00:00:00Z", "end": f"{DAY}T23:00:00Z"}).json()
    assert [one["title"] for one in events["items"]] == ["Board, all hands"] * 2
    assert api.delete(f"/api/foreign-calendars/{made['id']}").status_code == 204
    assert page.post(f"/calendar/times/foreign/{row.pk}/", {"act": "drop"}).status_code == 302
    assert not ForeignCalendar.objects.exists()


def _asked(member: Member, row: ForeignCalendar) -> list[int]:
    page, api = signed_in(member), program(member)
    answers = [
        page.post(f"/calendar/times/foreign/{row.pk}/", {"act": "drop"}),
        api.patch(f"/api/foreign-calendars/{row.pk}", {"effect": "close"}, content_type=JSON),
        api.delete(f"/api/foreign-calendars/{row.pk}"),
    ]
    return [answer.status_code for answer in answers]


def test_it_knows_no_strangers_and_juniors_only_look(cast: Cast, server: str):
    row = foreign.subscribe(cast.senior, _file(server))
    assert _asked(cast.stranger, row) == [404] * 3
    assert set(_asked(cast.guest, row)) <= {302, 403, 404} and set(_asked(cast.junior, row)) == {403}
    assert [program(who).get("/api/foreign-calendars").json()["count"] for who in (cast.stranger, cast.junior)] == [
        0,
        1,
    ]
    window = {"start": DAY.isoformat(), "end": (DAY + timedelta(days=8)).isoformat()}
    assert signed_in(cast.stranger).get("/calendar/free/", window).json()["events"] == []
    row.refresh_from_db()
    assert row.effect == "show"
