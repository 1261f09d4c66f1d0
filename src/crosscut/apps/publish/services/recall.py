"""Taking down what is live: because a person wants it, or because the rights to it have ended."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.library.services.holdings import doubtful_assets, note_enforced
from crosscut.apps.preflight.services import rights_findings
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import assets_on_their_way, rights_suspects
from crosscut.apps.publish.services import copies, parts
from crosscut.apps.publish.services.doubt import to_be_judged
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.services.takedowns import close_for_post, is_told_gone, open_for_post
from crosscut.apps.publish.services.which import which_post
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Adapter, Context
from crosscut.channels.registry import adapter, is_by_hand, is_unreadable
from crosscut.kernel.errors import Conflict, CrosscutError, NotAllowed, Unsupported
from crosscut.kernel.phrases import phrase

State = Target.State
_PLANNED = (State.SCHEDULED, State.STAGING, State.HANDED)
_log = structlog.get_logger(__name__)


@transaction.atomic
def ask_recall(by: Member, target: Target, *, reason: str) -> Target:
    """Has a live post taken down. Seniors may recall anything, others what they scheduled themselves."""
    row = Target.objects.select_for_update(of=("self",)).get(pk=target.pk, workspace=by.workspace_id)
    if not can(by, "approve") and row.created_by_id != by.pk:
        raise NotAllowed(phrase("Only a senior, or whoever scheduled this post, can take it down."))
    if row.state not in (*Target.LIVE_STATES, State.PARTLY):
        raise Conflict(phrase("This cannot be taken down: it is {state}.", state=row.get_state_display().lower()))
    _begin(row, reason)
    record("post.recall_asked", row, by=by, reason=reason)
    return row


def recall(target_id: int) -> None:
    """Deletes the post on its channel and believes it only when reading shows that it is gone."""
    target = _claim(target_id)
    if target is None:
        return
    look = _delete(target)
    patiently(lambda: _write_down(target, look))


def enforce_rights() -> int:
    """Recalls what is live and blocks what is planned wherever an asset's rights no longer cover it. Returns how many.

    Asks licences, consents and embargoes as they are now, so one that ended an hour ago, or that somebody just
    withdrew or narrowed, counts.
    """
    read_at = timezone.now()
    doubtful = set(doubtful_assets().values_list("pk", flat=True))
    judged = [_judged(target_id) for target_id in to_be_judged(rights_suspects())]
    if None not in judged:  # else again next time: of one nothing could be said
        note_enforced(doubtful - assets_on_their_way(doubtful), read_at=read_at)
    return sum(bool(is_stopped) for is_stopped in judged)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What became of taking it down."""

    problem: str  # why the post may still be there; empty when reading shows that it is gone
    is_read: bool = True  # False: nothing could be read


def _delete(target: Target) -> _Look:
    try:
        with ExitStack() as files, context_for(target.account) as context:
            return _Look(problem=_taken_down(context, target, files))
    except CrosscutError as error:
        return _Look(problem=str(error), is_read=False)
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not keep a person from being asked
        _log.exception("channel_fault", channel=target.account.channel, target=target.pk)
        return _Look(problem=f"Taking it down broke off: {type(error).__name__}.", is_read=False)


def _taken_down(context: Context, target: Target, files: ExitStack) -> str:
    """The post and every second one of it; where only a person has seen it, the channel is asked which one it is."""
    channel_adapter, remote_id = adapter(target.account.channel), target.remote_id
    if target.part_count > 1:
        return _thread_taken_down(channel_adapter, context, target, files)
    if not remote_id:
        found = which_post(channel_adapter, context, target, post_of(target, files))
        remote_id = found.remote_id if found else ""
    if remote_id:
        problem = "It can still be seen."
        try:
            channel_adapter.delete(context, remote_id)
        except Unsupported as error:  # a person does it, and reading tells when it is done
            problem = str(error)
        if channel_adapter.read(context, remote_id) is not None:
            return problem
    removal = copies.take_down(channel_adapter, context, copies.pending(target).exclude(remote_id=""))
    copies.mark_gone(removal)
    return removal.problem


def _thread_taken_down(place: Adapter, context: Context, target: Target, files: ExitStack) -> str:
    """Every part that is out, the last first, so that none hangs in the air longer than it must; all are tried."""
    still, problem = list[int](), ""
    for number, made in reversed(parts.out_of(target).items()):
        if parts.is_comment(target, number):
            continue  # it goes with the post it stands below
        found = None if made.remote_id else which_post(place, context, target, post_of(target, files, number), made)
        remote_id = found.remote_id if found else made.remote_id
        why = _one_taken_down(place, context, remote_id) if remote_id else ""
        still, problem = [*([number] if why else []), *still], problem or why
    removal = copies.take_down(place, context, copies.pending(target).exclude(remote_id=""))
    copies.mark_gone(removal)
    if not still or parts.post_count(target) == 1:
        return problem or removal.problem
    listed = ", ".join(map(str, still))
    return f"Of {target.part_count} parts, these can still be seen: {listed}. {problem}".strip()


def _one_taken_down(place: Adapter, context: Context, remote_id: str) -> str:
    """Why it may still be there; empty when reading shows that it is gone."""
    problem = "It can still be seen."
    try:
        try:
            place.delete(context, remote_id)
        except Unsupported as error:  # a person does it, and reading tells when it is done
            problem = str(error)
        return problem if place.read(context, remote_id) is not None else ""
    except CrosscutError as error:
        return str(error)


def _judged(target_id: int) -> bool | None:
    """Whether the post was stopped or is being taken down; None when nothing can be said of it now."""
    try:
        return _enforce(target_id)
    except CrosscutError as error:  # a kind of post that is gone, say: the others must be judged all the same
        _log.warning("rights_not_judged", target=target_id, error=str(error))
        return None


@transaction.atomic
def _enforce(target_id: int) -> bool | None:
    """Whether the post was stopped or is being taken down; None when somebody else holds it just now."""
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    target = rows.select_related("edition__piece", "account", "workspace").filter(pk=target_id).first()
    if target is None:
        return None
    if target.state not in (*_PLANNED, State.PARTLY, *Target.LIVE_STATES):
        return False
    at = max(target.due_at, timezone.now())
    findings = rights_findings(target.edition, target.account.channel, target.post_type, at=at)
    if not findings:
        return False
    reason = " ".join(finding.message for finding in findings)
    if target.state in _PLANNED:
        target.state, target.problem = State.BLOCKED, reason[:1000]
        target.save(update_fields=["state", "problem"])
        record("post.blocked", target, by=target.workspace, reason=reason)
    else:
        _begin(target, reason)
        record("post.recalled_by_rights", target, by=target.workspace, reason=reason)
    return True


def _begin(target: Target, reason: str) -> None:
    target.state, target.problem, target.next_at = State.RECALLING, reason[:1000], timezone.now()
    target.save(update_fields=["state", "problem", "next_at"])


@transaction.atomic
def _claim(target_id: int) -> Target | None:
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    target = (
        rows.select_related("edition", "account__workspace", "workspace")
        .filter(pk=target_id, state=State.RECALLING, next_at__lte=timezone.now())
        .first()
    )
    if target is not None:
        Target.objects.filter(pk=target_id).update(next_at=timezone.now() + timedelta(seconds=timing().lease_s))
    return target


@transaction.atomic
def _write_down(target: Target, look: _Look) -> None:
    row = Target.objects.select_for_update(of=("self",)).select_related("workspace", "account").get(pk=target.pk)
    if row.state != State.RECALLING:
        return
    is_gone, problem, by_person = not look.problem, look.problem, is_by_hand(row.account.channel)
    if not (by_person or is_unreadable(row.account.channel)):
        note_exchange(row.account, is_gone, problem)
    if not is_gone and not look.is_read and by_person and is_told_gone(row):
        row.state, row.needs_person, row.problem = State.RECALLED, False, ""
        record("post.recalled_by_word", row, by=row.workspace)
    elif is_gone and not copies.pending(row).exclude(remote_id="").exists():
        row.state, row.needs_person = State.RECALLED, False
        close_for_post(row)
        record("post.recalled", row, by=row.workspace)
    elif is_gone:
        row.next_at = timezone.now()  # a late answer told of one more meanwhile
    else:
        row.needs_person = True
        row.problem = f"Could not be taken down yet: {problem}"[:1000]
        row.next_at = timezone.now() + timedelta(minutes=10 if by_person else 1)
        open_for_post(row, row.problem)
    row.save(update_fields=["state", "needs_person", "problem", "next_at"])
