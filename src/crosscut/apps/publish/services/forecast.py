"""What will become of planned posts, known today: each is checked for its own time, every night and after every change.

Whoever schedules is told at once; this tells what changed since: a licence, a login, a limit, an allowance, a post.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.preflight.services import check_planned, is_passing
from crosscut.apps.publish.due import is_rush
from crosscut.apps.publish.models import Forecast, Target
from crosscut.apps.publish.neighbours import Newcomer, neighbour_findings
from crosscut.apps.publish.queries import stale_forecasts
from crosscut.apps.publish.services import clocks
from crosscut.apps.publish.services.allowance import REPLIES, Left, Lefts, lefts_of, needs_of
from crosscut.apps.publish.services.parts import post_count
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.findings import Finding, Level, blocking, kept, worst_first
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.specs.loading import data_digest

_COUNTED = ("account", "part_count", "parts_out", "has_comment")
AT_ONCE = 100  # posts of one job; the next one goes on


def judge_stale() -> int:
    """Judges anew what must be, the soonest due first. Returns how many: `AT_ONCE` when there may be more.

    Stops when many posts have to go out: these are judged by sending itself.
    """
    count = 0
    for target_id in stale_forecasts(AT_ONCE):
        if is_rush():
            break
        judge(target_id)
        count += 1
    return count


@transaction.atomic
def judge(target_id: int) -> Forecast | None:
    """What stands in the way of the post at its own time, kept beside it; None when it waits no more."""
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("account", "edition__piece__workspace")
    target = rows.filter(pk=target_id, state__in=Target.WAITING_STATES).first()
    if target is None:
        return None
    findings = worst_first(_findings(target))
    forecast, _is_new = Forecast.objects.update_or_create(
        target=target,
        defaults={
            "findings": kept(findings),
            "blocking_count": len([one for one in blocking(findings) if not is_passing(one)]),
            "judged_at": timezone.now(),
            "due_at": target.due_at,
            "account_state": target.account.state,
            "specs": data_digest(),
        },
    )
    return forecast


def _findings(target: Target) -> Iterator[Finding]:
    at = max(target.due_at, timezone.now())
    try:
        yield from check_planned(target.edition, target.account.channel, target.post_type, at=at)
    except CrosscutError as error:  # its channel, or this kind of post, is not here any more
        yield Finding(code=error.code, level=Level.BLOCK, message=str(error), where="channel")
    yield from _of_clocks(target)
    yield from _of_account(target.account, at)
    yield from _of_allowance(target)
    yield from _of_neighbours(target)


def _of_clocks(target: Target) -> Iterator[Finding]:
    """A time that clocks skip by now, by rules that came after it was planned: its moment stays."""
    if clocks.is_skipped(target):
        yield Finding(
            code="time.skipped",
            level=Level.ADVICE,
            where="at",
            message=phrase(
                "Clocks in {zone} skip {wall_time} by now. It goes out at the moment that was planned.",
                zone=target.zone,
                wall_time=target.wall_time.replace("T", " "),
            ),
            repair=phrase("Choose another time."),
        )


def _of_account(account: Account, at: datetime) -> Iterator[Finding]:
    if account.state != Account.State.CONNECTED:
        yield Finding(
            code="account.reconnect",
            level=Level.BLOCK,
            where="account",
            message=phrase("{account} must be connected again first.", account=account.name),
            repair=phrase("Connect it again on its page."),
        )
    elif account.token_expires_at and account.token_expires_at <= at and account.renew_at is None:
        yield Finding(
            code="account.login_ends",
            level=Level.BLOCK,
            where="account",
            message=phrase(
                "The login of {account} ends on {day}, before this goes out, and its channel cannot renew it.",
                account=account.name,
                day=f"{account.token_expires_at:%Y-%m-%d}",
            ),
            repair=phrase("Connect it again before."),
        )


def _of_allowance(target: Target) -> Iterator[Finding]:
    """Whether what is planned before it uses its channel's allowances up. It would wait then, not fail."""
    lefts = lefts_of([target.account])
    for name in needs_of(target, lefts):
        left = lefts.get((target.account_id, name))
        if left and (number := _number_of(target, left, lefts)) > left.total:
            told = {"account": target.account.name, "total": left.total, "hours": left.hours, "number": number}
            yield Finding(
                code="account.allowance",
                level=Level.ADVICE,
                where="at",
                message=_words_for(name, post_count(target), told),
                repair=phrase("Move it, or another one, to another day."),
            )


def _number_of(target: Target, left: Left, lefts: Lefts) -> int:
    """Which one of that allowance its last part is, with all that is planned before it: each part counts."""
    opens_at = target.due_at - timedelta(seconds=left.window_s)
    before = Target.objects.filter(account=target.account, state__in=Target.WAITING_STATES)
    before = before.filter(due_at__gt=opens_at, due_at__lte=target.due_at).only(*_COUNTED)
    used = left.used if opens_at < timezone.now() else 0
    return used + sum(needs_of(one, lefts).get(left.name, 0) for one in before)


def _words_for(name: str, count: int, told: Mapping[str, Any]) -> Phrase:
    if name == REPLIES:
        return phrase(
            "{account} may publish {total} answers in {hours} hours, and the last part of this is number {number}: "
            "it will wait.",
            **told,
        )
    if count > 1:
        return phrase(
            "{account} may publish {total} posts in {hours} hours, and the last part of this is number {number}: "
            "it will wait.",
            **told,
        )
    return phrase(
        "{account} may publish {total} posts in {hours} hours, and this is number {number}: it will wait.", **told
    )


def _of_neighbours(target: Target) -> Iterator[Finding]:
    text = target.edition.content["outlets"].get(target.account.channel, {}).get("text") or ""
    newcomer = Newcomer(
        account=target.account, piece_id=target.piece_id, at=target.due_at, text=text, post_id=target.pk
    )
    yield from neighbour_findings(newcomer)
