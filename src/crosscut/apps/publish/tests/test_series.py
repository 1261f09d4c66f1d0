"""Repeats by a calendar rule: each date becomes one post, once, whatever dies or changes in between."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.services.people import remove_member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Licence
from crosscut.apps.preflight.closed_times import Closing, close_time
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.approve import approve, withdraw_approval
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import change_piece
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish import series as shown
from crosscut.apps.publish import ticker
from crosscut.apps.publish.models import Series, SeriesDate, Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.services import series as acts
from crosscut.apps.publish.services.forecast import judge
from crosscut.apps.publish.services.schedule import cancel, put_on_calendar, reschedule
from crosscut.apps.publish.services.series import Plan
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed

State = Target.State
Why = SeriesDate.Why
BERLIN = "Europe/Berlin"
JSON = "application/json"
MONDAY = datetime.combine(timezone.now().date() + timedelta(days=8 - timezone.now().isoweekday() + 7), time(9))


def _plan(rule: str = "FREQ=WEEKLY;BYDAY=MO,TH", ends_on: date | None = None, start: datetime = MONDAY) -> Plan:
    return Plan(rule=rule, wall_time=start, zone=BERLIN, ends_on=ends_on)


@pytest.fixture
def account(cast: Cast) -> Account:
    return pieces.account(cast.lead)


@pytest.fixture
def weekly(cast: Cast, account: Account) -> Series:
    """Every Monday and Thursday at nine in Berlin, of a piece of the senior's."""
    return acts.start_series(cast.senior, pieces.piece(cast.senior), account, _plan())


def _posts(series: Series) -> list[Target]:
    return list(Target.objects.filter(series_date__series=series).order_by("due_at"))


def _times(series: Series, *states: str) -> list[str]:
    return [post.wall_time for post in _posts(series) if not states or post.state in states]


def test_each_date_within_reach_becomes_a_post_of_its_own(weekly: Series):
    posts = _posts(weekly)
    assert [post.wall_time for post in posts[:3]] == [(MONDAY + timedelta(days=days)).isoformat() for days in (0, 3, 7)]
    assert {post.edition_id for post in posts} == {weekly.edition_id}
    assert len({post.key for post in posts}) == len({post.occurrence for post in posts}) == len(posts)
    assert all(one.due_at < two.due_at for one, two in pairwise(posts))
    assert posts[-1].due_at <= timezone.now() + acts.AHEAD < posts[-1].due_at + timedelta(days=4)
    assert all(post.state == State.SCHEDULED and post.zone == BERLIN for post in posts)


def test_a_rare_one_has_its_next_post_always_and_the_ticker_makes_the_one_after(
    cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch
):
    far = MONDAY + timedelta(days=200)
    series = acts.start_series(cast.senior, pieces.piece(cast.senior), account, _plan("FREQ=YEARLY", start=far))
    assert _times(series) == [far.isoformat()]
    assert ticker.extend_series() == 0  # it is not its time
    later = _posts(series)[0].due_at + timedelta(hours=1)
    monkeypatch.setattr("crosscut.apps.publish.services.series.timezone.now", lambda: later)
    assert acts.extend(series.pk) == 1 and acts.extend(series.pk) == 0
    assert len(_times(series)) == 2


def test_a_death_in_the_middle_leaves_nothing_half_and_nothing_twice(
    cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch
):
    made, put = list[int](), put_on_calendar

    def dies(*args: object, **named: object) -> Target:
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(1)
        return put(*args, **named)  # type: ignore[arg-type]

    series = acts.start_series(cast.senior, pieces.piece(cast.senior), account, _plan(ends_on=MONDAY.date()))
    Series.objects.filter(pk=series.pk).update(ends_on=None, next_at=timezone.now())
    monkeypatch.setattr(acts, "put_on_calendar", dies)
    with pytest.raises(KeyboardInterrupt):
        acts.extend(series.pk)
    assert len(_posts(series)) == 1
    monkeypatch.setattr(acts, "put_on_calendar", put)
    assert acts.extend(series.pk) > 10 and acts.extend(series.pk) == 0
    assert len(set(_times(series))) == len(_posts(series))


@pytest.mark.django_db(transaction=True)
def test_two_tickers_make_each_date_once(cast: Cast, account: Account):
    series = acts.start_series(cast.senior, pieces.piece(cast.senior), account, _plan(ends_on=MONDAY.date()))
    Series.objects.filter(pk=series.pk).update(ends_on=None, next_at=timezone.now())
    together = threading.Barrier(2)

    def extend(_number: int) -> int:
        try:
            together.wait(timeout=5)
            return acts.extend(series.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as tickers:
        counts = list(tickers.map(extend, range(2)))
    assert sum(counts) + 1 == len(_posts(series)) == len(set(_times(series)))


def test_one_is_left_out_moved_and_put_back_while_the_series_goes_on(
    cast: Cast, weekly: Series, monkeypatch: pytest.MonkeyPatch
):
    first, second = _posts(weekly)[:2]
    acts.leave_out(cast.senior, weekly, first.wall_time)
    reschedule(cast.senior, second, wall_time=MONDAY + timedelta(days=4), zone=BERLIN)
    last = datetime.fromisoformat(_times(weekly)[-1])
    beyond = (last + timedelta(days=3 if last.weekday() == 0 else 4)).isoformat()
    acts.leave_out(cast.senior, weekly, beyond)  # not made yet
    days = {day.key: day for day in shown.days_of(weekly)}
    assert (days[first.wall_time].why_none, days[second.wall_time].is_moved) == ("Left out", True)
    assert days[beyond].why_none == "Left out"
    assert acts.extend(weekly.pk) == 0  # what was left out is not made again
    acts.put_back(cast.senior, weekly, first.wall_time)
    again = weekly.dates.get(wall_time=first.wall_time).target
    assert again and again.state == State.SCHEDULED and again.key != first.key
    with pytest.raises(Conflict, match="nothing to put back"):
        acts.put_back(cast.senior, weekly, first.wall_time)
    with pytest.raises(Invalid, match="no such date"):
        acts.leave_out(cast.senior, weekly, (MONDAY + timedelta(days=1)).isoformat())
    monkeypatch.setattr(acts, "AHEAD", acts.AHEAD + timedelta(weeks=3))
    assert acts.extend(weekly.pk) > 3 and beyond not in _times(weekly)  # nor when it comes within reach


def test_a_post_that_was_cancelled_by_itself_stays_cancelled(cast: Cast, weekly: Series):
    first = _posts(weekly)[0]
    cancel(cast.senior, first)
    Series.objects.filter(pk=weekly.pk).update(made_through="", next_at=timezone.now())
    assert acts.extend(weekly.pk) == 0
    assert first.wall_time not in _times(weekly, State.SCHEDULED)


def test_ending_it_takes_what_waits_off_the_calendar_and_nothing_else(cast: Cast, weekly: Series):
    gone_out = _posts(weekly)[0]
    Target.objects.filter(pk=gone_out.pk).update(state=State.PROVEN)
    assert acts.end_series(cast.senior, weekly) == len(_posts(weekly)) - 1
    assert _times(weekly, State.PROVEN, State.CANCELLED) == _times(weekly)
    assert acts.extend(weekly.pk) == 0
    with pytest.raises(Conflict, match="has ended"):
        acts.end_series(cast.senior, weekly)


def test_this_and_all_after_it_go_on_by_another_rule(cast: Cast, weekly: Series):
    key = _posts(weekly)[2].wall_time
    tuesday = MONDAY + timedelta(days=8, hours=8)
    after = acts.change_from(cast.senior, weekly, key, _plan("FREQ=WEEKLY;BYDAY=TU", start=tuesday))
    assert _times(weekly, State.SCHEDULED) == [
        MONDAY.isoformat(),
        (MONDAY + timedelta(days=3)).isoformat(),
    ]
    assert _times(after)[:2] == [tuesday.isoformat(), (tuesday + timedelta(days=7)).isoformat()]
    assert (after.follows, after.edition_id) == (weekly, weekly.edition_id)
    assert acts.extend(weekly.pk) == 0  # nothing is made twice by the one that ended
    weekly.refresh_from_db()
    with pytest.raises(Conflict, match="repeats like this"):
        acts.start_series(cast.senior, after.piece, after.account, _plan("FREQ=WEEKLY;BYDAY=TU", start=tuesday))
    assert (weekly.ended_at, weekly.next_at) == (None, None)


def test_nothing_changes_when_the_new_rule_cannot_be(cast: Cast, weekly: Series):
    before = _times(weekly, State.SCHEDULED)
    with pytest.raises(Invalid, match="no such day before the end"):
        acts.change_from(cast.senior, weekly, before[1], _plan("FREQ=WEEKLY;BYDAY=TU", ends_on=MONDAY.date()))
    weekly.refresh_from_db()
    assert _times(weekly, State.SCHEDULED) == before and weekly.ends_on is None


def test_its_posts_show_what_was_approved_until_the_piece_is_taken_over(cast: Cast, account: Account):
    piece = pieces.piece(cast.junior)
    with pytest.raises(NotAllowed, match="needs a senior's approval"):
        acts.start_series(cast.specialist, piece, account, _plan())
    approve(cast.senior, freeze(piece))
    series = acts.start_series(cast.specialist, piece, account, _plan(ends_on=MONDAY.date()))
    Series.objects.filter(pk=series.pk).update(ends_on=None, next_at=timezone.now())
    change_piece(cast.junior, piece, text="The reef has woken up.")
    acts.extend(series.pk)
    assert {post.edition_id for post in _posts(series)} == {series.edition_id}  # also those made after the change
    with pytest.raises(NotAllowed, match="needs a senior's approval"):
        acts.take_over(cast.specialist, series)
    staged = _posts(series)[0]
    Target.objects.filter(pk=staged.pk).update(kept={"container": "1"})
    fresh = approve(cast.senior, freeze(Piece.objects.get(pk=piece.pk))).edition
    _row, left = acts.take_over(cast.specialist, series)
    series.refresh_from_db()
    assert left == 1 and series.edition == fresh
    assert [post.edition == fresh for post in _posts(series)] == [False] + [True] * (len(_posts(series)) - 1)


def test_no_further_posts_without_its_approval_or_the_one_who_planned_it(cast: Cast, account: Account):
    piece = pieces.piece(cast.junior)
    yes = approve(cast.senior, freeze(piece))
    series = acts.start_series(cast.specialist, piece, account, _plan(ends_on=MONDAY.date()))
    Series.objects.filter(pk=series.pk).update(ends_on=None, next_at=timezone.now())
    withdraw_approval(cast.senior, yes.edition)
    assert acts.extend(series.pk) == 0 and len(_posts(series)) == 1
    page = signed_in(cast.senior).get(f"/calendar/series/{series.pk}/").content.decode()
    assert "No further posts are made." in page and "needs a senior" in page
    approve(cast.senior, yes.edition)
    remove_member(cast.lead, cast.specialist.pk)
    assert acts.extend(series.pk) == 0
    acts.take_over(cast.senior, Series.objects.get(pk=series.pk))
    assert len(_posts(series)) > 10 and _posts(series)[-1].created_by == cast.senior


def test_closed_time_leaves_dates_out_and_ended_rights_are_foretold(cast: Cast, account: Account):
    closed = MONDAY.date() + timedelta(days=7)
    close_time(cast.lead, Closing(name="Fair", kind="days", starts_on=closed, is_strict=True))
    piece = pieces.photo_piece(cast, cast.senior)
    Licence.objects.update(ends_on=MONDAY.date() + timedelta(days=10))
    series = acts.start_series(cast.senior, piece, account, _plan("FREQ=WEEKLY"))
    [shut] = series.dates.exclude(why_none="")
    assert (shut.wall_time[:10], shut.why_none, shut.target) == (closed.isoformat(), Why.CLOSED, None)
    [ok, *failing] = [judge(post.pk) for post in _posts(series)]
    assert ok and ok.blocking_count == 0
    assert failing and all(one and one.blocking_count for one in failing)


def test_the_calendar_shows_dates_whose_posts_are_not_made_yet(cast: Cast, weekly: Series):
    start = timezone.now() + timedelta(days=100)
    found = shown.dates_between(cast.junior, start, start + timedelta(days=7), Wanted())
    assert len(found) == 2 and {one["state"] for one in found} == {"ahead"}
    assert shown.dates_between(cast.junior, timezone.now(), timezone.now() + timedelta(days=40), Wanted()) == []
    assert shown.dates_between(cast.stranger, start, start + timedelta(days=7), Wanted()) == []
    window = {"start": start.date().isoformat(), "end": (start + timedelta(days=7)).date().isoformat()}
    told = signed_in(cast.junior).get("/calendar/posts/", window).json()
    assert [one["url"] for one in told] == [f"/calendar/series/{weekly.pk}/"] * 2


# --- by page and by program


def _typed(account: Account, **more: Any) -> dict[str, Any]:
    form = {"at": f"{MONDAY:%Y-%m-%dT%H:%M}", "zone": BERLIN, "every": "1", "unit": "WEEKLY", "in_month": "day"}
    return {**form, "weekdays": ["MO", "TH"], "account": [account.pk], **more}


def test_a_person_sets_it_on_a_page_after_seeing_its_dates(cast: Cast, account: Account):
    piece, client = pieces.piece(cast.senior), signed_in(cast.senior)
    seen = client.get("/calendar/series/preview/", _typed(account, times="3")).content.decode()
    assert "Every Monday and Thursday at 09:00" in seen and "3 dates in all" in seen
    wrong = client.post(f"/pieces/{piece.pk}/series/new/", _typed(account, ends_on="2020-01-01"))
    assert wrong.status_code == 422 and "no such day before the end" in wrong.content.decode()
    done = client.post(f"/pieces/{piece.pk}/series/new/", _typed(account))
    series = Series.objects.get()
    assert done["Location"] == f"/calendar/series/{series.pk}/"
    page = client.get(done["Location"]).content.decode()
    assert "Every Monday and Thursday at 09:00" in page and "Leave out" in page
    first = _posts(series)[0].wall_time
    client.post(f"/calendar/series/{series.pk}/act/", {"act": "leave-out", "date": first})
    client.post(f"/calendar/series/{series.pk}/act/", {"act": "put-back", "date": first})
    tuesdays = _typed(
        account, date=_times(series)[4], at=f"{MONDAY + timedelta(days=15):%Y-%m-%dT%H:%M}", weekdays="TU"
    )
    assert client.post(f"/calendar/series/{series.pk}/follow/", tuesdays).status_code == 302
    after = Series.objects.get(follows=series)
    assert "every Tuesday" in client.get("/calendar/series/").content.decode()
    client.post(f"/calendar/series/{after.pk}/act/", {"act": "end"})
    assert _times(after, State.SCHEDULED) == []


def test_programs_do_the_same(cast: Cast, account: Account):
    client, piece = program(cast.senior), pieces.piece(cast.senior)
    plan = {"rule": "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20", "at": MONDAY.isoformat(), "zone": BERLIN}
    seen = client.post("/api/series/preview", plan, content_type=JSON).json()
    assert (seen["rule"], seen["count"], len(seen["dates"])) == ("FREQ=WEEKLY;BYDAY=MO,TH", 20, 12)
    sent = {**plan, "piece": piece.pk, "account": account.pk}
    made = client.post("/api/series", sent, content_type=JSON).json()
    assert made["words"].startswith("every Monday and Thursday at 09:00, until ")
    assert client.post("/api/series", sent, content_type=JSON).status_code == 409
    path = f"/api/series/{made['id']}"
    [first, *_rest] = client.get(f"{path}/dates").json()
    assert client.get(f"/api/posts/{first['post']}").json()["series"] == made["id"]
    for act in ("leave-out", "put-back"):
        assert client.post(f"{path}/{act}", {"date": first["date"]}, content_type=JSON).status_code == 200
    assert client.post(f"{path}/take-over").json()["version"] == made["version"]
    tuesday = {"rule": "FREQ=WEEKLY;BYDAY=TU", "at": (MONDAY + timedelta(days=15)).isoformat()}
    after = client.post(f"{path}/follow", {**tuesday, "date": _rest[3]["date"]}, content_type=JSON).json()
    assert (after["follows"], after["zone"]) == (made["id"], "Europe/Berlin")
    assert client.post(f"/api/series/{after['id']}/end", {}, content_type=JSON).json()["ended_at"]
    assert client.get("/api/series").json()["count"] == 2


def _asked(member: Member, series: Series) -> list[int]:
    page, api, path = signed_in(member), program(member), f"/api/series/{series.pk}"
    day, plan = {"date": _times(series)[0]}, {"rule": "FREQ=DAILY", "at": MONDAY.isoformat()}
    again = {**plan, "piece": series.piece_id, "account": series.account_id}
    answers = [
        page.get(f"/calendar/series/{series.pk}/"),
        page.get(f"/pieces/{series.piece_id}/series/new/"),
        page.post(f"/pieces/{series.piece_id}/series/new/", _typed(series.account)),
        page.post(f"/calendar/series/{series.pk}/act/", {"act": "end"}),
        page.post(f"/calendar/series/{series.pk}/follow/", {**_typed(series.account), **day}),
        api.get(path),
        api.get(f"{path}/dates"),
        api.post("/api/series", again, content_type=JSON),
        *(api.post(f"{path}/{act}", day, content_type=JSON) for act in ("leave-out", "put-back")),
        api.post(f"{path}/follow", {**plan, **day}, content_type=JSON),
        api.post(f"{path}/take-over"),
        api.post(f"{path}/end", {}, content_type=JSON),
    ]
    return [answer.status_code for answer in answers]


def test_it_refuses_strangers_and_guests(cast: Cast, weekly: Series):
    before = _times(weekly, State.SCHEDULED)
    assert set(_asked(cast.stranger, weekly)) == {404}
    assert set(_asked(cast.guest, weekly)) <= {302, 403, 404}
    assert set(_asked(cast.junior, weekly)[3:5]) <= {403, 422}  # the piece was never approved
    assert signed_in(cast.stranger).get("/calendar/series/").status_code == 200
    assert program(cast.stranger).get("/api/series").json()["count"] == 0
    assert _times(weekly, State.SCHEDULED) == before
