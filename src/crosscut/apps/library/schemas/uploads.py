"""What the API says about files that are being sent."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema

from crosscut.apps.library.models import Upload
from crosscut.apps.library.schemas.assets import ArrivalOut
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
    created_at: datetime
    expires_at: datetime
    arrival: ArrivalOut | None = Field(description="What it became, once all of it was here.")

    @staticmethod
    def resolve_offset_bytes(upload: Upload) -> int:
        try:
            return offset_of(upload)
        except NotFound:
            return 0


class UploadFilter(Schema):
    """Which uploads."""

    key: list[UUID] = Field([], max_length=1000)
    is_open: bool | None = Field(None, description="Whether bytes are still missing.")
