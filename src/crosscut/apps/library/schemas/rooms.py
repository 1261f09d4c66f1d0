"""What the API says and takes about storage and the bin."""

from datetime import date, datetime

from ninja import Field, Schema
from pydantic import StrictBool

from crosscut.apps.library.models import Asset, StorageClass
from crosscut.apps.library.schemas.rights import StrictSchema


class RoomOut(Schema):
    """What one sort of files takes."""

    storage_class: StorageClass
    size_bytes: int = Field(description="Equal files once.")
    file_count: int
    limit_bytes: int | None = Field(description="Null: no budget.")
    regenerable_bytes: int = Field(description="Of it, what can be given back and is made again when asked for.")


class DayOut(Schema):
    """What each sort took on a day."""

    day: date
    size_bytes: dict[str, int]


class StorageOut(Schema):
    """What the files of the workspace take."""

    rooms: list[RoomOut]
    cold_bytes: int
    cold_files: int
    ready_bytes: int = Field(
        description="What searches have in memory, kept as files beside the installation. Not in backups: it is made"
        " again when it is gone."
    )
    binned: int = Field(description="Assets in the bin.")
    trend: list[DayOut] = Field(description="Oldest first, at most 90 days.")


class BudgetIn(StrictSchema):
    """How much a sort of files may take."""

    limit_bytes: int | None = Field(ge=1, lt=2**62, description="Null for no limit.")


class CheckIn(StrictSchema):
    """How a look through everything stored is done."""

    is_deep: StrictBool = Field(False, description="Read every file and compare its hash.")
    is_dry: StrictBool = Field(True, description="Change nothing, only tell.")


class BinnedOut(Schema):
    """An asset in the bin."""

    id: int
    title: str
    kind: Asset.Kind
    binned_at: datetime
    binned_by: int | None = Field(alias="binned_by_id")


class RemovedOut(Schema):
    """How many assets are gone for good."""

    removed: int


class LinkOut(Schema):
    """Where a file can be had."""

    url: str
    lasts_s: int | None = Field(description="Seconds for which the address works by itself; null: it asks who you are.")
