"""What the API says and takes about pieces."""

from datetime import UTC, datetime
from typing import Any

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict, StrictBool

from crosscut.apps.accounts.models import Role
from crosscut.apps.produce import queries
from crosscut.apps.produce.models import Approval, Edition, Outlet, Piece, PieceMedia
from crosscut.apps.produce.queries import Stage
from crosscut.apps.produce.services.approve import holds
from crosscut.apps.produce.services.freeze import digests_of


class _Input(Schema):
    """What a program sends: a misspelt field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class PieceFilter(Schema):
    """Which pieces."""

    search: str = Field("", max_length=200, description="Words of the title or text.")
    stage: Stage | None = None
    campaign: int | None = None
    owner: int | None = Field(None, description="A member's id.")
    channel: str = Field("", max_length=40, description="A channel's short name.")
    is_archived: bool = False


class OutletIn(_Input):
    """What one channel shows."""

    post_type: str = Field(max_length=40, description="One of the channel's: text, images, article.")
    text: str | None = Field(None, description="Instead of the shared text; null: the shared one.")
    title: str | None = Field(None, description="Instead of the shared title; null: the shared one, empty: none.")
    extra: dict[str, Any] = Field(default_factory=dict, description="What only this channel has.")
    further: list[str] = Field(
        default_factory=list, max_length=100, description="The parts of a thread after the first; empty: no thread."
    )
    is_numbered: StrictBool = Field(False, description="Each part of a thread ends with its number: 2/4.")


class OutletOut(Schema):
    """What one channel shows."""

    channel: str
    post_type: str
    text: str | None
    title: str | None
    extra: dict[str, Any]
    further: list[str] = Field(description="The parts of a thread after the first.")
    is_numbered: bool


class PartIn(_Input):
    """One post of a thread."""

    text: str = Field(max_length=100_000)
    media: list[int] = Field(default_factory=list, max_length=100, description="Assets of the piece that go with it.")


class ThreadIn(_Input):
    """All parts of a thread, the first one included."""

    revision: int | None = Field(None, description="The one you saw; 409 when somebody saved since.")
    parts: list[PartIn] = Field(min_length=1, max_length=100, description="In order; one makes it a plain post.")
    is_numbered: StrictBool = False


class SplitIn(_Input):
    """How to split a text."""

    is_numbered: StrictBool = Field(False, description="Each part ends with its number: 2/4.")


class MediaIn(_Input):
    """How an asset is used in the piece."""

    alt_text: str = Field("", max_length=10_000, description="Empty: the asset's own.")
    is_decorative: StrictBool = False
    focus_x: float | None = Field(None, ge=0, le=1, description="0 left to 1 right: what a crop keeps.")
    focus_y: float | None = Field(None, ge=0, le=1, description="0 top to 1 bottom.")
    channels: list[str] = Field(default_factory=list, max_length=50, description="Empty: all.")
    parts: dict[str, int] = Field(
        default_factory=dict, description="By channel: the part of its thread it goes with, from 1; else the first."
    )


class MediaOut(Schema):
    """An asset in the piece."""

    asset: int
    name: str
    kind: str
    alt_text: str
    is_decorative: bool
    focus_x: float | None
    focus_y: float | None
    channels: list[str]
    parts: dict[str, int] = Field(description="By channel: the part of its thread it goes with, where not the first.")

    @staticmethod
    def resolve_asset(use: PieceMedia) -> int:
        return use.asset_id

    @staticmethod
    def resolve_name(use: PieceMedia) -> str:
        return use.asset.title

    @staticmethod
    def resolve_kind(use: PieceMedia) -> str:
        return use.asset.kind


class MediaOrder(_Input):
    """The piece's media in their new order."""

    asset_ids: list[int] = Field(max_length=500, description="All of them.")


class PieceIn(_Input):
    """What a piece begins with."""

    title: str
    text: str = Field("", description="Shared by all channels; Markdown.")
    summary: str = ""
    link: str = ""
    tags: list[str] = Field(default_factory=list)
    language: str = Field("en", description="BCP 47.")
    campaign: int | None = None
    shortens_links: StrictBool = Field(False, description="Posts show short links in place of the addresses.")


class PieceChange(_Input):
    """What to change of the shared words; what is left out stays."""

    revision: int | None = Field(None, description="The one you saw; 409 when somebody saved since.")
    title: str | None = None
    text: str | None = None
    summary: str | None = None
    link: str | None = None
    tags: list[str] | None = None
    language: str | None = None
    campaign: int | None = Field(None, description="Null takes it out of its campaign.")
    shortens_links: bool | None = None


class PieceOut(Schema):
    """One unit of content on its way to an audience."""

    id: int
    title: str
    text: str
    summary: str
    link: str
    tags: list[str]
    language: str
    campaign: int | None
    owner: int | None
    revision: int
    stage: Stage
    source_file: str
    shortens_links: bool = Field(description="Posts show short links in place of the addresses.")
    wished_at: datetime | None = Field(description="When somebody would like it out; nothing goes out by this.")
    updated_at: datetime
    archived_at: datetime | None

    @staticmethod
    def resolve_campaign(piece: Piece) -> int | None:
        return piece.campaign_id

    @staticmethod
    def resolve_owner(piece: Piece) -> int | None:
        return piece.owner_id


class PieceDetail(PieceOut):
    """A piece with its channels and media."""

    digest: str = Field(description="The name of the piece exactly as it is now: what an approval is about.")
    outlets: list[OutletOut]
    media: list[MediaOut]

    @staticmethod
    def resolve_digest(piece: Piece) -> str:
        return digests_of([piece])[piece.pk]

    @staticmethod
    def resolve_outlets(piece: Piece) -> list[Outlet]:
        return queries.outlets_of(piece)

    @staticmethod
    def resolve_media(piece: Piece) -> list[PieceMedia]:
        return queries.media_of(piece)


class FrozenOut(Schema):
    """A frozen state of a piece."""

    digest: str
    created_at: datetime
    created_by: int | None
    content: dict[str, Any] = Field(description="All it would publish: words, media by their hash, channels.")

    @staticmethod
    def resolve_created_by(edition: Edition) -> int | None:
        return edition.created_by_id


class DecisionIn(_Input):
    """A word about a piece."""

    decision: Approval.Decision
    digest: str = Field("", max_length=64, description="What you looked at; asking needs none.")
    note: str = Field("", max_length=5000, description="Required when changes are wanted.")


class DecisionOut(Schema):
    """A word that was said about one frozen state."""

    id: int
    decision: Approval.Decision
    digest: str
    member: int
    role: Role = Field(description="What they were when they said it.")
    holds: bool = Field(description="Whether they could approve then and still can: a yes that does not hold is none.")
    note: str
    at: datetime

    @staticmethod
    def resolve_holds(approval: Approval) -> bool:
        return holds(approval)

    @staticmethod
    def resolve_digest(approval: Approval) -> str:
        return approval.edition.digest

    @staticmethod
    def resolve_member(approval: Approval) -> int:
        return approval.member_id


class TextIn(_Input):
    """A text to count."""

    text: str = Field(max_length=100_000)
    warning: str = Field("", max_length=10_000, description="The content warning, where the place counts it along.")


class CountOut(Schema):
    """A text measured against a limit."""

    used: int
    limit: int | None = Field(description="Null when no limit is known.")
    unit: str
    over_at: int | None = Field(description="The first position, in code points, that no longer fits.")


class OwnerIn(_Input):
    """Whose it shall be."""

    owner: int = Field(description="A member's id.")


class WishIn(_Input):
    """When somebody would like the piece out."""

    at: AwareDatetime | None = Field(
        ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC), description="null: no day."
    )
