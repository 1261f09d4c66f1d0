"""Repeats by a calendar rule: a series, its dates, and the posts made of them some weeks ahead.

    rule ── within reach ──► date, written down once ──► a post, with its own key and its own place in the ledger

A date and its post are written in one transaction under the series' lock, and `series_date_once` lets none be written
twice: whatever dies at whatever moment, and however many tickers there are, a date has one post or none yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.closing import is_closed
from crosscut.apps.preflight.services import demand_no_blocking
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.produce.services.approve import demand_allowed, demand_publishable
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.publish.models import Series, SeriesDate, Target
from crosscut.apps.publish.services.schedule import (
    Moment,
    cancel,
    due_moment,
    post_type_of,
    put_on_calendar,
    show_edition,
)
from crosscut.kernel.calendar_rules import RuleDate, dates_of, last_day, parse_rule
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotAllowed, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import check_zone

AHEAD = timedelta(weeks=8)  # how far ahead posts are made; the next one is there always
MOST = 500  # running series of a workspace
_LOOK_AGAIN = timedelta(minutes=10)  # at what something stands in the way of
Why = SeriesDate.Why


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When something repeats, as somebody says it."""

    rule: str  # RFC 5545; UNTIL or COUNT in it is an end
    wall_time: datetime  # naive: from when on; the first date is the first that fits the rule
    zone: str  # IANA
    ends_on: date | None = None  # the last day; the rule's own end counts when it is earlier


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The same, checked."""

    rule: str  # canonical, without an end
    ends_on: date | None


def understood(plan: Plan) -> Understood:
    """What the plan says. Raises Invalid for a rule that is none, that has no date, or a start that has passed."""
    check_zone(plan.zone)
    rule = parse_rule(plan.rule)
    due_moment(plan.wall_time, plan.zone)
    ends = [day for day in (plan.ends_on, last_day(rule, plan.wall_time, plan.zone)) if day]
    ends_on = min(ends) if ends else None
    if next(dates_of(rule.text, plan.wall_time, plan.zone, ends_on=ends_on), None) is None:
        raise Invalid.at("rule", phrase("There is no such day before the end."), code="rule.no_date")
    return Understood(rule=rule.text, ends_on=ends_on)


@transaction.atomic
def start_series(by: Member, piece: Piece, account: Account, plan: Plan) -> Series:
    """A series of the piece as it is now, with its first posts. Raises what `schedule` raises, for its first date."""
    held = _held(by, piece)
    if held.archived_at is not None:
        raise Conflict(phrase("This piece is archived. Bring it back first."))
    return _started(by, freeze(held, by=by), account, plan)


@transaction.atomic
def start_on_all(by: Member, piece: Piece, accounts: Sequence[Account], plan: Plan) -> list[Series]:
    """A series on each of the accounts: all of them, or none. Raises Invalid with what stands against each."""
    if not accounts:
        raise Invalid.at("account", phrase("Choose at least one account."), code="series.no_account")
    started, problems = list[Series](), list[Problem]()
    for account in accounts:
        try:
            started.append(start_series(by, piece, account, plan))
        except CrosscutError as error:
            problems += error.problems
    if problems:
        raise Invalid(problems=problems)
    return started


@transaction.atomic
def end_series(by: Member, series: Series, *, keeps_posts: bool = False) -> int:
    """No further posts; those that have not gone out go off the calendar unless they are kept. Returns how many did."""
    row = _running(by, series)
    demand_allowed(by, row.edition)
    taken_off = 0 if keeps_posts else _take_off(by, row.dates.all())
    row.ended_at, row.next_at = timezone.now(), None
    row.save(update_fields=["ended_at", "next_at"])
    record("series.ended", row, by=by, taken_off=taken_off)
    return taken_off


@transaction.atomic
def change_from(by: Member, series: Series, wall_time: str, plan: Plan) -> Series:
    """This date and all after it by another plan; what is before stays. Returns the series that goes on.

    It shows what the old one showed. Raises NotFound for no date of the series, and what `start_series` raises.
    """
    row = _running(by, series)
    first = _date_of(row, wall_time)
    _take_off(by, row.dates.filter(wall_time__gte=wall_time))
    row.dates.filter(wall_time__gte=wall_time, target=None).delete()
    row.ends_on, row.next_at = first.wall_time.date() - timedelta(days=1), timezone.now()
    if not any(True for _one in _dates(row)):
        row.ended_at, row.next_at = timezone.now(), None
    row.save(update_fields=["ends_on", "next_at", "ended_at"])
    record("series.changed", row, by=by, from_date=wall_time)
    return _started(by, row.edition, row.account, plan, follows=row)


@transaction.atomic
def leave_out(by: Member, series: Series, wall_time: str) -> SeriesDate:
    """One date without a post; the series goes on. Raises Conflict where its post has gone out or is on its way."""
    row = _running(by, series)
    demand_allowed(by, row.edition)
    _date_of(row, wall_time)
    found, _is_new = SeriesDate.objects.get_or_create(series=row, wall_time=wall_time)
    if found.target and found.target.state != Target.State.CANCELLED:
        cancel(by, found.target)
    found.why_none = Why.LEFT_OUT
    found.save(update_fields=["why_none"])
    record("series.left_out", row, by=by, date=wall_time)
    return found


@transaction.atomic
def put_back(by: Member, series: Series, wall_time: str) -> SeriesDate:
    """A post for a date that had none, or whose post was cancelled. Raises Conflict where it has one, or has passed."""
    row = _running(by, series)
    wanted = _date_of(row, wall_time)
    demand_publishable(by, row.edition)
    found = row.dates.select_related("target").filter(wall_time=wall_time).first()
    if found is None or wanted.at is None or (found.target and found.target.state not in Target.CLOSED_STATES):
        raise Conflict(phrase("There is nothing to put back on this date."))
    due_moment(wanted.wall_time, row.zone)
    demand_no_blocking(row.edition, row.account.channel, post_type_of(row.edition, row.account), at=wanted.at)
    _held(by, row.piece)
    found.target, found.why_none = _post(row, wanted), ""
    found.save(update_fields=["target", "why_none"])
    record("series.put_back", row, by=by, date=wall_time)
    return found


@transaction.atomic
def take_over(by: Member, series: Series) -> tuple[Series, int]:
    """The piece as it is now in all its posts to come, in the member's name; and how many keep what they show.

    Those keep it whose parts the channel has already. Raises what `schedule` raises.
    """
    row = _running(by, series)
    edition = freeze(_held(by, row.piece), by=by)
    post_type = post_type_of(edition, row.account)
    demand_publishable(by, edition)
    waiting = _waiting(row.dates.all())
    demand_no_blocking(edition, row.account.channel, post_type, at=waiting[0].due_at if waiting else timezone.now())
    changing = [post for post in waiting if not post.kept and not post.staging_since]
    for post in changing:
        post.created_by = by
        show_edition(post, edition)
        record("post.edition_changed", post, by=by, digest=edition.digest)
    row.edition, row.created_by, row.next_at = edition, by, timezone.now()
    row.save(update_fields=["edition", "created_by", "next_at"])
    record("series.taken_over", row, by=by, digest=edition.digest)
    extend(row.pk)
    return row, len(waiting) - len(changing)


@transaction.atomic
def extend(series_id: int) -> int:
    """Writes down the dates that have come within reach, with their posts. Returns how many posts were made.

    Nothing happens while somebody else is at it, or something stands in the way (`obstacle_to`).
    """
    rows = Series.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=series_id, ended_at=None)
    row = rows.select_related(*_RELATED).first()
    if row is None:
        return 0
    if obstacle_to(row):
        row.next_at = timezone.now() + _LOOK_AGAIN
        row.save(update_fields=["next_at"])
        return 0
    Piece.objects.select_for_update().get(pk=row.piece_id)  # numbers of occurrences are given one at a time
    found, row.next_at = _within_reach(row)
    written = [_write(row, one) for one in found]
    if found:
        row.made_through = _iso(found[-1].wall_time)
    row.save(update_fields=["made_through", "next_at"])
    return sum(one.target_id is not None for one in written)


def obstacle_to(series: Series) -> str:
    """Why no further posts are made, in plain words; empty where nothing stands in the way."""
    by = series.created_by
    if series.piece.archived_at is not None:
        return phrase("Its piece is archived.")
    if series.account.state == Account.State.DISCONNECTED:
        return phrase("{account} is not connected any more.", account=series.account.name)
    if by is None or by.left_at is not None or not by.user.is_active:
        return phrase("Who planned it is not here any more. Somebody else has to take it over.")
    try:
        demand_publishable(by, series.edition)
    except NotAllowed as error:
        return error.problems[0].message
    return ""


_RELATED = ("piece", "account", "edition__piece__workspace", "edition__piece__campaign", "created_by__user")


def _started(by: Member, edition: Edition, account: Account, plan: Plan, follows: Series | None = None) -> Series:
    post_type = post_type_of(edition, account)
    demand_publishable(by, edition)
    wanted = understood(plan)
    if Series.objects.filter(workspace=by.workspace, ended_at=None, next_at__isnull=False).count() >= MOST:
        raise Invalid.at("rule", phrase("There are {most} running series already. End some first.", most=MOST))
    series = Series(
        workspace_id=by.workspace_id,
        piece=edition.piece,
        edition=edition,
        account=account,
        rule=wanted.rule,
        wall_time=_iso(plan.wall_time),
        zone=plan.zone,
        ends_on=wanted.ends_on,
        next_at=timezone.now(),
        follows=follows,
        created_by=by,
    )
    demand_no_blocking(edition, account.channel, post_type, at=_first_open(series))
    _save_once(series)
    record("series.started", series, by=by, rule=wanted.rule, from_date=series.wall_time, zone=plan.zone)
    extend(series.pk)
    series.refresh_from_db()
    return series


def _save_once(series: Series) -> None:
    try:
        with transaction.atomic():
            series.save()
    except IntegrityError:
        raise Conflict(
            phrase("This piece repeats like this on {account} already.", account=series.account.name)
        ) from None


def _first_open(series: Series) -> datetime:
    """When its first post would go out: dates on which nothing may go out have none."""
    first = next(one.at for one in _dates(series) if one.at)
    near = (one.at for one in _dates(series) if one.at and one.at < first + AHEAD)
    return next(
        (at for at in near if not is_closed(series.edition.piece.workspace, at, series.edition.content["language"])),
        first,
    )


def _within_reach(row: Series) -> tuple[list[RuleDate], datetime | None]:
    """The dates to write down now, and when to look again; None when the rule has no more."""
    now, found = timezone.now(), list[RuleDate]()
    known = set(row.dates.filter(wall_time__gt=row.made_through).values_list("wall_time", flat=True))
    last_due = row.dates.filter(target__due_at__gt=now).aggregate(last=Max("target__due_at"))["last"]
    for one in _dates(row):
        at = one.at or one.wall_time.replace(tzinfo=UTC)
        if _iso(one.wall_time) <= row.made_through or _iso(one.wall_time) in known:
            continue
        if at > now + AHEAD and last_due is not None:
            return found, min(at - AHEAD, last_due)
        found.append(one)
        if at > now and not _why_none(row, one):
            last_due = max(at, last_due or at)
    return found, None


def _write(row: Series, one: RuleDate) -> SeriesDate:
    why = _why_none(row, one)
    target = None if why else _post(row, one)
    return SeriesDate.objects.create(series=row, wall_time=_iso(one.wall_time), target=target, why_none=why)


def _why_none(row: Series, one: RuleDate) -> str:
    if one.at is None:
        return Why.CLOCKS
    if one.at < timezone.now():
        return Why.PASSED
    return Why.CLOSED if is_closed(row.edition.piece.workspace, one.at, row.edition.content["language"]) else ""


def _post(row: Series, one: RuleDate) -> Target:
    if one.at is None or row.created_by is None:
        raise Conflict(phrase("This date cannot have a post."))
    known = Target.objects.filter(piece=row.piece_id, account=row.account_id).aggregate(last=Max("occurrence"))["last"]
    moment = Moment(wall_time=one.wall_time, zone=row.zone, due_at=one.at)
    return put_on_calendar(row.created_by, row.edition, row.account, moment, occurrence=(known or 0) + 1)


def _dates(row: Series) -> Iterable[RuleDate]:
    return dates_of(row.rule, datetime.fromisoformat(row.wall_time), row.zone, ends_on=row.ends_on)


def _date_of(row: Series, wall_time: str) -> RuleDate:
    """The date as the rule says it. Raises Invalid where the rule has no such date."""
    for one in _dates(row):
        if _iso(one.wall_time) == wall_time:
            return one
        if _iso(one.wall_time) > wall_time:
            break
    raise Invalid.at("date", phrase("This series has no such date."), code="series.no_such_date")


def _take_off(by: Member, dates: QuerySet[SeriesDate]) -> int:
    """Cancels what has not gone out. Returns how many."""
    waiting = _waiting(dates)
    for post in waiting:
        cancel(by, post)
    return len(waiting)


def _waiting(dates: QuerySet[SeriesDate]) -> list[Target]:
    """The posts of the dates that have not gone out, held, the first due first."""
    held = Target.objects.select_for_update(of=("self",)).select_related("account", "edition__piece__workspace")
    rows = held.filter(pk__in=dates.order_by().values("target"), state__in=Target.WAITING_STATES).order_by("pk")
    return sorted(rows, key=lambda post: post.due_at)


def _running(by: Member, series: Series) -> Series:
    """The series, held. Raises Conflict where it was ended."""
    rows = Series.objects.select_for_update(of=("self",)).select_related(*_RELATED)
    row = rows.get(pk=series.pk, workspace=by.workspace_id)
    if row.ended_at is not None:
        raise Conflict(phrase("This series has ended."))
    return row


def _held(by: Member, piece: Piece) -> Piece:
    return Piece.objects.select_for_update().get(pk=piece.pk, workspace=by.workspace_id)


def _iso(wall_time: datetime) -> str:
    return wall_time.replace(microsecond=0, tzinfo=None).isoformat()
