"""What the API says and takes about brand kits."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from crosscut.apps.library import queries
from crosscut.apps.library.models import BrandKit
from crosscut.apps.library.schemas.rights import StrictSchema

Role = Literal["logo", "font", "template"]


class BrandColour(StrictSchema):
    """One of a brand's colours."""

    name: str = Field(max_length=60)
    hex: str = Field(description="#rrggbb in small letters.", max_length=7)


class BrandWord(StrictSchema):
    """A word or saying that the brand does not use."""

    word: str = Field(max_length=120, description="Whole words; * at its end stands for any ending.")
    instead: str = Field("", max_length=120)
    is_forbidden: bool = Field(False, description="It stops the post; else it is advice.")


class BrandMust(StrictSchema):
    """What every post of the brand says."""

    words: str = Field(max_length=120, description='A hashtag, a handle, or any words: "#ReefWatch".')
    channels: list[str] = Field([], max_length=50, description="Slugs of channels; empty: everywhere.")
    is_demanded: bool = Field(False, description="A post without it is stopped; else it is advice.")


class BrandKitIn(StrictSchema):
    """Everything a brand kit says; its files are put in one by one."""

    name: str = Field(max_length=80)
    voice: str = Field("", max_length=20_000)
    colours: list[BrandColour] = Field([], max_length=60)
    words: list[BrandWord] = Field([], max_length=400)
    musts: list[BrandMust] = Field([], max_length=400)
    least_contrast: float = Field(4.5, ge=1, le=21, description="Of words of any size on their ground.")
    logo_kinds: list[str] = Field([], max_length=2, description="Media of which one must show a logo: image, video.")
    logo_clear_percent: int = Field(0, ge=0, le=500, description="Of the logo's height, kept free around it.")
    logo_least_px: int = Field(0, ge=0, le=360, description="Its least width on a phone 360 px wide.")


class BrandKitChange(BrandKitIn):
    """The same, with the state of the kit it was made from."""

    revision: int | None = Field(None, ge=1, le=2**31 - 1, description="The one you saw: a later one is a conflict.")


class BrandFileOut(Schema):
    """A file of the library in a kit."""

    asset_id: int
    role: Role
    note: str
    title: str = Field(alias="asset.title")


class BrandPairOut(Schema):
    """One colour on another."""

    words: str = Field(alias="words.name")
    ground: str = Field(alias="ground.name")
    ratio: float
    reads: Literal["text", "large", "nothing"] = Field(alias="reads.value")


class BrandKitOut(Schema):
    """A brand kit."""

    id: int
    name: str
    voice: str
    colours: list[BrandColour]
    words: list[BrandWord]
    musts: list[BrandMust]
    least_contrast: float
    logo_kinds: list[str]
    logo_clear_percent: int
    logo_least_px: int
    is_usual: bool = Field(description="Posts go by it unless their campaign chose another.")
    revision: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class BrandKitDetail(BrandKitOut):
    """A brand kit with its files, and what its colours can be on each other."""

    files: list[BrandFileOut]
    pairs: list[BrandPairOut]

    @staticmethod
    def resolve_files(kit: BrandKit) -> list[Any]:
        return list(kit.files.filter(asset__binned_at=None).select_related("asset"))

    @staticmethod
    def resolve_pairs(kit: BrandKit) -> list[Any]:
        return queries.brand_pairs(kit)


class BrandFileIn(StrictSchema):
    """An asset to put into a kit."""

    asset: int = Field(ge=1, le=2**63 - 1)
    role: Role
    note: str = Field("", max_length=200, description='When to take this one: "on dark grounds".')
