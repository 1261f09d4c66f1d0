"""Collections and their links, as far as the asker may see them."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.secrets import hash_of
from crosscut.apps.library.models import Asset, Collection, CollectionItem, CollectionLink, LinkEvent
from crosscut.apps.library.queries.assets import assets_for, with_card_parts
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

SHOWN_OF_ITEMS = ("asset__licences", "asset__subjects__consents", "asset__tracks", "asset__current__renditions")


def collections_for(member: Member) -> QuerySet[Collection]:
    """The workspace's collections that are not archived, the last changed first; none for guests."""
    rows = Collection.objects.filter(workspace=member.workspace_id, archived_at=None)
    return rows.none() if member.role == Role.GUEST else rows


def collections_shown(member: Member) -> QuerySet[Collection]:
    """The same with how many assets and open links each has, as `assets_count` and `links_count`, and its items."""
    is_open = Q(links__revoked_at=None, links__ends_at__gt=timezone.now())
    rows = collections_for(member).select_related("cover__current", "created_by__user")
    counted = rows.annotate(
        assets_count=Count("items", distinct=True), links_count=Count("links", filter=is_open, distinct=True)
    )
    return counted.prefetch_related("items")


def collection_for(member: Member, collection_id: int) -> Collection:
    """One of them, archived or not. Raises NotFound."""
    rows = Collection.objects.filter(workspace=member.workspace_id)
    rows = rows.select_related("workspace", "created_by__workspace")
    row = rows.filter(pk=collection_id).first()
    if row is None or member.role == Role.GUEST:
        raise NotFound(phrase("There is no such collection in this workspace."))
    return row


def assets_in(collection: Collection) -> QuerySet[Asset]:
    """Its assets in their order, with everything a card shows."""
    rows = Asset.objects.filter(collected__collection=collection).order_by("collected__position", "collected__id")
    return with_card_parts(rows)


def collections_with(member: Member, asset: Asset) -> QuerySet[Collection]:
    """The collections the asset is in."""
    return collections_for(member).filter(items__asset=asset)


def link_for(member: Member, link_id: int) -> CollectionLink:
    """A guest's link, for the team. Raises NotFound."""
    row = CollectionLink.objects.select_related("collection__workspace").filter(pk=link_id).first()
    if row is None or row.collection.workspace_id != member.workspace_id or member.role == Role.GUEST:
        raise NotFound(phrase("There is no such guest here."))
    return row


def link_by_secret(secret: str) -> CollectionLink | None:
    """The link with that secret, ended or not; None for a secret there is none of."""
    return _links().filter(secret_hash=hash_of(secret)).first()


def link_by_id(link_id: int) -> CollectionLink | None:
    """The link a signed file address names."""
    return _links().filter(pk=link_id).first()


def is_open(link: CollectionLink) -> bool:
    """Whether the link works: not ended by anybody, its time not over, its collection not put away."""
    return link.revoked_at is None and link.ends_at > timezone.now() and link.collection.archived_at is None


def items_of(collection: Collection) -> QuerySet[CollectionItem]:
    """Its items in their order, with all that decides what may be shown of each."""
    rows = CollectionItem.objects.filter(collection=collection).select_related("asset__current", "asset__workspace")
    return rows.prefetch_related(*SHOWN_OF_ITEMS).order_by("position", "id")


def guest_events(collection: Collection) -> QuerySet[LinkEvent]:
    """What its guests did, the last first."""
    return LinkEvent.objects.filter(link__collection=collection).select_related("link")


def known_assets(member: Member, asset_ids: list[int]) -> list[Asset]:
    """The assets of those ids in the order they were named. Raises NotFound when one is not there."""
    rows = assets_for(member).in_bulk(asset_ids)
    if missing := [pk for pk in asset_ids if pk not in rows]:
        raise NotFound(phrase("There is no asset {number} in this workspace.", number=missing[0]))
    return [rows[pk] for pk in asset_ids]


def _links() -> QuerySet[CollectionLink]:
    about = ("collection__workspace", "collection__created_by__workspace", "created_by__user")
    return CollectionLink.objects.select_related(*about)
