"""The bin: what is deleted can be brought back for some days, then goes for good. What is in use stays."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Paper, Rendition, Version
from crosscut.apps.library.protecting import demand_named
from crosscut.apps.library.queries import assets_for, binned_for
from crosscut.apps.library.services.rooms import take_away
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase


@transaction.atomic
def put_into_bin(by: Member, asset_ids: Iterable[int], *, named: Collection[str] = ()) -> int:
    """Deletes assets, to be brought back from the bin for some days; says how many.

    All of them or none. `named` has the keys of the posts and pieces that were seen to need them: those keep what they
    have, and its files stay with it. Raises NotFound, and Conflict with each post or piece that was not named.
    """
    demand(by, "draft")
    wanted = set(asset_ids)
    if not wanted:
        raise Invalid.at("assets", phrase("Choose at least one asset."))
    assets = list(assets_for(by).filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))
    if len(assets) < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in this workspace. Nothing was changed."))
    needed = demand_named(assets, named)
    now = timezone.now()
    for asset in assets:
        asset.binned_at, asset.binned_by = now, by
        asset.save(update_fields=["binned_at", "binned_by"])
        record("asset.binned", asset, by=by, needed_by=[one.key for one in needed if one.asset_id == asset.pk][:100])
    return len(assets)


@transaction.atomic
def take_out_of_bin(by: Member, asset_ids: Iterable[int]) -> int:
    """Brings assets back with all that belongs to them; says how many. Raises NotFound."""
    demand(by, "draft")
    wanted = set(asset_ids)
    assets = list(binned_for(by).filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))
    if not wanted or len(assets) < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in the bin. Nothing was changed."))
    for asset in assets:
        asset.binned_at, asset.binned_by = None, None
        asset.save(update_fields=["binned_at", "binned_by"])
        record("asset.unbinned", asset, by=by)
    return len(assets)


def empty_bin(by: Member) -> int:
    """Removes everything in the bin for good; says how many assets. What the history of posts names stays in it."""
    demand(by, "workspace")
    return sum(remove_for_good(asset, by=by) for asset in binned_for(by))


def empty_old() -> int:
    """Removes for good what has been in a bin for long enough, in every workspace; says how many assets."""
    old = timezone.now() - timedelta(days=settings.BIN_DAYS)
    return sum(remove_for_good(asset, by=None) for asset in Asset.objects.filter(binned_at__lt=old))


def remove_for_good(asset: Asset, *, by: Member | None) -> bool:
    """Whether the asset could go: first all of its rows in one transaction, then those files that no other row names.

    Killed in between, the files are left to the nightly sweep. An asset that a post's history names is kept.
    """
    with transaction.atomic():
        row = Asset.objects.select_for_update(of=("self",)).select_related("workspace").filter(pk=asset.pk).first()
        if row is None or row.binned_at is None or _is_history(row):
            return False
        hashes = _hashes_of(row)
        record("asset.removed", row, by=by or row.workspace, files=sorted(hashes)[:100])
        Asset.objects.filter(pk=row.pk).update(current=None)  # an asset and its version point at each other
        row.current = None
        row.delete()
    take_away(hashes)
    return True


def _is_history(asset: Asset) -> bool:
    """Whether an edition or an archived piece names it: what was approved and sent stays explained."""
    return asset.uses.exists() or asset.versions.exclude(edition_uses=None).exists()


def _hashes_of(asset: Asset) -> set[str]:
    rows = (
        Version.objects.filter(asset=asset),
        Rendition.objects.filter(version__asset=asset),
        Paper.objects.filter(licence__asset=asset),
        Paper.objects.filter(consent__asset=asset),
    )
    return {sha256 for found in rows for sha256 in found.values_list("sha256", flat=True)}
