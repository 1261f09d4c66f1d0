"""The calendar for other programs: a secret address for each member, made anew or taken away at any time."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.guest_links import found_link
from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import hash_of, new_secret
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import CalendarFeed


@transaction.atomic
def open_feed(by: Member) -> str:
    """The member's new address, shown this once. An earlier one stops working."""
    demand(by, "draft")
    secret = new_secret("ccf")
    CalendarFeed.objects.update_or_create(
        member=by, defaults={"secret_hash": hash_of(secret), "created_at": timezone.now(), "read_at": None}
    )
    record("calendar_feed.opened", by, by=by)
    return f"{settings.DESK_URL}/calendar/feed/{secret}.ics"


@transaction.atomic
def close_feed(by: Member) -> bool:
    """Whether there was an address; it works no more."""
    count, _rows = CalendarFeed.objects.filter(member=by).delete()
    if count:
        record("calendar_feed.closed", by, by=by)
    return bool(count)


def reader_of(secret: str, *, address: str) -> Member:
    """Whose calendar stands at the address. Raises NotFound for a wrong or withdrawn one, Unavailable for who guesses.

    Nobody who has left, or may not sign in any more, has one.
    """
    rows = CalendarFeed.objects.select_related("member__user", "member__workspace")
    rows = rows.filter(member__left_at=None, member__user__is_active=True).exclude(member__role=Role.GUEST)
    feed = found_link(lambda: rows.filter(secret_hash=hash_of(secret)).first(), address=address)
    CalendarFeed.objects.filter(pk=feed.pk).update(read_at=timezone.now())
    return feed.member
