"""What will become of planned posts, known today: each is checked for its own time, every night and after every change.

Whoever schedules is told at once; this tells what changed since: a licence, a login, a limit, an allowance, a post.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.preflight.services import check_planned, is_passing
from crosscut.apps.publish.models import Forecast, Target
from crosscut.apps.publish.queries import stale_forecasts
from crosscut.apps.publish.services.allowance import left_of
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.findings import Finding, Level, blocking, worst_first
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data
from crosscut.specs.house import cite_house, house
from crosscut.specs.loading import data_digest

AT_ONCE = 100  # posts of one job; the next one goes on


def judge_stale() -> int:
    """Judges anew what must be, the soonest due first. Returns how many: `AT_ONCE` when there may be more."""
    found = stale_forecasts(AT_ONCE)
    for target_id in found:
        judge(target_id)
    return len(found)


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
            "findings": as_data(findings),
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
    yield from _of_account(target.account, at)
    yield from _of_allowance(target)
    yield from _of_neighbours(target)


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
    """Whether the posts planned before it use its channel's allowance up. It would wait then, not fail."""
    left = left_of(target.account)
    if left is None:
        return
    opens_at = target.due_at - timedelta(seconds=left.window_s)
    before = Target.objects.filter(account=target.account, state__in=Target.WAITING_STATES)
    planned = before.filter(due_at__gt=opens_at, due_at__lte=target.due_at).count()
    used = left.used if opens_at < timezone.now() else 0
    if planned + used > left.total:
        yield Finding(
            code="account.allowance",
            level=Level.ADVICE,
            where="at",
            message=phrase(
                "{account} may publish {total} posts in {hours} hours, and this is number {number}: it will wait.",
                account=target.account.name,
                total=left.total,
                hours=left.hours,
                number=planned + used,
            ),
            repair=phrase("Move it, or another one, to another day."),
        )


def _of_neighbours(target: Target) -> Iterator[Finding]:
    """Posts of the same account that come too close, in time or in words."""
    others = Target.objects.filter(account=target.account_id).exclude(pk=target.pk)
    others = others.exclude(state__in=Target.CLOSED_STATES).select_related("piece")
    if (beside := _beside(target, others)) is not None:
        yield _advice(
            "time.collision",
            phrase(
                "“{other}” goes out to {account} within {minutes} minutes of this.",
                other=beside.piece.title,
                account=target.account.name,
                minutes=house("calendar")["apart_minutes"],
            ),
            phrase("Move one of them."),
            other=beside.pk,
        )
    if (twin := _alike(target, others)) is not None:
        yield _advice(
            "text.alike",
            phrase(
                "It says nearly the same as “{other}” of {day} on {account}.",
                other=twin.piece.title,
                day=f"{twin.due_at:%Y-%m-%d}",
                account=target.account.name,
            ),
            phrase("Write it anew, or leave one out."),
            other=twin.pk,
        )


def _beside(target: Target, others: QuerySet[Target]) -> Target | None:
    near = timedelta(minutes=house("calendar")["apart_minutes"])
    return others.filter(due_at__gt=target.due_at - near, due_at__lt=target.due_at + near).order_by("due_at").first()


def _alike(target: Target, others: QuerySet[Target]) -> Target | None:
    """An earlier post that says nearly the same. A repeat of the same piece is meant, and none."""
    rules, channel = house("calendar"), target.account.channel
    text = target.edition.content["outlets"].get(channel, {}).get("text") or ""
    if len(text) < rules["alike_from_chars"]:
        return None
    since = target.due_at - timedelta(days=rules["alike_days"])
    earlier = others.filter(due_at__gt=since, due_at__lte=target.due_at).exclude(piece=target.piece_id)
    said = KeyTextTransform("text", KeyTransform(channel, KeyTransform("outlets", "edition__content")))
    likeness = TrigramSimilarity(Cast(said, TextField()), text)
    return earlier.annotate(likeness=likeness).filter(likeness__gte=rules["alike"]).order_by("-likeness").first()


def _advice(code: str, message: str, repair: str, **values: int) -> Finding:
    where, source = "at" if code.startswith("time.") else "text", cite_house("calendar")
    return Finding(
        code=code, level=Level.ADVICE, message=message, repair=repair, where=where, source=source, values=values
    )
