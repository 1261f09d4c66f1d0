"""What the API says and takes about duplicates."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import StrictBool

from crosscut.apps.library.models import Merge
from crosscut.apps.library.schemas.rights import StrictSchema

TierName = Literal["bytes", "pixels", "copy", "crop", "burst"]


class TwinGroupOut(Schema):
    """Assets that are, or may be, the same thing."""

    tier: TierName = Field(description="The least sure likeness among them; bytes is the surest.")
    asset_ids: list[int]
    is_apart: bool = Field(description="Somebody said that they are not the same.")


class TwinsAsked(Schema):
    """Which groups."""

    tier: TierName | None = None
    is_apart: bool = Field(False, description="Those that somebody said are not the same.")


class TwinOut(Schema):
    """One file that is like the asset."""

    asset_id: int
    version_id: int
    tier: TierName
    reason: str


class ApartIn(StrictSchema):
    """Assets that are not the same, or may be after all."""

    asset_ids: list[int] = Field(min_length=1, max_length=500)
    only: int | None = Field(None, description="One of them: it alone is none of the others.")


class PairsChanged(Schema):
    """How much of it was news."""

    pairs: int


class MergeIn(StrictSchema):
    """Which asset stays, which become it, and whose values go on."""

    keep: int
    merge: list[int] = Field(min_length=1, max_length=23)
    values: dict[str, int | Literal["all"]] = Field(
        {}, max_length=200, description="By field: the asset whose value goes on, or all for a list. Usual ones else."
    )
    accepts_rights: StrictBool = Field(
        False, description="You have seen that what may be done with the kept one changes."
    )


class MergePlanOut(Schema):
    """What merging would do."""

    keep: int
    changes: dict[str, tuple[Any, Any]] = Field(description="Of the kept one, by field: before and after.")
    changes_rights: bool
    rights_before: str
    rights_after: str
    shows: list["ShowsOut"] = Field(description="What shows one of the others now.")
    to_bin: list[int]
    to_archive: list[int] = Field(description="Approved, planned or live things need their files.")


class ShowsOut(Schema):
    """Something that shows an asset."""

    title: str
    url: str
    obstacle: str = Field(description="Why it goes on showing it; empty where it shows the kept one from then on.")


class GoneOut(Schema):
    """An asset that became another."""

    id: int
    title: str
    to: str = Field(description="Where it is: bin or archive.")


class MergeOut(Schema):
    """What was merged."""

    id: int
    kept_id: int
    gone: list[GoneOut]
    change_set_id: int | None
    by: str | None
    at: datetime
    undone_at: datetime | None

    @staticmethod
    def resolve_by(row: Merge) -> str | None:
        return str(row.by.user) if row.by else None


class UnmergedOut(Schema):
    """What undoing came to."""

    kept: list[str] = Field(description="What was changed since, and stays.")
