"""Showing a collection to a guest by link, and ending that; and what the guest does behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.guest_links import OVER, USUAL_DAYS, Check, demand_password, found_link, problems_of
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import hash_of, new_secret
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Collection, CollectionLink, LinkEvent
from crosscut.apps.library.queries import collection_for, is_open, link_by_secret, link_for
from crosscut.apps.library.services.guest_previews import plan_previews
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.phrases import phrase

_ONE_VISIT = timedelta(minutes=10)  # within it, the same thing looked at again is noted once


@dataclass(frozen=True, kw_only=True)
class Showing:
    """How a collection is to be shown to a guest."""

    name: str  # who the guest is
    ends_at: datetime | None = None  # None: in two weeks
    password: str = ""
    watermark: str = ""  # the words across every preview
    downloads: str = CollectionLink.Downloads.NONE


@transaction.atomic
def show_collection(by: Member, collection_id: int, wish: Showing) -> tuple[CollectionLink, str]:
    """A link for one guest and its address, which is shown once.

    Raises Invalid naming every field that does not fit, and Conflict for a collection that was put away.
    """
    demand(by, "share")
    row = Collection.objects.select_for_update().get(pk=collection_for(by, collection_id).pk)
    if row.archived_at:
        raise Conflict(phrase("This is archived. Bring it back before you show it to anybody."))
    name, mark = " ".join(wish.name.split()), " ".join(wish.watermark.replace("\0", "").split())
    ends_at = wish.ends_at or timezone.now() + timedelta(days=USUAL_DAYS)
    checks = _checks(wish, mark)
    if problems := problems_of(name=name, ends_at=ends_at, password=wish.password, also=checks):
        raise Invalid(problems=problems)
    secret = new_secret("ccl")
    link = CollectionLink.objects.create(
        collection=row,
        name=name,
        secret_hash=hash_of(secret),
        password_hash=make_password(wish.password) if wish.password else "",
        watermark=mark,
        downloads=wish.downloads,
        ends_at=ends_at,
        created_by=by,
    )
    record("collection.shown", row, by=by, guest=name, link=link.pk, downloads=wish.downloads)
    plan_previews(row)
    return link, f"{settings.DESK_URL}/lightbox/{secret}/"


@transaction.atomic
def end_showing(by: Member, link_id: int) -> CollectionLink:
    """Makes the link useless at once. Ending it again changes nothing."""
    demand(by, "share")
    link = CollectionLink.objects.select_for_update(of=("self",)).get(pk=link_for(by, link_id).pk)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        record("collection.hidden", link.collection, by=by, guest=link.name)
    return link


def come_in(secret: str, *, address: str) -> CollectionLink:
    """The link of that secret. Raises NotFound for a wrong or ended one, Unavailable for who tries many."""
    link = found_link(lambda: link_by_secret(secret), address=address)
    if not is_open(link):
        raise NotFound(OVER)
    return link


def unlock(link: CollectionLink, password: str, *, address: str) -> None:
    """Raises Invalid for a wrong password, and Unavailable, before looking, for who tries many."""
    demand_password(f"lightbox password {link.pk}", password, kept_hash=link.password_hash, address=address)


def note(link: CollectionLink, kind: str, asset: Asset | None = None, *, label: str = "") -> None:
    """Keeps what the guest did. Looking again within some minutes is the same look; every download counts."""
    words = label or (asset.title if asset else "")
    if kind != LinkEvent.Kind.DOWNLOADED:
        lately = link.events.filter(kind=kind, asset=asset, at__gt=timezone.now() - _ONE_VISIT)
        if lately.exists():
            return
    LinkEvent.objects.create(link=link, kind=kind, asset=asset, label=words[:200])


def _checks(wish: Showing, mark: str) -> tuple[Check, ...]:
    return (
        ("downloads", wish.downloads in CollectionLink.Downloads.values, phrase("Choose what may be downloaded.")),
        ("watermark", len(mark) <= 60, phrase("A mark has at most 60 letters.")),
    )
