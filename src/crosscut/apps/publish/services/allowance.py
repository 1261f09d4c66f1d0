"""How much an account may still do within a rolling time: as its channel tells, and as we have used it since.

A channel's own answer counts what other programs did as well, and grows old; our own posts since then are added. What
is over is not sent and not refused: it waits until the channel's time has passed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
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


def left_of(account: Account) -> Left | None:
    """What is left of the account's posts; None where its channel has no limit that anybody knows."""
    row = Allowance.objects.filter(account=account, name=POSTS).first()
    if row is not None:
        return _left(account, row.used, row.total, row.window_s, told_at=row.told_at)
    documented = _documented(account.channel)
    return _left(account, 0, *documented, told_at=None) if documented else None


def _left(account: Account, used: int, total: int, window_s: int, *, told_at: datetime | None) -> Left:
    now, window = timezone.now(), timedelta(seconds=window_s)
    ours = _sent_since(account, now - window)
    is_old = told_at is None or now - told_at > window
    all_used = len(ours) if is_old or told_at is None else max(len(ours), used + sum(at > told_at for at in ours))
    free_at = None
    if all_used >= total:
        oldest = ours[0] if ours else told_at or now
        free_at = max(oldest + window, now + timedelta(minutes=1)) if len(ours) >= total else now + _FRESH
    return Left(used=all_used, total=total, window_s=window_s, told_at=told_at, free_at=free_at)


def _sent_since(account: Account, since: datetime) -> list[datetime]:
    """When each of our posts went out, or may have, the oldest first."""
    states = (Attempt.State.SENT, Attempt.State.UNKNOWN, Attempt.State.ACCEPTED, Attempt.State.CONFIRMED)
    rows = Attempt.objects.filter(target__account=account, state__in=states, sent_at__gt=since)
    return [at for at in rows.order_by("sent_at").values_list("sent_at", flat=True) if at]


def _documented(slug: str) -> tuple[int, int] | None:
    """Number and seconds of the published limit on posts, where the platform's data know one."""
    limits = platform(channel(slug).platform).rate_limits or {}
    for item in limits.get("items") or ():
        if item["name"] in ("published_posts", POSTS) and item["max"]:
            return item["max"], item["window_seconds"]
    return None


def words(account: Account, left: Left) -> str:
    """Why a post waits for its turn."""
    limit = f"{account.name} may publish {left.total} posts in {round(left.window_s / 3600)} hours"
    return f"{limit}, and has published {left.used}. This one goes out as soon as there is room again."


def last_proof(account: Account) -> Target | None:
    """The account's post that was last seen by the public as it was sent."""
    rows = Target.objects.filter(account=account, state=Target.State.PROVEN).select_related("piece")
    return rows.order_by("-sent_at").first()
