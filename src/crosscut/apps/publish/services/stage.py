"""Bringing a post to its channel in steps that nobody can see, before the one step that makes it public.

    scheduled → staging: one step, a wait, the next step … → scheduled, ready → sending

Each step is a job the ticker hands out when its time has come; none waits for the channel. What the channel has by
now is kept after every step, so a kill costs one step at most. Nothing of this makes a post, so none of it is an
attempt.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import hold_on
from crosscut.apps.publish.services import allowance, parts
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import STAGED_LOST, CanStage, Staged
from crosscut.channels.registry import adapter, channel
from crosscut.kernel.errors import CrosscutError, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

State = Target.State
Outcome = Staged | CrosscutError
_STAGED_IN = (State.STAGING, State.PARTLY)
_LEASE = timedelta(minutes=10)  # for one step, an upload among them; a dead worker is noticed earlier
_BEGUNS = 3  # how often staging is begun before it is given up
_GIVE_UP_AFTER = timedelta(hours=24)
_NO_ROOM = "channel.no_allowance"  # the code of a problem of ours
_LOOK_S = 120  # until the allowance is looked at again
_log = structlog.get_logger(__name__)


def begins_at(account: Account, due_at: datetime) -> datetime:
    """When the ticker should look at a post that is due then: earlier where the channel takes it in steps."""
    return due_at - timedelta(seconds=channel(account.channel).stages_ahead_s)


def is_needed(target: Target) -> bool:
    """Whether the channel takes the post in steps and has not all of it yet. A first comment has none."""
    return (
        target.staged_at is None
        and not parts.awaits_comment(target)
        and isinstance(adapter(target.account.channel), CanStage)
    )


def begin(target: Target) -> None:
    """From now on the ticker hands out its steps. Call it with the target locked."""
    target.problem, target.next_at = "", timezone.now()
    target.state = State.PARTLY if target.parts_out else State.STAGING
    if not target.kept:
        target.staging_since, target.stagings = target.next_at, target.stagings + 1
    target.staging_since, target.staged_at = target.staging_since or target.next_at, None
    target.save(update_fields=["state", "problem", "next_at", "staging_since", "staged_at", "stagings"])


def is_under_way(target: Target) -> bool:
    """Whether its next step is one of staging: of a thread that is partly out, for the part that comes next."""
    is_begun = target.staging_since is not None and target.staged_at is None and not target.needs_person
    return target.state == State.STAGING or (target.state == State.PARTLY and is_begun)


def forget(target: Target) -> None:
    """What the channel has is of no use any more. Does not save; call it with the target locked."""
    target.kept, target.staged_at, target.staging_since = {}, None, None


def stage(target_id: int) -> None:
    """Takes the target one step further, if it is its time. Does nothing when somebody else is at it."""
    target = _claim(target_id)
    if target is None:
        return
    lease_until = target.next_at
    outcome = _step(target)
    patiently(lambda: _write_down(target.pk, outcome, lease_until=lease_until))


@transaction.atomic
def _claim(target_id: int) -> Target | None:
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    related = rows.select_related("edition__piece__campaign", "piece", "account__workspace", "workspace")
    target = related.filter(pk=target_id, state__in=_STAGED_IN, next_at__lte=timezone.now()).first()
    if target is None or not is_under_way(target):
        return None
    if target.account.state != Account.State.CONNECTED:
        _close(target, State.BLOCKED, f"{target.account.name} must be connected again first.")
        return None
    is_held = hold_on(target) is not None
    target.next_at = timezone.now() + (timedelta(seconds=2) if is_held else _LEASE)
    target.save(update_fields=["next_at"])
    return None if is_held else target


def _step(target: Target) -> Outcome:
    place = adapter(target.account.channel)
    assert isinstance(place, CanStage)  # noqa: S101 - `is_needed` looked
    try:
        with ExitStack() as files, context_for(target.account, deadline_at=target.next_at) as context:
            allowance.ask(place, context, target.account)
            shortage = allowance.shortage_of(target, allowance.lefts_of([target.account]))
            if shortage:
                return _no_room(target, shortage)
            return place.stage(context, post_of(target, files, parts.next_part(target)))
    except CrosscutError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not keep a person from being told
        _log.exception("channel_fault", channel=target.account.channel, target=target.pk)
        return RetryLater(
            phrase(
                "Bringing it to {account} broke off: {fault}.",
                account=target.account.name,
                fault=type(error).__name__,
            )
        )


@transaction.atomic
def _write_down(target_id: int, outcome: Outcome, *, lease_until: datetime) -> None:
    """Safe to call twice. A step counts only while its lease is the latest and the post was not taken back."""
    rows = Target.objects.select_for_update(of=("self",)).select_related("account", "workspace")
    target = rows.get(pk=target_id)
    if not is_under_way(target) or target.next_at != lease_until:
        return
    if not _has_no_room(outcome):
        note_exchange(target.account, isinstance(outcome, Staged), "" if isinstance(outcome, Staged) else outcome)
    if isinstance(outcome, Staged):
        _go_on(target, outcome)
    elif isinstance(outcome, ReconnectNeeded):
        _close(target, State.BLOCKED, str(outcome))
    elif isinstance(outcome, RetryLater):
        _try_again(target, outcome)
    elif isinstance(outcome, Rejected):
        _close(target, State.REFUSED, str(outcome))
    else:
        _close(target, State.BLOCKED, f"The files could not be made ready: {outcome}")


def _no_room(target: Target, left: allowance.Left) -> RetryLater:
    words = allowance.words(target.account, left)
    return RetryLater(words, after_s=_LOOK_S, problems=[Problem(code=_NO_ROOM, message=words)])


def _has_no_room(outcome: Outcome) -> bool:
    return isinstance(outcome, CrosscutError) and any(problem.code == _NO_ROOM for problem in outcome.problems)


def _go_on(target: Target, staged: Staged) -> None:
    now = timezone.now()
    came_further = dict(staged.kept) != target.kept  # a large file comes in many parts: it has not stopped
    target.kept, target.problem = dict(staged.kept), ""
    target.staging_since = now if came_further else target.staging_since or now
    if staged.is_ready:
        target.staged_at, target.next_at = now, max(target.due_at, now)
        parts.wait_for_turn(target)
        record("post.staged", target, by=target.workspace)
    elif now - target.staging_since > timedelta(seconds=timing().staging_s):
        _begin_anew(target, "The channel did not finish preparing it.")
    else:
        target.next_at = now + timedelta(seconds=staged.after_s)
    target.save()


def _try_again(target: Target, error: RetryLater) -> None:
    now = timezone.now()
    if now - target.due_at > _GIVE_UP_AFTER:
        _close(target, State.REFUSED, str(error))
        return
    target.problem, target.next_at = str(error)[:1000], now + timedelta(seconds=max(error.after_s, 1))
    if is_lost(error):
        _begin_anew(target, str(error))
    target.save()


def _begin_anew(target: Target, why: str) -> None:
    """Does not save. A channel that fails time after time will not take it: a person is told."""
    forget(target)
    target.problem = why[:1000]
    if target.stagings >= _BEGUNS:
        parts.stop(target, State.REFUSED, why)
        record("post.not_staged", target, by=target.workspace, why=why)
        return
    target.stagings, target.staging_since = target.stagings + 1, timezone.now()
    target.next_at = target.staging_since + timedelta(seconds=timing().between_reads_s)


def is_lost(error: CrosscutError) -> bool:
    """Whether the channel says that it no longer has what is kept."""
    return any(problem.code == STAGED_LOST for problem in error.problems)


def _close(target: Target, state: str, why: str) -> None:
    parts.stop(target, state, why)
    if state == State.REFUSED:
        forget(target)
    elif state == State.BLOCKED:
        target.stagings = 0  # whoever sends it on has repaired what was wrong: the channel lost nothing
    target.save()
    if state == State.BLOCKED:
        record("post.blocked", target, by=target.workspace, reason=why)
    else:
        record("post.not_staged", target, by=target.workspace, why=why)
