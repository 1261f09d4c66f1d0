"""Looking whether the addresses that pieces and short links lead to answer: before they go out, and each day after.

One bad answer says little: an address is called dead when it was not found twice, or nothing proper came for a day.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.produce.models import EditionLink, LinkCheck, ShortLink
from crosscut.channels import http
from crosscut.kernel.errors import CrosscutError

State = LinkCheck.State
AT_ONCE = 8  # addresses of one job; the next one goes on
_FRESH = timedelta(hours=12)  # an answer this young is not asked for again by a save
_EVERY = timedelta(days=1)
_AGAIN = timedelta(hours=1)  # after a bad answer
_SILENT_FOR = timedelta(days=1)  # so long without a proper answer, and it is dead
_FORGOTTEN = timedelta(days=7)  # what nothing leads to any more
_GONE = (404, 410)
_TIMEOUT_S = 8
_LONGEST = 2000  # characters
_PUBLIC = (
    "scheduled",
    "staging",
    "blocked",
    "sending",
    "partly",
    "sent",
    "proven",
    "unknown",
)  # posts that lead there, or will


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one look gave."""

    state: str  # of LinkCheck.State, as if it were the only one
    status: int | None = None
    final_address: str = ""
    hops: int = 0
    problem: str = ""


def note_addresses(workspace_id: int, addresses: Iterable[str]) -> list[LinkCheck]:
    """The addresses as rows; those nobody looked at lately are looked at soon."""
    wanted = [address for address in dict.fromkeys(addresses) if len(address) <= _LONGEST]
    if not wanted:
        return []
    rows = LinkCheck.objects.filter(workspace=workspace_id, address__in=wanted)
    known = set(rows.values_list("address", flat=True))
    new = [LinkCheck(workspace_id=workspace_id, address=one) for one in wanted if one not in known]
    LinkCheck.objects.bulk_create(new, ignore_conflicts=True)
    rows.filter(checked_at__lt=timezone.now() - _FRESH).update(asked_at=timezone.now())
    return list(rows)


def ask_again_for(by: Member, address: str) -> LinkCheck:
    """The address, which is looked at soon, however young its last answer is. Raises NotAllowed for guests."""
    demand(by, "draft")
    note_addresses(by.workspace_id, [address])
    row = LinkCheck.objects.get(workspace=by.workspace_id, address=address)
    row.asked_at = timezone.now()
    row.save(update_fields=["asked_at"])
    return row


def due_checks() -> QuerySet[LinkCheck]:
    """Addresses to be looked at now, the one that waits longest first."""
    is_asked = Q(checked_at=None) | Q(asked_at__gt=F("checked_at"))
    return LinkCheck.objects.filter(is_asked | (Q(next_at__lte=timezone.now()) & _led_to())).order_by("asked_at", "id")


def check_due() -> int:
    """Looks at some of them. Returns how many: `AT_ONCE` when there may be more. Forgets what nothing leads to."""
    LinkCheck.objects.filter(~_led_to(), checked_at__lt=timezone.now() - _FORGOTTEN).delete()
    found = list(due_checks()[:AT_ONCE])
    with (
        http.client(allowed_hosts=settings.ALLOWED_PRIVATE_HOSTS, timeout_s=_TIMEOUT_S, total_s=_TIMEOUT_S) as asking,
        ThreadPoolExecutor(AT_ONCE) as threads,  # together: a worker's place is wanted for sending
    ):
        answers = threads.map(lambda row: _answer(asking, row.address), found)
        for row, answer in zip(found, answers, strict=True):
            note_answer(row.pk, answer)
    return len(found)


@transaction.atomic
def note_answer(check_id: int, answer: Answer) -> LinkCheck | None:
    """Keeps what an address answered; None when it was forgotten meanwhile."""
    row = LinkCheck.objects.select_for_update().filter(pk=check_id).first()
    if row is None:
        return None
    now, is_well = timezone.now(), answer.state == State.ALIVE
    was_gone, since = row.status in _GONE and row.failed_since, row.failed_since
    row.state, row.failed_since = answer.state, None if is_well else (since or now)
    is_dead = (answer.state == State.DEAD and was_gone) or bool(since and now - since >= _SILENT_FOR)
    if not is_well:
        row.state = State.DEAD if is_dead else State.SILENT
    row.status, row.problem, row.hops = answer.status, answer.problem[:500], answer.hops
    row.final_address = answer.final_address[:_LONGEST]
    row.checked_at, row.next_at = now, now + (_EVERY if is_well or is_dead else _AGAIN)
    row.save()
    return row


def _led_to() -> Q:
    """Whether a post that is out, or will be, leads there, or a short link that is not over."""
    posts = EditionLink.objects.filter(address=OuterRef("pk"), edition__targets__state__in=_PUBLIC)
    links = ShortLink.objects.filter(workspace=OuterRef("workspace"), leads_to=OuterRef("address"))
    return Q(Exists(posts)) | Q(Exists(links.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))))


def _answer(asking: httpx.Client, address: str) -> Answer:
    try:
        seen = http.look(asking, address)
    except CrosscutError as error:
        return Answer(state=State.SILENT, problem=str(error))
    is_bad = seen.status in _GONE or seen.status >= 500
    # 401, 403 and 429 come from places that keep machines out: a person may well get in.
    return Answer(
        state=(State.DEAD if seen.status in _GONE else State.SILENT) if is_bad else State.ALIVE,
        status=seen.status,
        final_address=seen.url,
        hops=seen.hops,
        problem=f"HTTP {seen.status}" if is_bad else "",
    )
