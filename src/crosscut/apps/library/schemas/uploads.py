"""What the API says about files that are being sent."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema

from crosscut.apps.library.models import Upload
from crosscut.apps.library.multiparts import MOST_PARTS
from crosscut.apps.library.schemas.assets import ArrivalOut
from crosscut.apps.library.services.parts import AT_ONCE
from crosscut.apps.library.services.uploads import offset_of
from crosscut.kernel.errors import NotFound


class UploadOut(Schema):
    """A file that is being sent piece by piece, or has just arrived."""

    key: UUID = Field(description="It is sent to `/library/uploads/{key}`.")
    filename: str
    size_bytes: int
    sha256: str = Field(description="Of the whole file, as its sender says; empty when not said.")
    offset_bytes: int = Field(description="How much of it is here for good.")
    asset_id: int | None = Field(description="The asset it becomes a new version of.")
    part_bytes: int | None = Field(
        None, description="Of each part, where it goes into the store: `/library/uploads/parts/{key}`."
    )
    created_at: datetime
    expires_at: datetime
    arrival: ArrivalOut | None = Field(description="What it became, once all of it was here.")

    @staticmethod
    def resolve_offset_bytes(upload: Upload) -> int:
        try:
            return offset_of(upload)
        except NotFound:
            return 0


class PartsIn(Schema):
    """A file that is about to be sent in parts."""

    filename: str = Field(max_length=4000)
    size_bytes: int = Field(ge=0, lt=2**63)
    sha256: str = Field("", max_length=64, description="Of the whole file, hex, if known.")
    asset_id: int | None = Field(None, ge=1, lt=2**63, description="The asset it becomes a new version of.")


class PartOut(Schema):
    """A part that has arrived."""

    number: int
    size_bytes: int
    etag: str = Field(description="The store's name for its bytes.")


class PartsOut(Schema):
    """A file whose parts its sender puts into the store."""

    upload: UploadOut
    part_bytes: int = Field(description="Of each part but the last one.")
    part_count: int = Field(description="Parts go from 1 to this.")
    parts: list[PartOut] = Field(description="What has arrived.")


class WantedPart(Schema):
    """A part that is about to be sent."""

    number: int = Field(ge=1, le=MOST_PARTS)
    md5: str = Field("", pattern="^([A-Za-z0-9+/]{22}==)?$", description="Of its bytes, in Base64: others are refused.")


class WantedParts(Schema):
    """Parts that are about to be sent."""

    parts: list[WantedPart] = Field(min_length=1, max_length=AT_ONCE)


class PartAddress(Schema):
    """Where one part goes, by PUT, with exactly this many bytes and these headers."""

    number: int
    url: str
    headers: dict[str, str]
    size_bytes: int


class PartAddresses(Schema):
    """Where parts go."""

    lasts_s: int = Field(description="For so long; ask again afterwards.")
    addresses: list[PartAddress]


class UploadFilter(Schema):
    """Which uploads."""

    key: list[UUID] = Field([], max_length=1000)
    is_open: bool | None = Field(None, description="Whether bytes are still missing.")
