"""Finding out what became of an attempt without a clear answer: by reading the channel back, never by sending again."""

from contextlib import ExitStack
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.accounts.services.credentials import checked_settings
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.services import parts
from crosscut.apps.publish.services.answers import Taken, accept, fall_back
from crosscut.apps.publish.services.keep_one import Others, keep_one
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.services.which import is_anothers, made_since
from crosscut.apps.publish.timing import timing
from crosscut.channels.hands import ByHand
from crosscut.channels.protocol import Sent
from crosscut.channels.registry import adapter
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, OutcomeUnknown, Unsupported
from crosscut.kernel.phrases import phrase

State = Target.State
_READS_NEEDED = 2
_log = structlog.get_logger(__name__)


def settle(target_id: int) -> None:
    """Reads the channel back for an unknown target, then confirms it, or releases it when it is certainly not there."""
    attempt = _claim(target_id)
    if attempt is None:
        return
    lease_until, seen = attempt.target.next_at, _look(attempt)
    patiently(lambda: _conclude(attempt, seen, lease_until=lease_until))


@transaction.atomic
def lose(target_id: int, why: str) -> None:
    """What to believe when the worker that held the target is gone: not sent if it was only prepared, else unknown."""
    target = Target.objects.select_for_update(of=("self",)).filter(pk=target_id, state=State.SENDING).first()
    if target is None:
        return
    attempt = target.attempts.exclude(state=Attempt.State.REFUSED).filter(part=parts.next_part(target)).last()
    if attempt is None or attempt.state == Attempt.State.PREPARED:
        parts.wait_for_turn(target)
        target.attempts.filter(state=Attempt.State.PREPARED).update(
            state=Attempt.State.REFUSED, problem=f"{why} Nothing had left."
        )
    elif attempt.state == Attempt.State.SENT:
        target.state, target.problem = State.UNKNOWN, f"{why} It may have gone out: the channel is being read back."
        Attempt.objects.filter(pk=attempt.pk).update(state=Attempt.State.UNKNOWN, problem=why)
    target.next_at = timezone.now()
    target.save(update_fields=["state", "problem", "next_at"])
    record("post.interrupted", target, by=target.workspace, why=why)


def lose_overdue() -> int:
    """Doubts every attempt whose time to send is over and that nobody answered for. Returns how many."""
    overdue = Attempt.objects.filter(
        state__in=[Attempt.State.PREPARED, Attempt.State.SENT],
        deadline_at__lt=timezone.now() - timedelta(seconds=timing().quiet_s),
    )
    target_ids = list(overdue.values_list("target_id", flat=True))
    for target_id in target_ids:
        lose(target_id, "No answer came in time.")
    return len(target_ids)


def hurry(target_id: int) -> None:
    """Has the target looked at again now: the worker that was looking is gone, and what it saw with it."""
    now = timezone.now()
    looked_at = (State.STAGING, State.PARTLY, State.UNKNOWN, State.RECALLING, *Target.LIVE_STATES)
    Target.objects.filter(pk=target_id, state__in=looked_at, next_at__gt=now).update(next_at=now)


@transaction.atomic
def settle_by_hand(by: Member, target: Target, *, is_there: bool, url: str = "", note: str = "") -> Target:
    """A senior's word on what Crosscut cannot find out. Raises Conflict when it was settled meanwhile."""
    demand(by, "settle")
    row = Target.objects.select_for_update(of=("self",)).get(pk=target.pk, workspace=by.workspace_id)
    attempt = row.attempts.filter(state=Attempt.State.UNKNOWN).last()
    if row.state in Target.LIVE_STATES and row.needs_person and is_there:
        return keep_one(by, row, keep=_copy_at(row, url), others=Others.LEAVE, note=note)
    if row.state != State.UNKNOWN or attempt is None:
        raise Conflict(phrase("This has been settled meanwhile: it is {state}.", state=row.get_state_display().lower()))
    if is_there:
        sent = named(row, url)
        demand_own(row, sent.url)
        accept([Taken(target=row, attempt=attempt, sent=sent)], state=Attempt.State.CONFIRMED)
    else:
        release(row, attempt, f"{by} looked and it is not there.")
    record("post.settled_by_hand", row, by=by, is_there=is_there, url=url, note=note)
    return row


def _copy_at(target: Target, url: str) -> int | None:
    """The copy that is at that address; None for the post that is known already."""
    return target.copies.filter(state=Copy.State.OPEN, url=url, url__gt="").values_list("pk", flat=True).first()


def named(target: Target, url: str) -> Sent:
    """What a person found at that address; where only a person can look, the address names the post."""
    place = adapter(target.account.channel)
    if not isinstance(place, ByHand):
        return Sent(remote_id="", url=url)
    return place.named(checked_settings(target.account.channel, target.account.settings), url)


def demand_own(target: Target, url: str) -> None:
    """Raises Invalid for an address at which another post of the account is known."""
    others = Target.objects.filter(account=target.account_id, url=url, url__gt="").exclude(pk=target.pk)
    if others.exists():
        raise Invalid.at(
            "url", phrase("Another post of this account is known at this address. Look for this one's own.")
        )


@transaction.atomic
def _claim(target_id: int) -> Attempt | None:
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    target = rows.filter(pk=target_id, state=State.UNKNOWN, next_at__lte=timezone.now()).first()
    if target is None:
        return None
    target.next_at = timezone.now() + timedelta(seconds=timing().lease_s)
    target.save(update_fields=["next_at"])
    return (
        Attempt.objects.filter(target=target, state=Attempt.State.UNKNOWN)
        .select_related("target__account__workspace", "target__edition", "target__workspace")
        .last()
    )


def _look(attempt: Attempt) -> Sent | CrosscutError | None:
    """What the channel has; the error when it cannot be read, also for a fault inside the adapter."""
    target = attempt.target
    try:
        with ExitStack() as files, context_for(target.account) as context:
            post = post_of(target, files, attempt.part)
            return adapter(target.account.channel).find(context, post, since=made_since(attempt))
    except CrosscutError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not keep a person from being asked in the end
        _log.exception("channel_fault", channel=target.account.channel, target=target.pk)
        return OutcomeUnknown(phrase("Reading broke off: {fault}.", fault=type(error).__name__), key=target.key)


def _conclude(attempt: Attempt, seen: Sent | CrosscutError | None, *, lease_until: datetime) -> None:
    if isinstance(seen, CrosscutError):
        _could_not_read(attempt, seen, lease_until=lease_until)
    else:
        _decide(attempt, seen, lease_until=lease_until)


@transaction.atomic
def _decide(attempt: Attempt, found: Sent | None, *, lease_until: datetime) -> None:
    """Safe to call twice. A reading counts only while its lease is the latest: later ones speak for themselves."""
    target = (
        Target.objects.select_for_update(of=("self",)).select_related("account", "workspace").get(pk=attempt.target_id)
    )
    attempt.refresh_from_db()
    if target.state != State.UNKNOWN or attempt.state != Attempt.State.UNKNOWN:
        return
    note_exchange(target.account, True)  # locks the account: of two posts with the same words one finds it, not both
    if found is not None and is_anothers(target, found):
        found = None
    if found is None and target.next_at != lease_until:
        return
    now, waits = timezone.now(), timing()
    looked_at = lease_until - timedelta(seconds=waits.lease_s)  # at the earliest: reading may have taken long
    earliest = attempt.deadline_at + timedelta(seconds=waits.quiet_s)
    if found is not None:
        accept([Taken(target=target, attempt=attempt, sent=found)], state=Attempt.State.CONFIRMED)
    elif looked_at < earliest:
        _look_again(target, at=max(now, min(earliest, now + timedelta(seconds=waits.between_reads_s))))
    elif attempt.absences + 1 < _READS_NEEDED:
        Attempt.objects.filter(pk=attempt.pk).update(absences=attempt.absences + 1)
        _look_again(target, at=now + timedelta(seconds=waits.between_reads_s))
    else:
        release(target, attempt, "Reading the channel back showed twice that it is not there.")


def release(target: Target, attempt: Attempt, why: str) -> None:
    """It is not out: the attempt counts as not made, and the target may be sent. Call it with the target locked."""
    Attempt.objects.filter(pk=attempt.pk).update(state=Attempt.State.REFUSED, problem=why, answered_at=timezone.now())
    if fall_back(target, attempt):
        return
    target.problem, target.needs_person, target.next_at = "", False, timezone.now()
    parts.wait_for_turn(target)
    target.save(update_fields=["state", "problem", "needs_person", "next_at"])
    record("post.released", target, by=target.workspace, why=why, attempt=attempt.number)


def _look_again(target: Target, *, at: object) -> None:
    Target.objects.filter(pk=target.pk).update(next_at=at)


@transaction.atomic
def _could_not_read(attempt: Attempt, error: CrosscutError, *, lease_until: datetime) -> None:
    target = Target.objects.select_for_update(of=("self",)).select_related("account").get(pk=attempt.target_id)
    if target.state != State.UNKNOWN or target.next_at != lease_until:
        return
    waits, now = timing(), timezone.now()
    age_s = (now - (attempt.sent_at or attempt.prepared_at)).total_seconds()
    target.needs_person = target.needs_person or age_s > waits.person_after_s or isinstance(error, Unsupported)
    target.problem = f"It may have gone out, and {target.account.name} cannot be read back: {error}"[:1000]
    target.next_at = now + timedelta(seconds=min(max(waits.unreadable_s, age_s), 600))
    target.save(update_fields=["needs_person", "problem", "next_at"])
    if not isinstance(error, Unsupported):  # which says nothing of the account
        note_exchange(target.account, False, error)
