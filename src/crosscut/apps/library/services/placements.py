"""Places outside Crosscut where an asset was used: noted by hand, so that somebody takes them down when rights end."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Placement
from crosscut.apps.library.queries import asset_for, placement_for
from crosscut.apps.library.services.holdings import note_change
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase


@transaction.atomic
def note_placement(by: Member, asset_id: int, place: str, *, url: str = "") -> Placement:
    """A place where the asset is used besides our posts. Raises Invalid."""
    demand(by, "draft")
    asset = asset_for(by, asset_id)
    words, address, problems = " ".join(place.split()), url.strip(), []
    if not 0 < len(words) <= 200 or "\0" in words:
        message = phrase("Say where it is, in at most 200 characters.")
        problems.append(Problem(code="placement.place", where="place", message=message))
    if address and (len(address) > 1000 or urlsplit(address).scheme not in ("http", "https")):
        message = phrase("Give a full address that starts with https:// or http://.")
        problems.append(Problem(code="placement.url", where="url", message=message))
    if problems:
        raise Invalid(problems=problems)
    row = Placement.objects.create(asset=asset, place=words, url=address, noted_by=by)
    note_change([asset.pk])
    record("asset.placed", asset, by=by, placement=row.pk, place=row.place)
    return row


@transaction.atomic
def end_placement(by: Member, placement_id: int) -> Placement:
    """The place, where it is not used any more."""
    demand(by, "draft")
    row = placement_for(by, placement_id)
    if row.gone_at is None:
        row.gone_at = timezone.now()
        row.save(update_fields=["gone_at"])
        note_change([row.asset_id])
        record("asset.displaced", row.asset, by=by, placement=row.pk, place=row.place)
    return row
