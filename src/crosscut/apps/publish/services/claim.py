"""Taking posts to be sent: which of many may leave now, and why the others may not.

Everything that decides it is asked anew at this moment, and for all of them at once: the database is asked no more for
fifty posts than for one. An account sends one post at a time: of each the first due is taken, and where it is words
alone, a few such behind it, which go within moments or are put back to be judged anew. Words alone are taken a moment
before they are due, and judged as of then: so they leave on time.
"""

import os
import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Max
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.services import Question, blocking_of, is_passing
from crosscut.apps.produce.services.approve import unpublishable
from crosscut.apps.produce.services.freeze import media_for
from crosscut.apps.publish.holding import holds_now
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import allowance, hand, parts, stage
from crosscut.apps.publish.timing import timing
from crosscut.channels.registry import is_by_hand
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.findings import Finding

State = Target.State
BEHIND = 4  # posts that are taken together with the one before them in their account
AHEAD = timedelta(seconds=1)  # by which words alone are taken before they are due
_PREPARING = timedelta(hours=1)  # rendering what is missing may take long; a dead worker is noticed earlier
_OVERDUE = timedelta(minutes=5)  # what is later than this does not go out in a heap
_PASSES_AFTER_S = 5  # until what goes away by itself, a film that is still looked through, is looked at again
_LOOKS_FOR_ROOM_S = 120
_HELD_S = 2  # until what a hold stops is looked at again
_FAULTY_S = 60  # the same of what could not be judged for a fault of ours
_log = structlog.get_logger(__name__)


def claim(target_ids: Sequence[int], *, job: int | None = None, most: int | None = None) -> list[Attempt]:
    """A prepared attempt for each of the targets that may leave now; why another may not is written into it.

    Looked at are those of `most` accounts that nobody else has. `job` is the queue's number of the work they are taken
    for. One that cannot be judged keeps no other from going.
    """
    try:
        return _claim(target_ids, job, most)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - a plug-in's data or one bad row must not stop the others' posts
        if len(target_ids) > 1:
            return [attempt for target_id in target_ids for attempt in claim([target_id], job=job)]
        for target_id in target_ids:
            _put_aside(target_id, error)
        return []


@transaction.atomic
def _claim(target_ids: Sequence[int], job: int | None, most: int | None) -> list[Attempt]:
    now = timezone.now()
    due = [one for one in _locked(target_ids, most) if _is_waiting(one) and _is_near(one, one.next_at)]
    targets = _in_turn(_not_held(_next_of_each(due)))
    tried = _tries(targets)
    targets = _unobstructed(targets, tried)
    targets = _passing_the_checks(targets)
    targets = [one for one in targets if not _is_handed(one)]
    targets = _with_all(targets)
    Target.objects.filter(pk__in=[one.pk for one in targets]).update(state=State.SENDING, problem="")
    for one in targets:
        one.state, one.problem = State.SENDING, ""
    return Attempt.objects.bulk_create(
        Attempt(
            target=one,
            number=tried.get(one.pk, 0) + 1,
            part=parts.next_part(one),
            digest="",
            worker=f"{socket.gethostname()}:{os.getpid()}",
            job=job,
            deadline_at=now + _PREPARING,
        )
        for one in targets
    )


def _is_waiting(target: Target) -> bool:
    """Whether it, or its next part, is to be sent. Of a thread that was stopped a person says when it goes on."""
    return target.state == State.SCHEDULED or (target.state == State.PARTLY and not target.needs_person)


def _is_near(target: Target, moment: datetime) -> bool:
    """Whether it has come, or comes before the target could be ready."""
    return moment <= timezone.now() + (AHEAD if is_words_alone(target) else timedelta())


def _locked(target_ids: Sequence[int], most: int | None) -> list[Target]:
    """The rows, each with its account locked; without those that somebody else has just now. The first due first."""
    about = Target.objects.filter(pk__in=target_ids)
    free = Account.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=about.values("account"))
    accounts = {one.pk: one for one in free.order_by("pk")[:most]}
    related = ("edition__piece__workspace", "edition__piece__campaign", "created_by")
    rows = about.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(account__in=accounts)
    found = list(rows.select_related(*related).order_by("due_at", "pk"))
    for one in found:
        one.account = accounts[one.account_id]
        one.piece, one.workspace = one.edition.piece, one.edition.piece.workspace  # the same rows, read once
    return found


def is_words_alone(target: Target) -> bool:
    """Whether nothing has to be made, or read, before it can leave: one part, without files."""
    return target.part_count == 1 and not media_for(target.edition.content, target.account.channel)


def _next_of_each(targets: Iterable[Target]) -> list[Target]:
    """Each account's first, and a few behind it where all of them are words alone and due just now."""
    lines: dict[int, list[Target]] = {}
    for one in targets:
        line = lines.setdefault(one.account_id, [])
        if not line or (len(line) <= BEHIND and _is_quick(line[-1]) and _is_quick(one)):
            line.append(one)
    return [one for line in lines.values() for one in line]


def _is_quick(target: Target) -> bool:
    return is_words_alone(target) and target.due_at >= timezone.now() - _OVERDUE


def _not_held(targets: Sequence[Target]) -> list[Target]:
    holds = holds_now()
    held = [one.pk for one in targets if holds.on(one)]
    if held:
        Target.objects.filter(pk__in=held).update(next_at=timezone.now() + timedelta(seconds=_HELD_S))
    return [one for one in targets if one.pk not in held]


def _in_turn(targets: Sequence[Target]) -> list[Target]:
    """Those whose account sends nothing else, without what is overdue where the account has just sent something."""
    accounts = [one.account_id for one in targets]
    busy = set(Target.objects.filter(account__in=accounts, state=State.SENDING).values_list("account_id", flat=True))
    free = [one for one in targets if one.account_id not in busy]
    since = timezone.now() - _OVERDUE
    heap = _waits_of([one.account_id for one in free if one.due_at < since])
    for account_id, next_at in heap.items():
        overdue = Target.objects.filter(account=account_id, state=State.SCHEDULED, due_at__lt=since)
        waiting = overdue.filter(next_at__lt=next_at).select_for_update(skip_locked=True, no_key=True)
        Target.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(next_at=next_at)
    return [one for one in free if one.due_at >= since or one.account_id not in heap or one.parts_out]


def _waits_of(account_ids: Sequence[int]) -> dict[int, datetime]:
    """When the next overdue post of those accounts may go that have just sent one."""
    if not account_ids:
        return {}
    space = timedelta(seconds=timing().spacing_s)
    sent = Target.objects.filter(account__in=account_ids, sent_at__gt=timezone.now() - space).order_by()
    last = sent.values_list("account").annotate(Max("sent_at"))
    return {account_id: at + space for account_id, at in last}


def _tries(targets: Sequence[Target]) -> dict[int, int]:
    """How often each was tried already, by the target's id; without those that were not."""
    rows = Attempt.objects.filter(target__in=[one.pk for one in targets]).order_by()
    return dict(rows.values_list("target").annotate(Count("pk")))


def _unobstructed(targets: Sequence[Target], tried: dict[int, int]) -> list[Target]:
    """Those in whose way nothing stands; what does is written into the others, in plain words."""
    asked = [(one.created_by, one.edition) for one in targets if one.created_by]
    reasons = dict(
        zip([one.pk for one in targets if one.created_by], unpublishable(asked), strict=True),
    )
    free = []
    for one in targets:
        if reason := _obstacle(one, is_tried=one.pk in tried) or reasons.get(one.pk, ""):
            stop(one, reason)
        else:
            free.append(one)
    return free


def _obstacle(target: Target, *, is_tried: bool) -> str:
    """Why this must not go out now, in plain words; empty when nothing stands in the way."""
    if target.account.state != Account.State.CONNECTED:
        return f"{target.account.name} must be connected again first."
    if not is_tried and target.due_at < timezone.now() - timedelta(seconds=timing().late_s):
        return "This was due while nothing could be sent. Send it now or choose another time."
    return ""


def _passing_the_checks(targets: Sequence[Target]) -> list[Target]:
    now = timezone.now()
    found = blocking_of(
        [
            Question(
                edition=one.edition, channel=one.account.channel, post_type=one.post_type, at=max(now, one.next_at)
            )
            for one in targets
        ]
    )
    for one, findings in zip(targets, found, strict=True):
        if findings:
            _wait_or_stop(one, findings)
    return [one for one, findings in zip(targets, found, strict=True) if not findings]


def _is_handed(target: Target) -> bool:
    """Whether a person posts it: then it is theirs from now on."""
    if not is_by_hand(target.account.channel):
        return False
    hand.over(target)
    return True


def _with_all(targets: Sequence[Target]) -> list[Target]:
    """Those that nothing is missing for; of an account no more than its allowance has room for."""
    lefts, taken = allowance.lefts_of([one.account for one in targets]), Counter[int]()
    ready = []
    for one in targets:
        left, before = lefts.get((one.account_id, allowance.POSTS)), taken[one.account_id]
        if before and left and left.total - left.used <= before:
            continue  # asked for when its turn comes
        if _has_all(one, allowance.shortage_of(one, lefts)):
            ready.append(one)
            taken[one.account_id] += 1
    return ready


def _has_all(target: Target, shortage: allowance.Left | None) -> bool:
    """Whether only publishing is left: the channel has what it takes beforehand, there is room, and it is time."""
    if stage.is_needed(target) or (shortage and target.staged_at):
        stage.begin(target)
        return False
    if shortage:
        target.problem = allowance.words(target.account, shortage)
        target.save(update_fields=["problem"])
        _later(target, seconds=_LOOKS_FOR_ROOM_S)
    elif not _is_near(target, target.due_at):
        target.next_at = target.due_at
        target.save(update_fields=["next_at"])
        return False
    return shortage is None


def _wait_or_stop(target: Target, findings: tuple[Finding, ...]) -> None:
    """Looks again soon where everything that stands in the way goes away by itself."""
    reason = " ".join(finding.message for finding in findings)
    if all(is_passing(finding) for finding in findings):
        target.problem = reason[:1000]
        target.save(update_fields=["problem"])
        _later(target, seconds=_PASSES_AFTER_S)
    else:
        stop(target, reason)


def _later(target: Target, *, seconds: float) -> None:
    target.next_at = timezone.now() + timedelta(seconds=seconds)
    target.save(update_fields=["next_at"])


def stop(target: Target, reason: str) -> None:
    """It waits for a person. Call it with the target locked."""
    parts.stop(target, State.BLOCKED, reason)
    target.save(update_fields=["state", "problem", "needs_person"])
    record("post.blocked", target, by=target.workspace, reason=reason)


@transaction.atomic
def put_back(attempts: Sequence[Attempt]) -> None:
    """They have not left and were not tried: they wait as before, and are judged anew. Safe to repeat."""
    ours = Attempt.objects.filter(pk__in=[one.pk for one in attempts], state=Attempt.State.PREPARED)
    rows = Target.objects.select_for_update(of=("self",)).filter(state=State.SENDING, attempts__in=ours)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    ours.filter(target__in=ids).delete()
    Target.objects.filter(pk__in=ids).update(state=State.SCHEDULED, next_at=timezone.now())


@transaction.atomic
def _put_aside(target_id: int, error: Exception) -> None:
    """One that cannot be judged: a person is told where our own words say why, else it is tried again in a while."""
    target = (
        Target.objects.select_for_update(of=("self",))
        .select_related("piece", "account", "workspace")
        .filter(pk=target_id, state__in=(State.SCHEDULED, State.PARTLY))
        .first()
    )
    if target is None:
        return
    if isinstance(error, CrosscutError):
        stop(target, str(error))
    else:
        _log.exception("post_not_judged", target=target_id)
        _later(target, seconds=_FAULTY_S)
