"""How much an account may still do within a rolling time: as its channel tells, and as we have used it since.

A channel's own answer counts what other programs did as well, and grows old; our own posts since then are added. What
is over is not sent and not refused: it waits until the channel's time has passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.publish.models import Allowance, Attempt, Target
from crosscut.channels.protocol import Adapter, CanStage, Context, HasQuotas, Quota
from crosscut.channels.registry import channel
from crosscut.kernel.errors import ChannelError
from crosscut.specs.platforms import platform

POSTS = "posts"  # the allowance that limits publishing
_FRESH = timedelta(minutes=5)  # an answer younger than this is not asked for again


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left of an allowance."""

    used: int
    total: int
    window_s: int
    told_at: datetime | None  # when the channel said so; None: from documents and our own posts alone
    free_at: datetime | None  # when one more is allowed again; None: now

    @property
    def hours(self) -> int:
        """How long one counts."""
        return round(self.window_s / 3600)

    @property
    def shown(self) -> int:
        """What a bar that ends at `total` can show."""
        return min(self.used, self.total)


def ask(place: Adapter | CanStage, context: Context, account: Account) -> None:
    """Keeps what the channel says now, where it says it and has not just done so.

    A channel that does not answer this question may take the post all the same.
    """
    if not isinstance(place, HasQuotas):
        return
    if Allowance.objects.filter(account=account, told_at__gt=timezone.now() - _FRESH).exists():
        return
    try:
        told = place.quotas(context)
    except ChannelError:
        return
    keep(account, told)


@transaction.atomic
def keep(account: Account, told: tuple[Quota, ...]) -> None:
    """Writes down what the channel told."""
    for quota in told:
        now = {"used": quota.used, "total": quota.total, "window_s": quota.window_s, "told_at": timezone.now()}
        Allowance.objects.update_or_create(account=account, name=quota.name, defaults=now)


@dataclass(frozen=True, kw_only=True)
class _Limit:
    """How many posts may go out within that time, by the channel's own word or by its documents."""

    total: int
    window_s: int
    used: int = 0
    told_at: datetime | None = None


def left_of(account: Account) -> Left | None:
    """What is left of the account's posts; None where its channel has no limit that anybody knows."""
    return lefts_of([account]).get(account.pk)


def lefts_of(accounts: Iterable[Account]) -> dict[int, Left]:
    """The same of several accounts, by their ids; without those of which nobody knows a limit."""
    channels = {account.pk: account.channel for account in accounts}
    limits = {pk: limit for pk, slug in channels.items() if (limit := _documented(slug))}
    for row in Allowance.objects.filter(account__in=channels, name=POSTS):
        limits[row.account_id] = _Limit(total=row.total, window_s=row.window_s, used=row.used, told_at=row.told_at)
    sent = _sent_by(limits) if limits else {}
    return {pk: _left(limit, sent.get(pk, [])) for pk, limit in limits.items()}


def _left(limit: _Limit, sent: list[datetime]) -> Left:
    """What is left, with our own posts of late, the oldest first."""
    now, window = timezone.now(), timedelta(seconds=limit.window_s)
    used, total, told_at = limit.used, limit.total, limit.told_at
    ours = [at for at in sent if at > now - window]
    is_old = told_at is None or now - told_at > window
    all_used = len(ours) if is_old or told_at is None else max(len(ours), used + sum(at > told_at for at in ours))
    free_at = None
    if all_used >= total:
        oldest = ours[0] if ours else told_at or now
        free_at = max(oldest + window, now + timedelta(minutes=1)) if len(ours) >= total else now + _FRESH
    return Left(used=all_used, total=total, window_s=limit.window_s, told_at=told_at, free_at=free_at)


def _sent_by(limits: Mapping[int, _Limit]) -> dict[int, list[datetime]]:
    """When each of our posts went out, or may have, the oldest first, by account."""
    states = (Attempt.State.SENT, Attempt.State.UNKNOWN, Attempt.State.ACCEPTED, Attempt.State.CONFIRMED)
    since = timezone.now() - timedelta(seconds=max(limit.window_s for limit in limits.values()))
    rows = Attempt.objects.filter(target__account__in=limits, state__in=states, sent_at__gt=since)
    rows = rows.exclude(target__has_comment=True, part=F("target__part_count"))
    found: dict[int, list[datetime]] = {}
    for account_id, at in rows.order_by("sent_at").values_list("target__account", "sent_at"):
        if at:
            found.setdefault(account_id, []).append(at)
    return found


def _documented(slug: str) -> _Limit | None:
    """The published limit on posts, where the platform's data know one."""
    limits = platform(channel(slug).platform).rate_limits or {}
    for item in limits.get("items") or ():
        if item["name"] in ("published_posts", POSTS) and item["max"]:
            return _Limit(total=item["max"], window_s=item["window_seconds"])
    return None


def words(account: Account, left: Left) -> str:
    """Why a post waits for its turn."""
    limit = f"{account.name} may publish {left.total} posts in {round(left.window_s / 3600)} hours"
    return f"{limit}, and has published {left.used}. This one goes out as soon as there is room again."


def last_proof(account: Account) -> Target | None:
    """The account's post that was last seen by the public as it was sent."""
    rows = Target.objects.filter(account=account, state=Target.State.PROVEN).select_related("piece")
    return rows.order_by("-sent_at").first()
