"""Targets, as far as the asker may see them, and what the ticker has to look at."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import Licence
from crosscut.apps.publish.models import Canary, Hold, Target
from crosscut.kernel.errors import NotFound

_TICKED = (
    Target.State.SCHEDULED,
    Target.State.UNKNOWN,
    Target.State.SENT,
    Target.State.PROVEN,
    Target.State.RECALLING,
)


def targets_for(member: Member) -> QuerySet[Target]:
    """The workspace's targets with what a card shows; none for guests."""
    rows = Target.objects.filter(workspace=member.workspace_id).select_related("piece__campaign", "account")
    return rows.none() if member.role == Role.GUEST else rows


def target_for(member: Member, target_id: int) -> Target:
    """One target. Raises NotFound."""
    row = targets_for(member).select_related("edition", "created_by__user").filter(pk=target_id).first()
    if row is None:
        raise NotFound("There is no such post in this workspace.")
    return row


def targets_between(member: Member, start: datetime, end: datetime) -> QuerySet[Target]:
    """What is due in [start, end), for the calendar: everything but the cancelled, in time order."""
    rows = targets_for(member).filter(due_at__gte=start, due_at__lt=end)
    return rows.exclude(state=Target.State.CANCELLED).order_by("due_at", "id")


def troubled_for(member: Member) -> QuerySet[Target]:
    """What is wrong and needs somebody, the most urgent first."""
    rows = targets_for(member).filter(
        Q(state__in=[Target.State.UNKNOWN, Target.State.BLOCKED, Target.State.REFUSED], piece__archived_at=None)
        | Q(state=Target.State.SENT, problem__gt="")
    )
    return rows.order_by("-needs_person", "due_at", "id")


def active_holds(workspace_id: int) -> QuerySet[Hold]:
    """The holds in force, newest first."""
    rows = Hold.objects.filter(workspace=workspace_id, lifted_at=None)
    return rows.select_related("placed_by__user", "campaign").order_by("-placed_at")


def hold_on(target: Target) -> Hold | None:
    """The hold that stops this target, or None."""
    scope = Hold.Scope
    return (
        active_holds(target.workspace_id)
        .filter(
            Q(scope=scope.WORKSPACE)
            | Q(scope=scope.CAMPAIGN, campaign=target.piece.campaign_id)
            | Q(scope=scope.CHANNEL, value=target.account.channel)
            | Q(scope=scope.TOPIC, value__in=target.edition.content.get("tags", []))
        )
        .first()
    )


def due_targets(now: datetime, limit: int = 500) -> list[tuple[int, str]]:
    """Ids and states of what the ticker should hand to workers now, the longest waiting first."""
    rows = Target.objects.filter(state__in=_TICKED, next_at__lte=now).order_by("next_at", "id")
    return list(rows.values_list("pk", "state")[:limit])


def rights_suspects() -> list[int]:
    """Ids of planned and live targets with an asset of which a licence has ended, is about to, or was withdrawn.

    Only suspects: another licence may still cover the asset, and zones differ by up to a day.
    """
    tomorrow = timezone.now().date() + timedelta(days=1)
    ended = Licence.objects.filter(Q(ends_on__lt=tomorrow) | Q(withdrawn_at__isnull=False))
    rows = Target.objects.filter(
        state__in=(Target.State.SCHEDULED, *Target.LIVE_STATES),
        edition__media__version__asset__in=ended.values("asset"),
    )
    return list(rows.values_list("pk", flat=True).distinct())


def last_canary() -> Canary | None:
    """The last test post that went through."""
    return Canary.objects.exclude(sent_at=None).order_by("-due_at").first()
