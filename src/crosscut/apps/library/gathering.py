"""What is in a collection: what people put in, or what its search finds now."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import prefetch_related_objects

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library import queries, search, searchbox
from crosscut.apps.library.models import Asset, Collection, CollectionItem

MOST_FOUND = 500  # of what a search finds are shown: a guest's page holds no more


def items_in(collection: Collection) -> list[CollectionItem]:
    """Its items in their order, with all that decides what may be shown of each. Those that are found have no row."""
    if not collection.search:
        return list(queries.items_of(collection))
    return _as_items(collection, _found(collection))


def item_of(collection: Collection, version_id: int) -> CollectionItem | None:
    """The item whose asset has this current version; None where it is not in the collection."""
    if not collection.search:
        return queries.items_of(collection).filter(asset__current=version_id).first()
    asset = Asset.objects.filter(current=version_id, workspace=collection.workspace_id).first()
    if asset is None or asset.pk not in asset_ids_in(collection):
        return None
    return _as_items(collection, [asset])[0]


def assets_in(collection: Collection) -> list[Asset]:
    """Its assets in their order, with everything a card shows."""
    return list(_found(collection)) if collection.search else list(queries.assets_in(collection))


def asset_ids_in(collection: Collection) -> list[int]:
    """Their numbers, in order."""
    if not collection.search:
        return list(collection.items.values_list("asset_id", flat=True))
    eye = _eye(collection)
    return list(search.find(eye, _wanted(collection)).assets(0, MOST_FOUND)) if eye else []


def count_found(member: Member, collection: Collection) -> tuple[int, int | None]:
    """How many its search finds now, and the first of them."""
    found = search.find(member, _wanted(collection))
    return found.total, next(iter(found.assets(0, 1)), None)


def _wanted(collection: Collection) -> searchbox.Wanted:
    """What it says, and not what is alike in meaning: nobody looks it through before guests do."""
    return replace(searchbox.parse(collection.search), is_literal=True)


def _found(collection: Collection) -> tuple[Asset, ...]:
    eye = _eye(collection)
    return search.read(eye, asset_ids_in(collection)) if eye else ()


def _as_items(collection: Collection, assets: Iterable[Asset]) -> list[CollectionItem]:
    items = [CollectionItem(collection=collection, asset=asset) for asset in assets]
    prefetch_related_objects(items, "asset__workspace", "asset__current", *queries.SHOWN_OF_ITEMS)
    return items


def _eye(collection: Collection) -> Member | None:
    """Who looks for a guest: whoever made it, or a lead when that was nobody who is still known."""
    if collection.created_by and collection.created_by.role != Role.GUEST:
        return collection.created_by
    leads = Member.objects.filter(workspace=collection.workspace_id, role=Role.LEAD, left_at=None)
    return leads.select_related("workspace").first()
