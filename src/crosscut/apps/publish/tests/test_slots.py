"""Weekly slots: where they are on the clock, who gets which, and when nothing is meant to go out."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.db import connection
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.preflight.closed_times import Closing, close_time
from crosscut.apps.preflight.holiday_calendars import keep_holidays
from crosscut.apps.preflight.models import ClosedTime
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.from_file import apply_piece_text
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish.models import Slot, Target, Timetable
from crosscut.apps.publish.services import next_slot
from crosscut.apps.publish.services.from_file import schedule_from_file
from crosscut.apps.publish.services.next_slot import schedule_next
from crosscut.apps.publish.services.schedule import cancel, schedule
from crosscut.apps.publish.services.timetables import Weekly, set_timetable
from crosscut.apps.publish.slots import Place, next_free, places_of
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.piece_file import PieceFile, parse

SUNDAYS = (Weekly(weekday=6, at=time(1, 30)), Weekly(weekday=6, at=time(2, 30)))
MONDAYS = (Weekly(weekday=0, at=time(9)), Weekly(weekday=0, at=time(17)))
AFTER = datetime(2036, 11, 22, tzinfo=UTC)  # a Saturday
FILE = """
crosscut: 1
title: Reef
text: The reef is waking up.
channels: {practice: {type: text}}
schedule: {when: next free slot, at: 2036-11-22T00:00:00, to: [{account: practice}]}
"""


@pytest.fixture
def account(cast: Cast) -> Account:
    """An account with two slots every Monday, on Berlin's clocks."""
    row = pieces.account(cast.lead)
    set_timetable(cast.lead, row, zone="Europe/Berlin", slots=MONDAYS)
    return row


def _next(cast: Cast, account: Account, **given: datetime) -> str:
    return schedule_next(cast.senior, pieces.piece(cast.senior), account, after=given.get("after", AFTER)).wall_time


def test_its_places_follow_the_clock_when_it_changes(cast: Cast):
    table = set_timetable(cast.lead, None, zone="Europe/Berlin", slots=SUNDAYS)
    spring = places_of(table, datetime(2030, 3, 30, tzinfo=UTC), datetime(2030, 4, 7, 12, tzinfo=UTC))
    autumn = places_of(table, datetime(2030, 10, 26, tzinfo=UTC), datetime(2030, 10, 28, tzinfo=UTC))
    assert [place.at.isoformat() for place in spring] == [
        "2030-03-31T00:30:00+00:00",  # 02:30 does not exist on that day
        "2030-04-06T23:30:00+00:00",
        "2030-04-07T00:30:00+00:00",
    ]
    assert [place.at.hour for place in autumn] == [23, 0]  # 02:30 comes twice, and is one place


def test_each_asker_gets_the_next_one_and_a_post_put_there_by_hand_counts(cast: Cast, account: Account):
    by_hand = schedule(
        cast.senior, pieces.piece(cast.senior), account, wall_time=datetime(2036, 11, 24, 17), zone="Europe/Berlin"
    )
    assert [_next(cast, account) for _ in range(2)] == ["2036-11-24T09:00:00", "2036-12-01T09:00:00"]
    cancel(cast.senior, by_hand)
    assert _next(cast, account) == "2036-11-24T17:00:00"


def test_an_account_without_its_own_has_the_shared_ones_and_with_none_is_told(cast: Cast, account: Account):
    other = Account.objects.create(workspace=cast.workspace, channel="practice", name="Second")
    with pytest.raises(Invalid, match="has no slots"):
        _next(cast, other)
    set_timetable(cast.lead, None, zone="UTC", slots=MONDAYS)
    assert _next(cast, other) == "2036-11-24T09:00:00"
    set_timetable(cast.lead, other, zone="UTC", slots=())
    with pytest.raises(Invalid, match="has no slots"):
        _next(cast, other)


def test_a_full_year_says_so(cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("crosscut.apps.publish.slots.FARTHEST", datetime(2036, 11, 23) - datetime(2036, 11, 22))
    with pytest.raises(Conflict, match="within a year is taken"):
        _next(cast, account)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_never_get_the_same(cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch):
    """The second would look while the first has not yet written: it must wait for it, and find the slot taken."""
    both = [pieces.piece(cast.senior), pieces.piece(cast.senior)]
    have_looked, looked = threading.Barrier(2), next_free

    def look(account: Account, *, after: datetime | None = None) -> Place:
        place = looked(account, after=after)
        with contextlib.suppress(threading.BrokenBarrierError):
            have_looked.wait(timeout=1)  # both see the same free slot, where nothing keeps the second one out
        return place

    def ask(piece: Piece) -> str:
        try:
            return schedule_next(cast.senior, piece, account, after=AFTER).wall_time
        finally:
            connection.close()

    monkeypatch.setattr(next_slot, "next_free", look)
    with ThreadPoolExecutor(2) as askers:
        got = list(askers.map(ask, both))
    assert sorted(got) == ["2036-11-24T09:00:00", "2036-11-24T17:00:00"]


def test_no_slot_is_free_on_a_holiday_that_counts(cast: Cast, account: Account):
    set_timetable(cast.lead, account, zone="Europe/Berlin", slots=[Weekly(weekday=day, at=time(9)) for day in range(7)])
    after = datetime(2035, 12, 24, 12, tzinfo=UTC)
    keep_holidays(cast.senior, "DE", "", "show")
    assert next_free(account, after=after).wall_time.day == 25
    keep_holidays(cast.senior, "DE", "", "warn")
    assert next_free(account, after=after).wall_time.day == 27


def test_no_slot_is_free_in_closed_time(cast: Cast, account: Account):
    close_time(cast.lead, Closing(name="Quiet", kind="hours", from_time=time(8), until_time=time(12), weekdays=(0,)))
    assert _next(cast, account) == "2036-11-24T17:00:00"
    close_time(cast.lead, Closing(name="Fair", kind="days", starts_on=date(2036, 12, 1), is_strict=True))
    assert _next(cast, account) == "2036-12-08T17:00:00"


def test_closed_time_blocks_or_warns_as_it_was_set(cast: Cast, account: Account):
    warned, closed = datetime(2036, 11, 25, 23, 30), datetime(2036, 12, 1, 9)
    close_time(cast.lead, Closing(name="Nights", kind="hours", from_time=time(22), until_time=time(7)))
    close_time(cast.lead, Closing(name="Fair", kind="days", starts_on=date(2036, 12, 1), is_strict=True))
    post = schedule(cast.senior, pieces.piece(cast.senior), account, wall_time=warned, zone="Europe/Berlin")
    [check] = post.edition.checks.all()
    assert {found["code"]: found["level"] for found in check.findings}["time.closed"] == "advice"
    with pytest.raises(Invalid, match="Fair: nothing is meant to go out") as refused:
        schedule(cast.senior, pieces.piece(cast.senior), account, wall_time=closed, zone="Europe/Berlin")
    assert [problem.code for problem in refused.value.problems] == ["time.closed"]


def test_a_piece_file_asks_for_the_next_free_slot_once(cast: Cast, account: Account, tmp_path: Path):
    file = parse(FILE, PieceFile)
    piece = apply_piece_text(cast.senior, FILE, name="reef.yaml")
    [first] = schedule_from_file(cast.senior, piece, file)
    assert first.wall_time == "2036-11-24T09:00:00"
    assert schedule_from_file(cast.senior, piece, file) == [first]


# --- for programs


def test_programs_set_slots_and_ask_for_the_next_free_one(cast: Cast, account: Account):
    client = program(cast.senior)
    given = {"zone": "UTC", "slots": [{"weekday": 1, "at": "10:15"}, {"weekday": 1, "at": "10:15"}]}
    put = client.put(f"/api/accounts/{account.pk}/timetable", given, content_type="application/json")
    assert put.json() == {"account": account.pk, "zone": "UTC", "slots": [{"weekday": 1, "at": "10:15"}]}
    assert client.get("/api/timetables").json()["items"] == [put.json()]
    first = client.get(f"/api/accounts/{account.pk}/free-slots", {"limit": 1}).json()["items"][0]
    sent = {"piece": pieces.piece(cast.senior).pk, "account": account.pk, "when": "next free slot"}
    post = client.post("/api/posts", sent, content_type="application/json").json()
    assert (post["due_at"], post["zone"]) == (first["at"], "UTC")
    assert client.delete(f"/api/accounts/{account.pk}/timetable").status_code == 204
    assert client.delete(f"/api/accounts/{account.pk}/timetable").status_code == 404


def test_programs_close_and_open_time(cast: Cast):
    client = program(cast.senior)
    given = {"name": "Fair", "kind": "days", "starts_on": "2036-12-01", "is_strict": True}
    made = client.post("/api/closed-times", given, content_type="application/json")
    assert (made.status_code, made.json()["ends_on"]) == (201, "2036-12-01")
    wrong = client.post("/api/closed-times", {"name": "Fair", "kind": "hours"}, content_type="application/json")
    assert {problem["where"] for problem in wrong.json()["problems"]} == {"from_time", "until_time"}
    assert client.get("/api/closed-times").json()["count"] == 1
    assert client.delete(f"/api/closed-times/{made.json()['id']}").status_code == 204


def _answers(member: Member, account: Account, closed: ClosedTime) -> list[int]:
    client = program(member)
    table: dict[str, list[int]] = {"slots": []}
    asked = [
        client.get(f"/api/accounts/{account.pk}/free-slots"),
        client.put(f"/api/accounts/{account.pk}/timetable", table, content_type="application/json"),
        client.delete(f"/api/accounts/{account.pk}/timetable"),
        client.delete(f"/api/closed-times/{closed.pk}"),
    ]
    return [answer.status_code for answer in asked]


def test_it_knows_no_strangers_and_juniors_only_look(cast: Cast, account: Account):
    closed = close_time(cast.lead, Closing(name="Fair", kind="days", starts_on=date(2036, 12, 1)))
    assert _answers(cast.stranger, account, closed) == [404] * 4
    assert _answers(cast.guest, account, closed) == [404, 404, 404, 403]
    assert _answers(cast.junior, account, closed) == [200, 403, 403, 403]
    for path in ("/api/timetables", "/api/closed-times"):
        assert [program(who).get(path).json()["count"] for who in (cast.stranger, cast.guest, cast.junior)] == [0, 0, 1]
    for who in (cast.junior, cast.guest):
        client = program(who)
        assert client.put("/api/timetable", {"slots": []}, content_type="application/json").status_code == 403
        made = client.post("/api/closed-times", {"name": "x", "kind": "days"}, content_type="application/json")
        assert made.status_code == 403
    assert Slot.objects.count() == 2 and ClosedTime.objects.count() == 1


# --- the pages


def test_a_senior_sets_times_on_the_page_and_hears_of_what_is_no_time(cast: Cast, account: Account):
    client, key = signed_in(cast.senior), f"t{account.pk}"
    sent = {"account": account.pk, f"{key}-zone": "UTC", f"{key}-tuesday": "9, 13.30", f"{key}-sunday": "18:00"}
    assert client.post("/calendar/times/set/", sent).status_code == 302
    assert [str(slot) for slot in account.timetable.slots.all()] == ["1 09:00", "1 13:30", "6 18:00"]
    wrong = client.post("/calendar/times/set/", {**sent, f"{key}-monday": "25:00"})
    assert wrong.status_code == 422 and "“25:00” is no time" in wrong.content.decode()
    page = client.get("/calendar/times/").content.decode()
    assert "13:30" in page and "own slots" in page
    client.post("/calendar/times/drop/", {"account": account.pk})
    assert not Timetable.objects.exists()


def test_a_senior_closes_and_opens_time_on_the_page(cast: Cast):
    client = signed_in(cast.senior)
    hours = {"kind": "hours", "hours-name": "Nights", "hours-from_time": "22:00", "hours-until_time": "07:00"}
    assert client.post("/calendar/times/close/", {**hours, "hours-weekdays": ["4", "5"]}).status_code == 302
    row = ClosedTime.objects.get()
    assert (row.weekdays, row.is_strict) == ([4, 5], False)
    assert "Friday, Saturday" in client.get("/calendar/times/").content.decode()
    backwards = {"kind": "days", "days-name": "x", "days-starts_on": "2036-12-02", "days-ends_on": "2036-12-01"}
    assert client.post("/calendar/times/close/", backwards).status_code == 422
    assert client.post(f"/calendar/times/{row.pk}/reopen/").status_code == 302
    assert not ClosedTime.objects.exists()


def test_the_pages_refuse_whoever_may_not(cast: Cast, account: Account):
    closed = close_time(cast.lead, Closing(name="Fair", kind="days", starts_on=date(2036, 12, 1)))
    acts = [
        ("set/", {"account": account.pk, f"t{account.pk}-zone": "UTC"}),
        ("drop/", {"account": account.pk}),
        (f"{closed.pk}/reopen/", {}),
    ]
    for who, status in ((cast.junior, 403), (cast.guest, 403), (cast.stranger, 404)):
        client = signed_in(who)
        assert [client.post(f"/calendar/times/{path}", sent).status_code for path, sent in acts] == [status] * 3
    assert "Close days" not in signed_in(cast.junior).get("/calendar/times/").content.decode()
    assert Slot.objects.count() == 2


def test_the_calendar_tells_free_slots_and_closed_time(cast: Cast, account: Account):
    close_time(cast.lead, Closing(name="Fair", kind="days", starts_on=date(2036, 12, 1)))
    _next(cast, account)
    window = {"start": "2036-11-22T00:00:00", "end": "2036-12-05T00:00:00"}
    told = signed_in(cast.junior).get("/calendar/free/", window).json()
    assert [(one["start"], len(one["accounts"])) for one in told["free"]] == [("2036-11-24T17:00:00+01:00", 1)]
    assert [(one["start"], one["end"]) for one in told["closed"]] == [
        ("2036-12-01T00:00:00+01:00", "2036-12-02T00:00:00+01:00")
    ]
    assert not any(signed_in(cast.stranger).get("/calendar/free/", window).json().values())
    assert signed_in(cast.lead).get("/calendar/free/", {**window, "channel": "site"}).json()["free"] == []


def test_the_editor_offers_the_next_free_slot(cast: Cast, account: Account):
    piece, client = pieces.piece(cast.senior), signed_in(cast.senior)
    assert "In the next free slot" in client.get(f"/pieces/{piece.pk}/posts/").content.decode()
    sent = {"account": str(account.pk), "slot": "1"}
    assert client.post(f"/pieces/{piece.pk}/posts/schedule/", sent, headers={"HX-Request": "true"}).status_code == 200
    assert Target.objects.get(piece=piece).wall_time[11:] in ("09:00:00", "17:00:00")
