"""What the API says and takes about collections and the guests who see them."""

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from crosscut.apps.library import gathering, queries
from crosscut.apps.library.models import Collection, CollectionLink
from crosscut.apps.library.schemas.rights import StrictSchema

Downloads = Literal["none", "web", "original"]


class CollectionOut(Schema):
    """Assets put together by hand, or by a search."""

    id: int
    title: str
    notes: str
    search: str = Field(description="What fills it, as in the search box; empty: people put assets in.")
    cover_id: int | None = Field(description="The asset chosen as its cover; none: the first.")
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class CollectionDetail(CollectionOut):
    """A collection with what is in it."""

    asset_ids: list[int] = Field(description="In their order; of a search the first 500.")

    @staticmethod
    def resolve_asset_ids(row: Collection) -> list[int]:
        return gathering.asset_ids_in(row)


class CollectionIn(StrictSchema):
    """A new collection."""

    title: str = Field(max_length=120)
    notes: str = Field("", max_length=20_000)
    asset_ids: list[int] = Field([], max_length=2000)
    search: str = Field("", max_length=1000, description="It fills itself with what this finds; then name no assets.")


class CollectionChange(StrictSchema):
    """What to change; what is left out stays."""

    title: str | None = Field(None, max_length=120)
    notes: str | None = Field(None, max_length=20_000)
    cover: int | None = Field(None, ge=0, le=2**63 - 1, description="An asset that is in it; 0 for the first one.")
    search: str | None = Field(None, max_length=1000, description="Of one that fills itself: another search.")


class AssetIds(StrictSchema):
    """Several assets, in order."""

    asset_ids: list[int] = Field(max_length=2000)


class ShowIn(StrictSchema):
    """How a guest is to see a collection."""

    name: str = Field(max_length=80, description="Who the guest is.")
    ends_at: datetime | None = Field(None, description="Until when; in two weeks unless said.")
    password: str = Field("", max_length=200)
    watermark: str = Field("", max_length=60, description="Words written across every preview.")
    downloads: Downloads = "none"


class CollectionLinkOut(Schema):
    """A guest who may look."""

    id: int
    name: str
    ends_at: datetime
    has_password: bool
    watermark: str
    downloads: Downloads
    created_at: datetime
    revoked_at: datetime | None
    is_open: bool

    @staticmethod
    def resolve_has_password(link: CollectionLink) -> bool:
        return bool(link.password_hash)

    @staticmethod
    def resolve_is_open(link: CollectionLink) -> bool:
        return queries.is_open(link)


class NewCollectionLink(Schema):
    """A link that was just made, with its address, which is told this once."""

    link: CollectionLinkOut
    url: str


class GuestEventOut(Schema):
    """What a guest did."""

    kind: Literal["opened", "viewed", "downloaded"]
    asset_id: int | None
    label: str
    at: datetime


class HiddenOut(Schema):
    """An asset of the collection that guests do not see."""

    asset_id: int
    reason: str
