"""What will fail on Tuesday is known today: each planned post is judged for its own time after every change."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.services.clear import Terms, add_licence, change_licence
from crosscut.apps.preflight.closed_times import Closing, close_time
from crosscut.apps.preflight.threads import of_part
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import foretold_of
from crosscut.apps.publish.metrics import collect
from crosscut.apps.publish.models import Allowance, Forecast, Target
from crosscut.apps.publish.services import allowance, forecast
from crosscut.apps.publish.services.forecast import judge, judge_stale
from crosscut.apps.publish.services.schedule import reschedule, schedule
from crosscut.apps.publish.tests.world import account_of
from crosscut.kernel.findings import Level, kept
from crosscut.specs.sentences import say

TEXT = "Six things you can do for the reef before breakfast, and why the sea will notice."


@pytest.fixture
def account(cast: Cast) -> Account:
    return account_of(cast.workspace)


def _planned(cast: Cast, account: Account, *, days: float = 3, text: str = TEXT) -> Target:
    piece = pieces.piece(cast.senior, text=text)
    at = (timezone.now() + timedelta(days=days)).replace(tzinfo=None, second=0, microsecond=0)
    return schedule(cast.senior, piece, account, wall_time=at, zone="UTC")


def _codes(target: Target) -> set[str]:
    judge_stale()
    return {found["code"] for found in Forecast.objects.get(target=target).findings}


def test_a_planned_post_is_judged_once_until_something_changes(cast: Cast, account: Account):
    target = _planned(cast, account)
    assert [judge_stale(), judge_stale()] == [1, 0]
    Forecast.objects.update(judged_at=timezone.now() - timedelta(days=1, hours=1))
    assert [judge_stale(), judge_stale()] == [1, 0]  # a night has passed
    at = (target.due_at + timedelta(days=1)).replace(tzinfo=None)
    reschedule(cast.senior, target, wall_time=at, zone="UTC")
    assert judge_stale() == 1


def test_new_rules_judge_everything_anew(cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch):
    _planned(cast, account)
    judge_stale()
    for module in (forecast, queries):
        monkeypatch.setattr(module, "data_digest", lambda: "0" * 64)
    assert [judge_stale(), judge_stale()] == [1, 0]


def test_a_licence_that_was_shortened_is_foretold(cast: Cast, account: Account):
    piece = pieces.photo_piece(cast)
    asset = piece.media.get().asset
    licence = asset.licences.get()
    at = (timezone.now() + timedelta(days=5)).replace(tzinfo=None)
    target = schedule(cast.senior, piece, account, wall_time=at, zone="UTC")
    assert "rights.expired" not in _codes(target)
    end = timezone.localdate() + timedelta(days=2)
    change_licence(cast.senior, licence.pk, Terms(holder="Reef Watch", terms="Own work", ends_on=end))
    assert {code for code in _codes(target) if code.startswith("rights.")}
    assert Forecast.objects.get(target=target).blocking_count == 1
    add_licence(cast.senior, asset.pk, Terms(holder="Reef Watch", terms="Own work"))
    _codes(target)
    assert Forecast.objects.get(target=target).blocking_count == 0


@pytest.mark.parametrize(
    ("account_is", "code"),
    [
        ({"state": Account.State.RECONNECT}, "account.reconnect"),
        ({"token_expires_at": timezone.now() + timedelta(days=1)}, "account.login_ends"),
    ],
)
def test_a_login_that_ends_before_is_foretold(cast: Cast, account: Account, account_is: dict[str, Any], code: str):
    target = _planned(cast, account)
    judge_stale()
    Account.objects.filter(pk=account.pk).update(**account_is, connected_at=timezone.now())
    assert code in _codes(target)
    home = signed_in(cast.lead).get("/").content.decode()
    assert f"/posts/{target.pk}/" in home and "Would not go out" in home


def test_a_login_that_is_renewed_by_itself_is_no_trouble(cast: Cast, account: Account):
    soon = timezone.now() + timedelta(days=1)
    Account.objects.filter(pk=account.pk).update(token_expires_at=soon, renew_at=soon)
    assert "account.login_ends" not in _codes(_planned(cast, account))


def test_what_goes_beyond_an_allowance_is_told_to_wait(cast: Cast, account: Account):
    first = _planned(cast, account, days=3)
    second = _planned(cast, account, days=3.1, text="Quite another thing altogether, about a boat.")
    judge_stale()
    Allowance.objects.create(account=account, name="posts", used=0, total=1, window_s=86_400, told_at=timezone.now())
    assert ("account.allowance" in _codes(first), "account.allowance" in _codes(second)) == (False, True)


def test_neighbours_too_close_in_time_or_words_are_told(cast: Cast, account: Account):
    first = _planned(cast, account)
    close = _planned(cast, account, days=3 + 5 / 1440, text="Quite another thing altogether, about a boat.")
    alike = _planned(cast, account, days=9, text=TEXT.replace("breakfast", "lunch"))
    far = _planned(cast, account, days=60, text=TEXT)
    assert "time.collision" in _codes(close)
    assert {"time.collision", "text.alike"} & _codes(alike) == {"text.alike"}
    assert not {"time.collision", "text.alike"} & _codes(far)
    assert "text.alike" not in _codes(first)
    page = signed_in(cast.junior).get(f"/posts/{alike.pk}/").content.decode()
    assert "It says nearly the same as" in page


def test_time_that_is_closed_later_is_foretold(cast: Cast, account: Account):
    target = _planned(cast, account)
    judge_stale()
    day = target.due_at.date()
    close_time(
        cast.lead, Closing(name="Fair", kind="days", starts_on=day, ends_on=day + timedelta(days=1), is_strict=True)
    )
    assert "time.closed" in _codes(target)
    window = {"start": f"{date.today()}T00:00:00", "end": f"{date.today() + timedelta(days=20)}T00:00:00"}
    [event] = signed_in(cast.junior).get("/calendar/posts/", window).json()
    assert event["is_at_risk"] and "must be repaired" in event["problem"]


def test_programs_and_the_keeper_are_told(cast: Cast, account: Account):
    target = _planned(cast, account)
    Account.objects.filter(pk=account.pk).update(state=Account.State.RECONNECT)
    judge(target.pk)
    asked = f"/api/posts/{target.pk}/forecast"
    told = program(cast.junior).get(asked).json()
    assert (told["blocking"], told["findings"][0]["code"]) == (1, "account.reconnect")
    assert program(cast.junior).get("/api/forecasts").json()["items"] == [told]
    assert Client().get(asked).status_code == 401
    assert [program(who).get(asked).status_code for who in (cast.stranger, cast.guest)] == [404, 404]
    assert [program(who).get("/api/forecasts").json()["count"] for who in (cast.stranger, cast.guest)] == [0, 0]
    failing = next(family for family in collect() if family.name == "crosscut_posts_failing")
    assert failing.samples[0].value == 1


def test_what_waits_no_more_is_not_judged(cast: Cast, account: Account):
    target = _planned(cast, account)
    Target.objects.filter(pk=target.pk).update(state=Target.State.SENT)
    assert judge(target.pk) is None
    assert judge_stale() == 0


def test_each_part_of_a_thread_counts_and_answers_apart_where_the_channel_counts_them_so(
    cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch
):
    first = _planned(cast, account, days=3)
    thread = _planned(cast, account, days=3.1, text="Quite another thing altogether, about a boat.")
    Target.objects.filter(pk=thread.pk).update(part_count=3)
    told = {"account": account, "used": 0, "window_s": 86_400, "told_at": timezone.now()}
    Allowance.objects.create(name="posts", total=3, **told)
    assert ("account.allowance" in _codes(first), "account.allowance" in _codes(thread)) == (False, True)
    found = Forecast.objects.get(target=thread).findings
    assert "the last part of this is number 4" in next(one["message"] for one in found if "allowance" in one["code"])
    Allowance.objects.create(name="replies", total=2, **told)
    judge(thread.pk)
    assert "account.allowance" not in _codes(thread), "one post and two answers"
    Allowance.objects.filter(name="replies").update(total=1)
    judge(thread.pk)
    found = Forecast.objects.get(target=thread).findings
    assert "1 answers in 24 hours" in next(one["message"] for one in found if "allowance" in one["code"])
    other = Target.objects.select_related("account").get(pk=thread.pk)
    lefts = allowance.lefts_of([account])
    assert allowance.shortage_of(other, lefts) is None, "it never has room for all: it goes part by part"
    Allowance.objects.filter(name="replies").update(total=2, used=1)
    short = allowance.shortage_of(other, allowance.lefts_of([account]))
    assert short is not None and "2 answers in 24 hours" in allowance.words(account, short)


def test_what_is_foretold_of_a_part_is_said_in_the_readers_language(cast: Cast, account: Account):
    target = _planned(cast, account)
    judge(target.pk)
    part = of_part(say("text.missing", Level.ADVICE, place="Bluesky"), 2)
    row = Forecast.objects.get(target=target)
    row.findings = kept([part])
    row.save()
    [again] = foretold_of(Target.objects.select_related("forecast").get(pk=target.pk))
    assert again.said_in(_Loud()).message == "PART 2: THERE ARE NO WORDS, AND Bluesky NEEDS SOME."


class _Loud:
    """A translation that can be heard: templates in capitals, names in braces as they are."""

    def gettext(self, message: str) -> str:
        return "".join(one if one.startswith("{") else one.upper() for one in re.split(r"(\{.*?\})", message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)
