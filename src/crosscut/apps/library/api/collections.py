"""Collections for programs."""

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import gathering, lightbox, queries
from crosscut.apps.library.models import Collection, CollectionLink, LinkEvent
from crosscut.apps.library.schemas.assets import Changed
from crosscut.apps.library.schemas.collections import (
    AssetIds,
    CollectionChange,
    CollectionDetail,
    CollectionIn,
    CollectionLinkOut,
    CollectionOut,
    GuestEventOut,
    HiddenOut,
    NewCollectionLink,
    ShowIn,
)
from crosscut.apps.library.services import collecting, showing_guests

router = Router(tags=["collections"])


@router.get("/library/collections", response=list[CollectionOut], summary="Collections")
@paginate
def list_collections(request: ApiRequest) -> QuerySet[Collection]:
    """The last changed first; archived ones are left out."""
    queries.refuse_guests(request.auth)
    return queries.collections_for(request.auth)


@router.post("/library/collections", response={201: CollectionDetail}, summary="Make a collection")
def post_collection(request: ApiRequest, payload: CollectionIn) -> Status[Collection]:
    """With these assets in this order, or with a search that fills it."""
    row = collecting.make_collection(
        request.auth,
        payload.title,
        notes=payload.notes,
        asset_ids=payload.asset_ids,
        search=payload.search,
    )
    return Status(201, row)


@router.get("/library/collections/{int:collection_id}", response=CollectionDetail, summary="One collection")
def get_collection(request: ApiRequest, collection_id: int) -> Collection:
    """With what is in it."""
    return queries.collection_for(request.auth, collection_id)


@router.patch("/library/collections/{int:collection_id}", response=CollectionDetail, summary="Change a collection")
def patch_collection(request: ApiRequest, collection_id: int, payload: CollectionChange) -> Collection:
    """Its title, notes, cover or search."""
    about = collecting.About(**payload.model_dump())
    return collecting.describe_collection(request.auth, collection_id, about)


@router.post("/library/collections/{int:collection_id}/archive", response=CollectionDetail, summary="Put it away")
def post_collection_archive(request: ApiRequest, collection_id: int) -> Collection:
    """Its assets stay in the library; its guests see nothing meanwhile."""
    return collecting.archive_collection(request.auth, collection_id)


@router.post("/library/collections/{int:collection_id}/restore", response=CollectionDetail, summary="Bring it back")
def post_collection_restore(request: ApiRequest, collection_id: int) -> Collection:
    """As it was."""
    return collecting.restore_collection(request.auth, collection_id)


@router.post("/library/collections/{int:collection_id}/assets", response=Changed, summary="Add assets to it")
def post_collected(request: ApiRequest, collection_id: int, payload: AssetIds) -> dict[str, int]:
    """At its end; those that are in it already stay where they are."""
    return {"changed": collecting.collect(request.auth, collection_id, payload.asset_ids)}


@router.delete(
    "/library/collections/{int:collection_id}/assets/{int:asset_id}", response={204: None}, summary="Take one out"
)
def delete_collected(request: ApiRequest, collection_id: int, asset_id: int) -> Status[None]:
    """It stays in the library."""
    collecting.take_out(request.auth, collection_id, asset_id)
    return Status(204, None)


@router.put("/library/collections/{int:collection_id}/order", response=CollectionDetail, summary="Put it in order")
def put_order(request: ApiRequest, collection_id: int, payload: AssetIds) -> Collection:
    """Exactly its assets, each once."""
    return collecting.put_in_order(request.auth, collection_id, payload.asset_ids)


@router.get("/library/collections/{int:collection_id}/links", response=list[CollectionLinkOut], summary="Its guests")
@paginate
def list_collection_links(request: ApiRequest, collection_id: int) -> QuerySet[CollectionLink]:
    """Everybody it was shown to, the last first."""
    row = queries.collection_for(request.auth, collection_id)
    return row.links.select_related("collection")


@router.post(
    "/library/collections/{int:collection_id}/links", response={201: NewCollectionLink}, summary="Show it to a guest"
)
def post_collection_link(request: ApiRequest, collection_id: int, payload: ShowIn) -> Status[dict[str, object]]:
    """A link without an account. Its address is told this once; only a hash of it is kept."""
    wish = showing_guests.Showing(**payload.model_dump())
    link, url = showing_guests.show_collection(request.auth, collection_id, wish)
    return Status(201, {"link": link, "url": url})


@router.get("/library/collections/{int:collection_id}/hidden", response=list[HiddenOut], summary="What guests miss")
def get_hidden(request: ApiRequest, collection_id: int) -> list[dict[str, object]]:
    """Its assets that guests do not see now, each with its reason."""
    row = queries.collection_for(request.auth, collection_id)
    found = lightbox.hidden_from_guests(gathering.items_in(row), queries.today_in(row.workspace))
    return [{"asset_id": one.asset.pk, "reason": one.reason} for one in found]


@router.delete("/library/collection-links/{int:link_id}", response={204: None}, summary="End a guest's link")
def delete_collection_link(request: ApiRequest, link_id: int) -> Status[None]:
    """It shows nothing from this moment on."""
    showing_guests.end_showing(request.auth, link_id)
    return Status(204, None)


@router.get("/library/collection-links/{int:link_id}/log", response=list[GuestEventOut], summary="What a guest did")
@paginate
def list_guest_events(request: ApiRequest, link_id: int) -> QuerySet[LinkEvent]:
    """The last first."""
    return queries.link_for(request.auth, link_id).events.all()
