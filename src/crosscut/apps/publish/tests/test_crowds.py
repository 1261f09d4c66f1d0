"""Full days, hours and lists of the calendar: a few one by one, the others counted, none twice and none left out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.produce.models import Piece
from crosscut.apps.publish.models import Forecast, Hold, Target
from crosscut.apps.publish.tests import made

WINDOW = {"start": "2036-11-01T00:00:00", "end": "2036-12-13T00:00:00"}
AT = datetime(2036, 11, 24, 9, 0, tzinfo=UTC)
BY_DAY, BY_HOUR = {"per": "day", "few": "4"}, {"per": "hour", "few": "3"}


def _asked(cast: Cast, **asked: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = signed_in(cast.lead).get("/calendar/posts/", {**WINDOW, **asked}).json()
    return told


def _full_day(cast: Cast, count: int, *, minutes: int = 7) -> list[Target]:
    """So many posts of one day, one after the other, and a piece that is wished for early on it."""
    posts = made.many_posts(cast, count, start=AT)
    for number, post in enumerate(posts):
        post.due_at, post.state = AT + timedelta(minutes=minutes * number), Target.State.SCHEDULED
    Target.objects.bulk_update(posts, ["due_at", "state"])
    Piece.objects.create(workspace=cast.workspace, title="Corals", owner=cast.senior, wished_at=AT - timedelta(hours=2))
    return posts


def test_of_a_full_day_the_first_few_are_told_and_of_the_others_how_many_in_which_state(cast: Cast):
    posts = _full_day(cast, 12)
    Target.objects.filter(pk=posts[-1].pk).update(state="blocked")
    *shown, rest = _asked(cast, **BY_DAY)
    assert [one["id"] for one in shown] == [f"piece-{Piece.objects.get(title='Corals').pk}"] + [
        str(post.pk) for post in posts[:3]
    ]
    assert (rest["title"], rest["rest"]["count"], rest["rest"]["day"]) == ("and 9 more", 9, "2036-11-24")
    assert [(one["word"], one["count"]) for one in rest["rest"]["states"]] == [("Blocked", 1), ("Scheduled", 8)]
    page = signed_in(cast.lead).get(rest["url"]).content.decode()
    assert all(f"/posts/{post.pk}/" in page for post in posts)


def test_a_day_with_one_more_than_a_few_is_told_whole(cast: Cast):
    _full_day(cast, 4)
    assert not [one for one in _asked(cast, **BY_DAY) if "rest" in one]


def test_a_full_hour_is_one_entry_and_the_others_stand_one_by_one(cast: Cast):
    _full_day(cast, 12)  # 10:00 to 11:17 in Berlin: nine in the first hour, three in the second
    told = _asked(cast, **BY_HOUR)
    [rest] = [one for one in told if "rest" in one]
    assert (rest["title"], rest["rest"]["from"]) == ("9 entries", "2036-11-24T10:00:00+01:00")
    assert rest["end"] == "2036-11-24T11:00:00+01:00"
    assert len(told) == 1 + 1 + 3  # the piece at eight, the card, the second hour's


def test_what_would_not_go_out_and_what_is_held_counts_also_among_those_that_are_not_shown(cast: Cast):
    posts = _full_day(cast, 12)
    judged = {"judged_at": AT, "account_state": Account.State.CONNECTED, "specs": "x", "blocking_count": 1}
    Forecast.objects.create(target=posts[8], due_at=posts[8].due_at, **judged)
    Forecast.objects.create(target=posts[9], due_at=AT - timedelta(days=9), **judged)  # of a time it has no more
    Forecast.objects.create(target=posts[0], due_at=posts[0].due_at, **judged)  # shown, not counted
    Hold.objects.create(workspace=cast.workspace, reason="Storm", scope="channel", value="site")
    rest = _asked(cast, **BY_DAY)[-1]["rest"]
    assert rest["at_risk"] == 1
    assert [(one["state"], one["count"]) for one in rest["states"]] == [("held", 5), ("scheduled", 4)]


def test_a_list_comes_in_pages_that_hold_everything_once(cast: Cast):
    made.many_posts(cast, 60, start=AT)
    whole = sorted(_asked(cast), key=lambda one: one["start"])
    read: list[dict[str, Any]] = []
    for skip in range(0, 60, 20):
        page = _asked(cast, first="20", skip=str(skip))
        left = page.pop()["rest"]["count"] if "rest" in page[-1] else 0
        assert left == max(0, len(whole) - skip - 20)
        read += page
    assert [one["id"] for one in read] == [one["id"] for one in whole]


def test_filters_narrow_what_is_counted_and_go_along_to_the_day(cast: Cast):
    _full_day(cast, 20)
    rest = _asked(cast, **BY_DAY, channel="site")[-1]
    assert rest["rest"]["count"] == 6
    assert rest["url"] == "/calendar/?view=listDay&date=2036-11-24&channel=site"


@pytest.mark.parametrize("asked", [BY_DAY, BY_HOUR, {"first": "10"}])
def test_strangers_and_guests_are_told_nothing_of_it(cast: Cast, asked: dict[str, str]):
    _full_day(cast, 12)
    assert signed_in(cast.stranger).get("/calendar/posts/", {**WINDOW, **asked}).json() == []
    assert signed_in(cast.guest).get("/calendar/posts/", {**WINDOW, **asked}).status_code == 302


def test_ten_times_as_many_take_no_more_questions(cast: Cast, django_assert_max_num_queries):
    _full_day(cast, 200, minutes=2)
    client = signed_in(cast.lead)
    client.get("/calendar/posts/", WINDOW)
    with django_assert_max_num_queries(12):
        assert len(client.get("/calendar/posts/", {**WINDOW, **BY_DAY}).json()) == 5


def test_the_list_without_scripts_goes_on_where_it_ended(cast: Cast):
    posts = _full_day(cast, 120, minutes=2)
    client, found = signed_in(cast.lead), set()
    for skip in ("", "100"):
        page = client.get(f"/calendar/?view=listDay&date=2036-11-24&skip={skip}").content.decode()
        found |= {post.pk for post in posts if f"/posts/{post.pk}/" in page}
        assert ("Go on" in page) is (skip == "")
    assert found == {post.pk for post in posts}
