"""Targets, as far as the asker may see them, and what the ticker has to look at."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Account, AuditEvent, Member, Role
from crosscut.apps.library.models import Asset, Placement, Rendition
from crosscut.apps.library.queries import ending_in
from crosscut.apps.library.services.holdings import HELD, doubtful_assets
from crosscut.apps.plan.models import Campaign
from crosscut.apps.preflight.models import Check, ClosedTime, ForeignCalendar, HolidayCalendar, Waiver
from crosscut.apps.preflight.queries import checks_of
from crosscut.apps.produce.models import Approval, EditionMedia, Piece
from crosscut.apps.publish.holding import holds_now
from crosscut.apps.publish.models import (
    Allowance,
    Attempt,
    Canary,
    Copy,
    Forecast,
    Hold,
    PostImport,
    Proof,
    Series,
    Takedown,
    Target,
)
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs.house import house
from crosscut.specs.loading import data_digest

LATE_AFTER = timedelta(minutes=5)  # what is due and has not gone out by then is something to worry about
LATE_BY_HAND = timedelta(minutes=30)  # a person needs longer
STOPPED = Q(state=Target.State.PARTLY, needs_person=True)  # threads that a person lets go on


def targets_for(member: Member) -> QuerySet[Target]:
    """The workspace's targets with what a card shows; none for guests."""
    rows = Target.objects.filter(workspace=member.workspace_id).select_related("piece__campaign", "account")
    return rows.none() if member.role == Role.GUEST else rows


def in_somebodys_hands() -> QuerySet[Attempt]:
    """Tries that a person makes and has not told the end of."""
    return Attempt.objects.filter(by__isnull=False, state=Attempt.State.SENT)


def open_by_hand() -> QuerySet[Attempt]:
    """Tries that a person makes or made, and of which nobody has told what became of them."""
    return Attempt.objects.filter(by__isnull=False, state__in=(Attempt.State.SENT, Attempt.State.UNKNOWN))


def by_hand_for(member: Member) -> QuerySet[Target]:
    """What waits for a person to post it, or to say what became of it, the first due first; none for guests."""
    taken = Q(state__in=(Target.State.SENDING, Target.State.UNKNOWN), pk__in=open_by_hand().values("target"))
    return targets_for(member).filter(Q(state=Target.State.HANDED) | taken).order_by("due_at", "id")


def holder_of(target: Target) -> Attempt | None:
    """The try of the person who has the target in their hands; None when nobody has."""
    return open_by_hand().filter(target=target).select_related("by__user").last()


def target_for(member: Member, target_id: int) -> Target:
    """One target. Raises NotFound."""
    row = targets_for(member).select_related("edition", "created_by__user", "series_date").filter(pk=target_id).first()
    if row is None:
        raise NotFound(phrase("There is no such post in this workspace."))
    return row


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which posts somebody wants to see; what is empty does not narrow."""

    state: str = ""  # a Target.State
    channel: str = ""  # a slug
    account: int | None = None
    campaign: int | None = None
    person: int | None = None  # a member who scheduled the post or owns its piece
    text: str = ""  # words of the piece's title or text


def wanted_targets(member: Member, wanted: Wanted) -> QuerySet[Target]:
    """Those of the workspace's targets that fit, the latest due first."""
    rows = targets_for(member)
    exact = {
        "state": wanted.state,
        "account__channel": wanted.channel,
        "account": wanted.account,
        "piece__campaign": wanted.campaign,
    }
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if wanted.person:
        rows = rows.filter(Q(created_by=wanted.person) | Q(piece__owner=wanted.person))
    if wanted.text:
        rows = rows.filter(Q(piece__title__icontains=wanted.text) | Q(piece__text__icontains=wanted.text))
    return rows.order_by("-due_at", "-id")


def targets_between(member: Member, start: datetime, end: datetime, wanted: Wanted | None = None) -> QuerySet[Target]:
    """What is due in [start, end), for the calendar, in time order; the cancelled only when they are asked for."""
    wish = wanted or Wanted()
    rows = wanted_targets(member, wish).filter(due_at__gte=start, due_at__lt=end)
    if wish.state != Target.State.CANCELLED:
        rows = rows.exclude(state=Target.State.CANCELLED)
    return rows.order_by("due_at", "id")


@dataclass(frozen=True, kw_only=True)
class History:
    """All that is written down about one target."""

    approvals: tuple[Approval, ...]  # of its edition, oldest first
    attempts: tuple[Attempt, ...]  # in their order
    proof: Proof | None  # the newest reading of what the public sees
    proof_count: int  # how often it was looked at
    proven_at: datetime | None  # when it was first seen as sent
    events: tuple[AuditEvent, ...]  # what people and Crosscut did to it, oldest first


def history_of(target: Target) -> History:
    """The target's whole story. `target` comes from `target_for`."""
    seen = target.proofs.aggregate(count=Count("pk"), first=Min("at", filter=Q(verdict=Proof.Verdict.SAME)))
    events = AuditEvent.objects.filter(workspace=target.workspace_id, subject=f"target:{target.pk}")
    return History(
        approvals=tuple(target.edition.approvals.select_related("member__user").order_by("id")),
        attempts=tuple(target.attempts.select_related("by__user").order_by("number")),
        proof=target.proofs.first(),
        proof_count=seen["count"],
        proven_at=seen["first"],
        events=tuple(events.select_related("member__user").order_by("at", "id")),
    )


def parts_named(target: Target) -> list[str]:
    """The channel's names of the target's parts that are out, in order; without its first comment."""
    rows = target.attempts.filter(state__in=Attempt.OUT_STATES, remote_id__gt="").order_by("part")
    rows = rows.exclude(target__has_comment=True, part=target.part_count)
    return list(rows.values_list("remote_id", flat=True))


def check_of(target: Target) -> Check | None:
    """What the checks last said about the target's edition on its channel."""
    post_type = f"{target.account.channel}/{target.post_type}"
    return next((check for check in checks_of(target.edition) if check.post_type == post_type), None)


def media_of(target: Target) -> list[EditionMedia]:
    """What the target's edition shows, in order, each with its asset and newest thumbnail (`version.thumbnails`)."""
    thumbnails = Rendition.objects.filter(purpose="thumbnail").order_by("-id")
    rows = EditionMedia.objects.filter(edition=target.edition_id).select_related("version__asset")
    return list(rows.prefetch_related(Prefetch("version__renditions", thumbnails, to_attr="thumbnails")))


def open_copies(target: Target) -> list[Copy]:
    """Second posts of the target that somebody must look at, oldest first. `target` comes from `target_for`."""
    return list(target.copies.filter(state=Copy.State.OPEN))


def decided_at(target: Target) -> int | None:
    """The id of the post where it is said what becomes of this one's, which is out although this was called off."""
    told = Copy.objects.filter(attempt__target=target.pk).exclude(target=target.pk)
    return told.order_by("-id").values_list("target", flat=True).first()


def busy_accounts(piece: Piece) -> set[int]:
    """Ids of the accounts the piece is on its way to, or live on. `piece` comes from `piece_for`."""
    rows = Target.objects.filter(piece=piece, occurrence=0).exclude(state__in=Target.CLOSED_STATES)
    return set(rows.values_list("account_id", flat=True))


def campaigns_with_posts(member: Member) -> list[Campaign]:
    """The campaigns that have posts, by name: what a filter offers."""
    rows = Campaign.objects.filter(pk__in=targets_for(member).order_by().values("piece__campaign"))
    return list(rows.only("id", "name").order_by("name", "id"))


def accounts_with_posts(member: Member) -> list[Account]:
    """The accounts that have posts, by name: what a filter offers."""
    rows = Account.objects.filter(pk__in=targets_for(member).order_by().values("account"))
    return list(rows.only("id", "name", "channel", "state").order_by("name", "id"))


def troubled_for(member: Member) -> QuerySet[Target]:
    """What is wrong and needs somebody, or should have gone out by now, the most urgent first."""
    rows = targets_for(member).filter(
        Q(state__in=[Target.State.UNKNOWN, Target.State.BLOCKED, Target.State.REFUSED], piece__archived_at=None)
        | Q(state=Target.State.SCHEDULED, due_at__lt=timezone.now() - LATE_AFTER)
        | Q(state=Target.State.HANDED, due_at__lt=timezone.now() - LATE_BY_HAND)
        | STOPPED
        | Q(state=Target.State.PARTLY, next_at__lt=timezone.now() - LATE_AFTER)
        | Q(state=Target.State.SENT, problem__gt="")
    )
    return rows.order_by("-needs_person", "due_at", "id")


def active_holds(workspace_id: int) -> QuerySet[Hold]:
    """The holds in force, newest first."""
    rows = Hold.objects.filter(workspace=workspace_id, lifted_at=None)
    return rows.select_related("placed_by__user", "campaign").order_by("-placed_at")


def holds_for(member: Member) -> QuerySet[Hold]:
    """The holds in force in the asker's workspace, newest first; none for guests."""
    rows = active_holds(member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def hold_on(target: Target) -> Hold | None:
    """The hold that stops this target, or None. A restore that broke off holds everything, and stands in no row."""
    return holds_now().on(target)


def due_series(now: datetime, limit: int = 200) -> list[int]:
    """Ids of series with dates to be written down now, the longest waiting first."""
    rows = Series.objects.filter(ended_at=None, next_at__lte=now).order_by("next_at", "id")
    return list(rows.values_list("pk", flat=True)[:limit])


def stale_forecasts(limit: int) -> list[int]:
    """Ids of planned posts that were not judged since something changed or since the last night, the soonest first."""
    now = timezone.now()
    night = now.replace(hour=2, minute=0, second=0, microsecond=0)
    last_night = night if night <= now else night - timedelta(days=1)
    judged = F("forecast__judged_at")
    media = EditionMedia.objects.filter(edition=OuterRef("edition"))
    rights = media.filter(version__asset__rights_changed_at__gt=OuterRef("forecast__judged_at"))
    waivers = Waiver.objects.filter(piece=OuterRef("piece"), at__gt=OuterRef("forecast__judged_at"))
    closed = ClosedTime.objects.filter(workspace=OuterRef("workspace"), created_at__gt=OuterRef("forecast__judged_at"))
    holidays = HolidayCalendar.objects.filter(
        workspace=OuterRef("workspace"), set_at__gt=OuterRef("forecast__judged_at")
    )
    calendars = ForeignCalendar.objects.filter(
        workspace=OuterRef("workspace"), changed_at__gt=OuterRef("forecast__judged_at")
    )
    told = Allowance.objects.filter(account=OuterRef("account"), told_at__gt=OuterRef("forecast__judged_at"))
    is_stale = (
        Q(forecast=None)
        | Q(forecast__judged_at__lt=last_night)
        | ~Q(forecast__due_at=F("due_at"))
        | ~Q(forecast__account_state=F("account__state"))
        | ~Q(forecast__specs=data_digest())
        | Q(account__connected_at__gt=judged)
        | Exists(rights.order_by())
        | Exists(waivers)
        | Exists(closed.order_by())
        | Exists(holidays.order_by())
        | Exists(calendars.order_by())
        | Exists(told.order_by())
    )
    rows = Target.objects.filter(is_stale, state__in=Target.WAITING_STATES, piece__archived_at=None)
    return list(rows.order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def series_of(target: Target) -> Series | None:
    """The series that made the post; None where a person did. `target` comes from `target_for`."""
    return Series.objects.filter(dates__target=target).first()


def forecast_of(target: Target) -> Forecast | None:
    """What will become of it, as it was last judged; None while it was not, or waits no more."""
    if target.state not in Target.WAITING_STATES:
        return None
    return Forecast.objects.filter(target=target).first()


def forecast_for(member: Member, post_id: int) -> Forecast:
    """The forecast of one of the workspace's posts. Raises NotFound where there is none (yet)."""
    forecast = forecast_of(target_for(member, post_id))
    if forecast is None:
        raise NotFound(phrase("Nothing is foretold of this post: it waits no more, or was only just planned."))
    return forecast


def failing_forecasts(member: Member) -> QuerySet[Forecast]:
    """The forecasts of the workspace's posts that would not go out, the soonest first; none for guests."""
    posts = targets_for(member).filter(state__in=Target.WAITING_STATES)
    return Forecast.objects.filter(target__in=posts.order_by(), blocking_count__gt=0).order_by("due_at", "id")


def count_failing() -> int:
    """How many planned posts of the whole installation would not go out: a number for its keeper, not rows."""
    rows = Forecast.objects.filter(blocking_count__gt=0, target__state__in=Target.WAITING_STATES)
    return rows.count()


def rights_suspects() -> list[int]:
    """Ids of planned and live targets with an asset whose rights may no longer cover it."""
    rows = Target.objects.filter(
        state__in=(
            *(Target.State.SCHEDULED, Target.State.STAGING, Target.State.HANDED, Target.State.PARTLY),
            *Target.LIVE_STATES,
        ),
        edition__media__version__asset__in=doubtful_assets(),
    )
    return list(rows.values_list("pk", flat=True).distinct())


def assets_on_their_way(asset_ids: Iterable[int]) -> set[int]:
    """Those of the assets that a post under way has, of which nobody can say yet whether it is live."""
    under_way = Target.objects.filter(state__in=(Target.State.SENDING, Target.State.UNKNOWN))
    assets = under_way.filter(edition__media__version__asset__in=list(asset_ids))
    return set(assets.values_list("edition__media__version__asset", flat=True))


def last_canary() -> Canary | None:
    """The last test post that went through."""
    return Canary.objects.exclude(sent_at=None).order_by("-due_at").first()


def count_by_state() -> dict[str, int]:
    """How many targets of the whole installation are in each state: numbers for its keeper, not rows."""
    found = Counter(dict(Target.objects.order_by().values_list("state").annotate(Count("pk"))))
    return {state.value: found[state.value] for state in Target.State}


def count_overdue(late: timedelta) -> int:
    """How many posts should have gone out that long ago and wait still: numbers for the installation's keeper."""
    waiting = (Target.State.SCHEDULED, Target.State.STAGING)
    return Target.objects.filter(state__in=waiting, due_at__lt=timezone.now() - late).count()


def oldest_unknown_s() -> float:
    """For how many seconds the longest unsettled send has been unsettled; 0 when all are settled."""
    unsettled = Attempt.objects.filter(state=Attempt.State.UNKNOWN, target__state=Target.State.UNKNOWN)
    since = unsettled.aggregate(since=Min("sent_at"))["since"]
    return (timezone.now() - since).total_seconds() if since else 0.0


def post_imports_for(member: Member) -> QuerySet[PostImport]:
    """Tables of posts that were brought in, newest first; none for guests."""
    rows = PostImport.objects.filter(workspace=member.workspace_id).select_related("by__user", "job").order_by("-id")
    return rows.none() if member.role == Role.GUEST else rows


def post_import_for(member: Member, import_id: int) -> PostImport:
    """One of them. Raises NotFound."""
    row = post_imports_for(member).filter(pk=import_id).first()
    if row is None:
        raise NotFound(phrase("There is no such import in this workspace."))
    return row


def takedowns_for(member: Member) -> QuerySet[Takedown]:
    """What is to be taken down by hand and still open, the most urgent first; none for guests."""
    rows = Takedown.objects.filter(workspace=member.workspace_id, closed_at=None)
    rows = rows.select_related("target__account", "target__piece", "placement__asset").order_by("due_at", "id")
    return rows.none() if member.role == Role.GUEST else rows


def takedown_for(member: Member, takedown_id: int) -> Takedown:
    """One of them, open or closed. Raises NotFound."""
    rows = Takedown.objects.filter(workspace=member.workspace_id)
    row = rows.select_related("target", "placement").filter(pk=takedown_id).first()
    if row is None or member.role == Role.GUEST:
        raise NotFound(phrase("There is nothing of that number to take down in this workspace."))
    return row


def placements_at_risk() -> list[Placement]:
    """Places outside in use whose asset may have lost its rights, may lose them soon, or has a task already."""
    yesterday = timezone.now().date() - timedelta(days=1)  # which it may still be where a workspace is
    soon = ending_in(yesterday, days=max(house("rights")["remind_days"]) + 2)
    open_tasks = Takedown.objects.filter(closed_at=None)
    assets = Asset.objects.filter(Q(pk__in=doubtful_assets()) | soon | Q(placements__takedowns__in=open_tasks))
    rows = Placement.objects.filter(gone_at=None, asset__in=assets.order_by())
    return list(rows.select_related("asset__workspace").prefetch_related(*(f"asset__{name}" for name in HELD)))
