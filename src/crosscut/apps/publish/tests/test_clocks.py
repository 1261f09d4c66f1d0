"""Zone rules change under planned posts: what clocks show stays, the moment moves, and what is sent stays as it is."""

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import TZPATH, reset_tzpath

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.produce.tests import made
from crosscut.apps.publish.models import Forecast, Target
from crosscut.apps.publish.services import clocks
from crosscut.apps.publish.services.forecast import judge
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import account_of
from crosscut.kernel import zones

pytestmark = pytest.mark.django_db
ZONE = "Reef/Lagoon"
DAY = (timezone.now() + timedelta(days=9)).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
Rules = Callable[[str], None]


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Rules]:
    """Installs a table of zones in which the lagoon's clocks go by such a rule (POSIX TZ: "<+03>-3")."""

    def install(rule: str) -> None:
        folder = tmp_path / str(abs(hash(rule)))
        file = folder / ZONE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_table(rule))
        reset_tzpath([folder, *before])

    before = TZPATH
    yield install
    reset_tzpath(before)
    zones.read_anew()


def _table(rule: str) -> bytes:
    """A TZif file of version 2 without transitions, whose footer says it all (RFC 9636)."""
    offset_s = -3600 * int(rule.partition(">")[2].partition("<")[0])
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = head + struct.pack(">lbb", offset_s, 0, 0) + b"LMT\0"
    return block + block + b"\n" + rule.encode() + b"\n"


def _planned(cast: Cast, *, days: int = 0, state: str = Target.State.SCHEDULED) -> Target:
    piece = made.piece(cast.senior, text=f"The reef on day {days}.")
    at = DAY + timedelta(days=days)
    account = Account.objects.filter(workspace=cast.workspace).first() or account_of(cast.workspace)
    target = schedule(cast.senior, piece, account, wall_time=at, zone=ZONE)
    Target.objects.filter(pk=target.pk).update(state=state)
    return target


def _moment(target: Target) -> datetime:
    return Target.objects.get(pk=target.pk).due_at


def test_planned_posts_follow_their_clocks_and_what_is_sent_does_not(cast: Cast, rules: Rules) -> None:
    rules("<+03>-3")
    zones.read_anew()
    planned, staging = _planned(cast), _planned(cast, days=1, state=Target.State.STAGING)
    sending = _planned(cast, days=2, state=Target.State.SENDING)
    leased = Target.objects.get(pk=staging.pk).next_at
    assert _moment(planned) == (DAY - timedelta(hours=3)).replace(tzinfo=UTC)
    assert clocks.resolve_anew() == 0, "the rules are as they were"
    rules("<+04>-4")
    assert clocks.resolve_anew() == 2
    row = Target.objects.get(pk=planned.pk)
    assert row.due_at == row.next_at == (DAY - timedelta(hours=4)).replace(tzinfo=UTC)
    assert row.wall_time == DAY.isoformat()
    moved = Target.objects.get(pk=staging.pk)
    assert (moved.due_at, moved.next_at) == (staging.due_at - timedelta(hours=1), leased), "its step's lease stays"
    assert _moment(sending) == sending.due_at
    assert clocks.resolve_anew() == 0
    page = signed_in(cast.junior).get(f"/posts/{planned.pk}/").content.decode()
    assert "Its moment was worked out anew" in page and "Clocks in Reef/Lagoon follow other rules" in page


def test_a_time_that_is_skipped_by_now_keeps_its_moment_and_the_forecast_tells(cast: Cast, rules: Rules) -> None:
    rules("<+03>-3")
    zones.read_anew()
    target = _planned(cast)
    week, weekday = (DAY.day - 1) // 7 + 1, DAY.isoweekday() % 7
    begins, ends = f"M{DAY.month}.{week}.{weekday}/8:30", f"M{DAY.month % 12 + 1}.5.0/9"
    rules(f"<+03>-3<+05>-5,{begins},{ends}")  # clocks jump from 8:30 to 10:30 that morning
    assert clocks.resolve_anew() == 0 and _moment(target) == target.due_at
    judge(target.pk)
    [found] = [one for one in Forecast.objects.get(target=target).findings if one["code"] == "time.skipped"]
    assert "Clocks in Reef/Lagoon skip" in found["message"]
