"""Taking down what is live: because a person wants it, or because the rights to it have ended."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.preflight.services import rights_findings
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import rights_suspects
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.timing import timing
from crosscut.channels.registry import adapter
from crosscut.kernel.errors import Conflict, CrosscutError, NotAllowed

State = Target.State
_log = structlog.get_logger(__name__)


@transaction.atomic
def ask_recall(by: Member, target: Target, *, reason: str) -> Target:
    """Has a live post taken down. Seniors may recall anything, others what they scheduled themselves."""
    row = Target.objects.select_for_update(of=("self",)).get(pk=target.pk, workspace=by.workspace_id)
    if not can(by, "approve") and row.created_by_id != by.pk:
        raise NotAllowed("Only a senior, or whoever scheduled this post, can take it down.")
    if row.state not in Target.LIVE_STATES:
        raise Conflict(f"This cannot be taken down: it is {row.get_state_display().lower()}.")
    _begin(row, reason)
    record("post.recall_asked", row, by=by, reason=reason)
    return row


def recall(target_id: int) -> None:
    """Deletes the post on its channel and believes it only when reading shows that it is gone."""
    target = _claim(target_id)
    if target is None:
        return
    problem = _delete(target)
    patiently(lambda: _write_down(target, is_gone=not problem, problem=problem))


def enforce_rights() -> int:
    """Recalls what is live and blocks what is planned wherever an asset's rights no longer cover it. Returns how many.

    Asks the licences as they are now, so a licence that ended an hour ago, or that somebody just withdrew, counts.
    """
    return sum(_enforce(target_id) for target_id in rights_suspects())


def _delete(target: Target) -> str:
    """Why the post may still be there; empty when reading shows that it is gone."""
    channel_adapter = adapter(target.account.channel)
    try:
        context = context_for(target.account)
        channel_adapter.delete(context, target.remote_id)
        return "" if channel_adapter.read(context, target.remote_id) is None else "It can still be seen."
    except CrosscutError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not keep a person from being asked
        _log.exception("channel_fault", channel=target.account.channel, target=target.pk)
        return f"Taking it down broke off: {type(error).__name__}."


@transaction.atomic
def _enforce(target_id: int) -> bool:
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    target = rows.select_related("edition__piece", "account", "workspace").filter(pk=target_id).first()
    if target is None or target.state not in (State.SCHEDULED, *Target.LIVE_STATES):
        return False
    at = max(target.due_at, timezone.now())
    findings = rights_findings(target.edition, target.account.channel, target.post_type, at=at)
    if not findings:
        return False
    reason = " ".join(finding.message for finding in findings)
    if target.state == State.SCHEDULED:
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
        rows.select_related("account__workspace", "workspace")
        .filter(pk=target_id, state=State.RECALLING, next_at__lte=timezone.now())
        .first()
    )
    if target is not None:
        Target.objects.filter(pk=target_id).update(next_at=timezone.now() + timedelta(seconds=timing().lease_s))
    return target


@transaction.atomic
def _write_down(target: Target, *, is_gone: bool, problem: str) -> None:
    row = Target.objects.select_for_update(of=("self",)).select_related("workspace", "account").get(pk=target.pk)
    if row.state != State.RECALLING:
        return
    note_exchange(row.account, not problem, problem)
    if is_gone:
        row.state = State.RECALLED
        record("post.recalled", row, by=row.workspace)
    else:
        row.needs_person = True
        row.problem = f"Could not be taken down yet: {problem}"[:1000]
        row.next_at = timezone.now() + timedelta(minutes=1)
    row.save(update_fields=["state", "needs_person", "problem", "next_at"])
