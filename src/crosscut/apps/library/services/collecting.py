"""Putting assets together: collections, what is in them, and in which order; or the search that fills them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import gathering, searchbox
from crosscut.apps.library.models import Asset, Collection, CollectionItem
from crosscut.apps.library.queries import collection_for, known_assets
from crosscut.apps.library.services.guest_previews import plan_previews
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase

MOST = 2000  # assets in one collection
LONGEST_NOTES = 20_000


@dataclass(frozen=True, kw_only=True)
class About:
    """What to change of a collection; None leaves as it is."""

    title: str | None = None
    notes: str | None = None
    cover: int | None = None  # an asset that is in it; 0 takes the first one again
    search: str | None = None  # of one that fills itself: another search


@transaction.atomic
def make_collection(
    by: Member, title: str, *, notes: str = "", asset_ids: Sequence[int] = (), search: str = ""
) -> Collection:
    """A new collection with these assets, or one that is filled by a search, always with what it finds then.

    Raises Invalid for one without a title, or with both; NotFound for an unknown asset.
    """
    demand(by, "draft")
    if search and asset_ids:
        raise Invalid.at("search", phrase("A collection is filled by a search or by hand, not by both."))
    row = Collection(workspace_id=by.workspace_id, created_by=by, title=_title(title), notes=_notes(notes))
    row.search = _search(search) if search else ""
    row.save()
    record("collection.made", row, by=by)
    if asset_ids:
        collect(by, row.pk, asset_ids)
    return row


@transaction.atomic
def describe_collection(by: Member, collection_id: int, about: About) -> Collection:
    """The collection with the changes made."""
    demand(by, "draft")
    row = _held(by, collection_id)
    if about.title is not None:
        row.title = _title(about.title)
    if about.notes is not None:
        row.notes = _notes(about.notes)
    if about.cover is not None:
        row.cover = _cover(row, about.cover)
    if about.search is not None:
        _refuse_by_hand(row)
        row.search = _search(about.search)
    _touch(row)
    record("collection.changed", row, by=by)
    return row


@transaction.atomic
def collect(by: Member, collection_id: int, asset_ids: Iterable[int]) -> int:
    """Adds assets at the end; says how many were not in it yet."""
    demand(by, "draft")
    row = _filled_by_hand(by, collection_id)
    there = set(row.items.values_list("asset_id", flat=True))
    assets = [asset for asset in known_assets(by, list(dict.fromkeys(asset_ids))) if asset.pk not in there]
    if len(there) + len(assets) > MOST:
        raise Invalid.at("assets", phrase("A collection holds at most {most} assets.", most=MOST))
    last = row.items.aggregate(last=Max("position"))["last"] or 0
    CollectionItem.objects.bulk_create(
        CollectionItem(collection=row, asset=asset, position=last + number, added_by=by)
        for number, asset in enumerate(assets, start=1)
    )
    if assets:
        _touch(row)
        record("collection.filled", row, by=by, assets=[asset.pk for asset in assets])
        plan_previews(row)
    return len(assets)


@transaction.atomic
def take_out(by: Member, collection_id: int, asset_id: int) -> Collection:
    """The collection without the asset, which stays in the library. Guests no longer see it from now on."""
    demand(by, "draft")
    row = _filled_by_hand(by, collection_id)
    gone, _details = row.items.filter(asset=asset_id).delete()
    if gone:
        if row.cover_id == asset_id:
            row.cover = None
        _touch(row)
        record("collection.emptied", row, by=by, assets=[asset_id])
    return row


@transaction.atomic
def put_in_order(by: Member, collection_id: int, asset_ids: Sequence[int]) -> Collection:
    """The collection in that order. Raises Conflict unless exactly its assets are named, each once."""
    demand(by, "draft")
    row = _filled_by_hand(by, collection_id)
    items = {item.asset_id: item for item in row.items.all()}
    if sorted(asset_ids) != sorted(items):
        raise Conflict(phrase("Somebody changed this collection meanwhile. Load it again."))
    for position, asset_id in enumerate(asset_ids, start=1):
        items[asset_id].position = position
    CollectionItem.objects.bulk_update(items.values(), ["position"])
    _touch(row)
    return row


@transaction.atomic
def move(by: Member, collection_id: int, asset_id: int, *, steps: int) -> Collection:
    """The collection with the asset so many places later, or earlier for a negative number."""
    row = collection_for(by, collection_id)
    order = list(row.items.values_list("asset_id", flat=True))
    if asset_id in order:
        at = order.index(asset_id)
        order.insert(max(0, at + steps), order.pop(at))
    return put_in_order(by, collection_id, order)


@transaction.atomic
def archive_collection(by: Member, collection_id: int) -> Collection:
    """Puts it away: its assets stay in the library, and its links show nothing until it is back."""
    demand(by, "draft")
    row = _held(by, collection_id)
    row.archived_at = row.archived_at or timezone.now()
    row.save(update_fields=["archived_at"])
    record("collection.archived", row, by=by)
    return row


@transaction.atomic
def restore_collection(by: Member, collection_id: int) -> Collection:
    """Brings it back as it was."""
    demand(by, "draft")
    row = _held(by, collection_id)
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    record("collection.restored", row, by=by)
    return row


def _held(by: Member, collection_id: int) -> Collection:
    """The collection, held until the transaction ends."""
    found = collection_for(by, collection_id)
    return Collection.objects.select_for_update().get(pk=found.pk)


def _filled_by_hand(by: Member, collection_id: int) -> Collection:
    """The same. Raises Conflict for one that a search fills."""
    row = _held(by, collection_id)
    if row.search:
        raise Conflict(phrase("This collection fills itself with what its search finds. Change the search instead."))
    return row


def _refuse_by_hand(row: Collection) -> None:
    if not row.search:
        raise Conflict(phrase("This collection was filled by hand. Make another one for the search."))


def _touch(row: Collection) -> None:
    row.updated_at = timezone.now()
    row.save()


def _title(title: str) -> str:
    words = " ".join(title.replace("\0", "").split())
    if not 0 < len(words) <= 120:
        raise Invalid.at("title", phrase("Give it a title of at most 120 letters."))
    return words


def _search(text: str) -> str:
    """The search as it is kept. Raises Invalid for one that says nothing, or more than is understood."""
    words = " ".join(text.replace("\0", "").split())
    if not words or len(words) > 1000:
        raise Invalid.at("search", phrase("Write what it is filled with, as in the search box."))
    if notes := searchbox.parse(words).notes:
        raise Invalid.at("search", notes[0])
    return words


def _notes(notes: str) -> str:
    words = notes.replace("\0", "").strip()
    if len(words) > LONGEST_NOTES:
        raise Invalid.at("notes", phrase("Notes have at most {most} characters.", most=LONGEST_NOTES))
    return words


def _cover(row: Collection, asset_id: int) -> Asset | None:
    if not asset_id:
        return None
    asset = next((one for one in gathering.assets_in(row) if one.pk == asset_id), None)
    if asset is None:
        raise Invalid.at("cover", phrase("The cover must be one of its assets."))
    return asset
