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
from crosscut.apps.publish.services import parts
from crosscut.channels.protocol import Adapter, CanStage, Context, HasQuotas, Quota
from crosscut.channels.registry import channel
from crosscut.kernel.errors import ChannelError
from crosscut.specs.platforms import platform

POSTS = "posts"  # the allowance that limits publishing
REPLIES = "replies"  # the same for answers, such as further parts of a thread, where the channel counts them apart
_FRESH = timedelta(minutes=5)  # an answer younger than this is not asked for again


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left of an allowance."""

    name: str = POSTS  # of what: "posts" or "replies"
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


Lefts = Mapping[tuple[int, str], Left]  # by an account's id and the allowance's name


@dataclass(frozen=True, kw_only=True)
class _Limit:
    """How many posts may go out within that time, by the channel's own word or by its documents."""

    total: int
    window_s: int
    used: int = 0
    told_at: datetime | None = None


def left_of(account: Account, name: str = POSTS) -> Left | None:
    """What is left of the account's posts; None where its channel has no limit that anybody knows."""
    return lefts_of([account]).get((account.pk, name))


def lefts_of(accounts: Iterable[Account]) -> Lefts:
    """What is left of several accounts' posts and answers; without those of which nobody knows a limit."""
    channels = {account.pk: account.channel for account in accounts}
    names = [(pk, name) for pk, slug in channels.items() for name in (POSTS, REPLIES)]
    limits = {(pk, name): limit for pk, name in names if (limit := _documented(channels[pk], name))}
    for row in Allowance.objects.filter(account__in=channels, name__in=(POSTS, REPLIES)):
        told = _Limit(total=row.total, window_s=row.window_s, used=row.used, told_at=row.told_at)
        limits[row.account_id, row.name] = told
    sent = _sent_by(limits) if limits else {}
    return {key: _left(key[1], limit, sent.get(key, [])) for key, limit in limits.items()}


def needs_of(target: Target, lefts: Lefts) -> dict[str, int]:
    """How many of which allowance the parts take that are still to come, that of the next part first."""
    count = parts.post_count(target) - target.parts_out
    if (target.account_id, REPLIES) not in lefts:
        needs = {POSTS: count}
    else:
        needs = {POSTS: int(not target.parts_out), REPLIES: count - int(not target.parts_out)}
    return {name: number for name, number in needs.items() if number > 0}


def shortage_of(target: Target, lefts: Lefts) -> Left | None:
    """The allowance that has no room for the next part, or none for all of a thread; None where there is room.

    A thread is not begun where it would wait a day for its next part, unless there never is room for all of it.
    """
    for place, (name, count) in enumerate(needs_of(target, lefts).items()):
        left = lefts.get((target.account_id, name))
        if left is None:
            continue
        waits_for_all = not target.parts_out and left.total - left.used < count <= left.total
        if waits_for_all or (place == 0 and left.free_at is not None):
            return left
    return None


def _left(name: str, limit: _Limit, sent: list[datetime]) -> Left:
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
    return Left(name=name, used=all_used, total=total, window_s=limit.window_s, told_at=told_at, free_at=free_at)


def _sent_by(limits: Mapping[tuple[int, str], _Limit]) -> dict[tuple[int, str], list[datetime]]:
    """When each of our posts went out, or may have, the oldest first, by account and allowance. A part is a post.

    First comments count for neither.
    """
    accounts = {account_id for account_id, _name in limits}
    states = (Attempt.State.SENT, Attempt.State.UNKNOWN, Attempt.State.ACCEPTED, Attempt.State.CONFIRMED)
    since = timezone.now() - timedelta(seconds=max(limit.window_s for limit in limits.values()))
    rows = Attempt.objects.filter(target__account__in=accounts, state__in=states, sent_at__gt=since)
    rows = rows.exclude(target__has_comment=True, part=F("target__part_count"))
    found: dict[tuple[int, str], list[datetime]] = {}
    for account_id, part, at in rows.order_by("sent_at").values_list("target__account", "part", "sent_at"):
        is_answer = part > 1 and (account_id, REPLIES) in limits
        if at:
            found.setdefault((account_id, REPLIES if is_answer else POSTS), []).append(at)
    return found


def _documented(slug: str, name: str) -> _Limit | None:
    """The published limit on posts or answers, where the platform's data know one."""
    names = ("published_posts", POSTS) if name == POSTS else (name,)
    limits = platform(channel(slug).platform).rate_limits or {}
    for item in limits.get("items") or ():
        if item["name"] in names and item["max"]:
            return _Limit(total=item["max"], window_s=item["window_seconds"])
    return None


def words(account: Account, left: Left) -> str:
    """Why a post waits for its turn."""
    what = "answers" if left.name == REPLIES else "posts"
    limit = f"{account.name} may publish {left.total} {what} in {round(left.window_s / 3600)} hours"
    return f"{limit}, and has published {left.used}. This one goes out as soon as there is room again."


def last_proof(account: Account) -> Target | None:
    """The account's post that was last seen by the public as it was sent."""
    rows = Target.objects.filter(account=account, state=Target.State.PROVEN).select_related("piece")
    return rows.order_by("-sent_at").first()
