"""Taking samples: asking channels for their numbers, and counting visits to our own pages."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.measure.models import Sample
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import parts_named
from crosscut.channels.protocol import CanCount, Context, Count
from crosscut.channels.registry import adapter
from crosscut.kernel.errors import CrosscutError, Invalid, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs.metrics import definition, of_parts

# How long to wait before the next sample, by the post's age: numbers move fast at first.
_PACE = (
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(days=2), timedelta(hours=1)),
    (timedelta(days=30), timedelta(hours=12)),
    (timedelta(days=365), timedelta(days=7)),
)
COUNTED = ("site.page_views", "podcast.downloads")


def collect(target_id: int) -> tuple[Sample, ...]:
    """Asks the channel for the target's numbers now and keeps them; of what it does not tell, nothing is kept."""
    target = Target.objects.select_related("account").filter(pk=target_id, state__in=Target.LIVE_STATES).first()
    channel_adapter = adapter(target.account.channel) if target else None
    if target is None or not target.remote_id or not isinstance(channel_adapter, CanCount):
        return ()
    try:
        with context_for(target.account) as context:
            counts = _counts(channel_adapter, context, target)
    except CrosscutError as error:
        note_exchange(target.account, False, error)
        return ()
    note_exchange(target.account, True)
    return keep(target, counts)


def _counts(place: CanCount, context: Context, target: Target) -> tuple[Count, ...]:
    """The post's numbers; of a thread what the definition of each says, where every part told it."""
    if target.part_count - target.has_comment == 1:
        return place.counts(context, target.remote_id)
    told: dict[str, list[int]] = {}
    names = parts_named(target)
    for remote_id in names:
        for count in place.counts(context, remote_id):
            told.setdefault(count.metric, []).append(count.value)
    on = timezone.now().date()
    whole = {metric: values for metric, values in told.items() if len(values) == len(names)}
    return tuple(Count(metric=metric, value=of_parts(metric, on, values)) for metric, values in whole.items())


@transaction.atomic
def keep(target: Target, counts: tuple[Count, ...]) -> tuple[Sample, ...]:
    """Stores the counts as samples of now. Raises NotFound for a metric nobody has defined."""
    now = timezone.now()
    for count in counts:
        definition(count.metric, now.date())
    samples = [Sample(target=target, metric=count.metric, value=count.value, sampled_at=now) for count in counts]
    return tuple(Sample.objects.bulk_create(samples))


def due_for_sampling(limit: int = 200) -> list[int]:
    """Ids of live targets whose channel tells numbers and whose last sample is old enough for their age."""
    now = timezone.now()
    rows = Target.objects.filter(state__in=Target.LIVE_STATES, sent_at__gt=now - _PACE[-1][0], remote_id__gt="")
    rows = rows.select_related("account")
    latest = dict(
        Sample.objects.filter(target__in=rows, sampled_at__gt=now - timedelta(days=8))
        .order_by("target_id", "-sampled_at")
        .distinct("target_id")
        .values_list("target_id", "sampled_at")
    )
    due = []
    for target in rows.iterator():
        age = now - target.sent_at if target.sent_at else timedelta(0)
        pace = next((pace for limit_age, pace in _PACE if age <= limit_age), _PACE[-1][1])
        is_old = target.pk not in latest or now - latest[target.pk] >= pace
        if is_old and isinstance(adapter(target.account.channel), CanCount):
            due.append(target.pk)
    return due[:limit]


def count_visit(workspace: Workspace, address: str, metric: str) -> None:
    """Adds one to the page's count of today. The address's path is kept, nothing about the visitor is.

    Raises Invalid for a metric we do not count or what is no path, NotFound for a page that is not ours.
    """
    if metric not in COUNTED:
        raise Invalid.at("metric", phrase("There is no such counter."))
    path = urlsplit(address).path
    if not path.startswith("/") or len(path) > 300:
        raise Invalid.at("path", phrase("This is no address of a page."))
    if not Target.objects.filter(workspace=workspace, url__endswith=path, state__in=Target.LIVE_STATES).exists():
        raise NotFound(phrase("We have no such page."))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into measure_pagecount (workspace_id, path, day, metric, value) values (%s, %s, %s, %s, 1) "
            "on conflict (workspace_id, path, day, metric) do update set value = measure_pagecount.value + 1",
            [workspace.pk, path, timezone.now().date(), metric],
        )
