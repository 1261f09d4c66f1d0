"""What was measured. A number always comes with what it is made of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.measure.models import PageCount, Sample
from crosscut.apps.plan.models import Campaign, KeyResult
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import target_for
from crosscut.specs.metrics import Definition, definition


@dataclass(frozen=True, kw_only=True)
class Value:
    """One metric of one target."""

    target: Target
    metric: str
    value: int
    as_of: datetime | None  # when the source said so; None for our own counter, which is always now


@dataclass(frozen=True, kw_only=True)
class Result:
    """How far a key result is."""

    key_result: KeyResult
    meaning: Definition
    value: int | None  # the sum over the targets that told; None when none did
    goal: Decimal
    told: int  # how many targets told a number
    asked: int  # how many live targets the metric could be told of
    as_of: datetime | None  # the oldest of the newest samples: the sum is not newer than this

    @property
    def share(self) -> float | None:
        """The value as a share of the goal, 0 to more than 1."""
        return None if self.value is None else float(self.value / self.goal)


def values_of(targets: Iterable[Target]) -> list[Value]:
    """The newest value of every metric of the targets; a metric nobody told is left out."""
    by_id = {target.pk: target for target in targets}
    samples = (
        Sample.objects.filter(target__in=by_id)
        .order_by("target_id", "metric", "-sampled_at")
        .distinct("target_id", "metric")
        .values_list("target_id", "metric", "value", "sampled_at")
    )
    told = [Value(target=by_id[pk], metric=metric, value=value, as_of=at) for pk, metric, value, at in samples]
    return told + _counted(list(by_id.values()))


def result_of(key_result: KeyResult, values: list[Value], *, asked: int) -> Result:
    """The key result's value as the sum over its metric's values."""
    own = [value for value in values if value.metric == key_result.metric]
    stamps = [value.as_of for value in own if value.as_of]
    return Result(
        key_result=key_result,
        meaning=definition(key_result.metric, timezone.now().date()),
        value=sum(value.value for value in own) if own else None,
        goal=key_result.goal,
        told=len(own),
        asked=asked,
        as_of=min(stamps) if stamps else None,
    )


def results_of(campaign: Campaign) -> list[Result]:
    """Every key result of the campaign with its value, goal and what it is made of."""
    live = list(
        Target.objects.filter(piece__campaign=campaign, state__in=Target.LIVE_STATES).select_related("account", "piece")
    )
    values = values_of(live)
    return [
        result_of(key_result, values, asked=sum(_could_tell(target, key_result.metric) for target in live))
        for key_result in campaign.key_results.all()
    ]


@dataclass(frozen=True, kw_only=True)
class Point:
    """The last value of a metric of a target on one day."""

    target_id: int
    metric: str
    on: date
    value: int


def points_of(targets: Iterable[Target], *, metric: str = "", zone: str = "UTC") -> list[Point]:
    """One value a day, metric and target, in the order of the days: what a chart is drawn from."""
    rows = Sample.objects.filter(target__in=[target.pk for target in targets])
    if metric:
        rows = rows.filter(metric=metric)
    rows = rows.annotate(on=TruncDate("sampled_at", tzinfo=ZoneInfo(zone)))
    last = rows.order_by("on", "metric", "target_id", "-sampled_at").distinct("on", "metric", "target_id")
    found = last.values_list("target_id", "metric", "on", "value")
    return [Point(target_id=pk, metric=name, on=on, value=value) for pk, name, on, value in found]


def totals_by_day(points: Iterable[Point]) -> list[tuple[date, str, int]]:
    """Day, metric and the sum over the targets, each target with its newest value until that day.

    >>> day = date(2026, 11, 22)
    >>> likes = [Point(target_id=n, metric="likes", on=day.replace(day=22 + n), value=10 * n + 1) for n in (0, 1)]
    >>> [(on.day, total) for on, _metric, total in totals_by_day(likes)]
    [(22, 1), (23, 12)]
    """
    newest: dict[str, dict[int, int]] = defaultdict(dict)
    totals: dict[tuple[date, str], int] = {}
    for point in points:
        newest[point.metric][point.target_id] = point.value
        totals[point.on, point.metric] = sum(newest[point.metric].values())
    return [(on, metric, total) for (on, metric), total in totals.items()]


def samples_for(member: Member, target_id: int, *, metric: str = "") -> QuerySet[Sample]:
    """What was measured of one of the workspace's posts, newest first. Raises NotFound for the post."""
    rows = Sample.objects.filter(target=target_for(member, target_id)).order_by("-sampled_at", "-id")
    return rows.filter(metric=metric) if metric else rows


def _could_tell(target: Target, metric: str) -> bool:
    return metric.partition(".")[0] == target.account.channel


def _counted(targets: list[Target]) -> list[Value]:
    """Our own counter's totals for targets that are pages of ours."""
    by_path = {urlsplit(target.url).path: target for target in targets if target.url}
    sums = (
        PageCount.objects.filter(workspace__in={target.workspace_id for target in targets}, path__in=by_path)
        .values("path", "metric")
        .annotate(total=Sum("value"))
        .values_list("path", "metric", "total")
    )
    return [Value(target=by_path[path], metric=metric, value=total, as_of=None) for path, metric, total in sums]
