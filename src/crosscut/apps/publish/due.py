"""What is to go out, or to be looked at, now: for the ticker and the workers, of all workspaces."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import FirstValue, RowNumber
from django.utils import timezone

from crosscut.apps.publish.holding import holds_now
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.queries import STOPPED, in_somebodys_hands

# What is looked at one by one when its time has come; what is to be sent is taken by accounts.
WORK_STATES = (
    Target.State.STAGING,
    Target.State.PARTLY,
    Target.State.HANDED,
    Target.State.UNKNOWN,
    Target.State.RECALLING,
)
READ_STATES = (*WORK_STATES, *Target.LIVE_STATES)
RUSH = 10  # accounts with posts due at one moment


def due_targets(now: datetime, states: Iterable[str] = READ_STATES, limit: int = 500) -> list[tuple[int, str]]:
    """Ids and states of what the ticker should hand to workers now, one by one, the longest waiting first."""
    rows = Target.objects.filter(state__in=list(states), next_at__lte=now).exclude(STOPPED).order_by("next_at", "id")
    return list(rows.values_list("pk", "state")[:limit])


def waiting_posts(by: datetime) -> QuerySet[Target]:
    """What is due by then and not held."""
    return holds_now().others(Target.objects.filter(state=Target.State.SCHEDULED, next_at__lte=by))


def due_posts(by: datetime) -> QuerySet[Target]:
    """What may go out by then: due, not held, of accounts that send nothing just now."""
    busy = Target.objects.filter(state=Target.State.SENDING, account=OuterRef("account"))
    return waiting_posts(by).exclude(Exists(busy))


def lines_of_accounts(rows: QuerySet[Target], most: int, *, each: int = 1) -> list[list[int]]:
    """Ids of the first `each` of the posts of `most` accounts, by account: that whose post is longest due first."""
    due = ("due_at", "pk")
    places = rows.order_by().annotate(
        place=Window(RowNumber(), partition_by="account_id", order_by=due),
        first_at=Window(FirstValue("due_at"), partition_by="account_id", order_by=due),
    )
    lines: dict[int, list[int]] = {}
    found = places.filter(place__lte=each).values_list("first_at", "account_id", "place", "pk")
    for _first_at, account_id, _place, pk in sorted(found):
        lines.setdefault(account_id, []).append(pk)
    return list(lines.values())[:most]


def count_accounts(rows: QuerySet[Target]) -> int:
    """How many accounts the posts are of."""
    return rows.order_by().values("account").distinct().count()


def is_rush() -> bool:
    """Whether many accounts have posts that should go out now: what can wait waits then."""
    return count_accounts(waiting_posts(timezone.now())) >= RUSH


def jobs_by_target() -> dict[int, int | None]:
    """The targets that a worker is sending, each with the queue's number of the work that has it."""
    rows = Target.objects.filter(state=Target.State.SENDING).exclude(attempts__in=in_somebodys_hands())
    tries = Attempt.objects.filter(target=OuterRef("pk")).exclude(state=Attempt.State.REFUSED).order_by("-number")
    return dict(rows.annotate(job=Subquery(tries.values("job")[:1])).values_list("pk", "job"))


def targets_of_job(job_id: int | None) -> list[int]:
    """The targets that this work of the queue is sending."""
    return [target_id for target_id, job in jobs_by_target().items() if job == job_id]
