"""What the API says about where assets are used, and about their versions."""

from datetime import datetime

from ninja import Field, Schema

from crosscut.apps.library.queries import Origin
from crosscut.apps.library.schemas.assets import RenditionOut, VersionOut


class PostUseOut(Schema):
    """A post that shows, showed or will show a version."""

    id: int
    account: str
    channel: str
    state: str
    due_at: datetime
    url: str = Field(description="Where the public sees it; empty before.")
    files: list[str] = Field(description="The SHA-256 of each file handed over last; empty before.")


class PieceUseOut(Schema):
    """A piece that shows a version."""

    piece_id: int
    title: str
    is_draft: bool = Field(description="Whether the piece as it stands now shows it.")
    posts: list[PostUseOut]


class FileUseOut(Schema):
    """One file of a version as it was handed over."""

    rendition: RenditionOut | None = Field(description="None: the master, or nothing was handed over yet.")
    pieces: list[PieceUseOut]


class VersionUseOut(Schema):
    """One version with all it is used in."""

    version: VersionOut
    is_current: bool
    files: list[FileUseOut]


class OriginOut(Schema):
    """Where something found outside comes from."""

    asset_id: int
    title: str
    version: VersionOut
    rendition: RenditionOut | None
    posts: list[PostUseOut]

    @staticmethod
    def resolve_asset_id(origin: Origin) -> int:
        return origin.version.asset_id

    @staticmethod
    def resolve_title(origin: Origin) -> str:
        return origin.version.asset.title


class OriginAsked(Schema):
    """What was found outside: one of the two."""

    url: str = Field("", max_length=1000, description="The public address of a post.")
    sha256: str = Field("", max_length=64, description="The fingerprint of a file.")


class ProtectorOut(Schema):
    """One thing that needs an asset."""

    key: str = Field(description="Names it when the asset is deleted all the same: post:12")
    asset_id: int
    message: str


class DifferenceOut(Schema):
    """One thing that is not the same in two versions."""

    name: str
    before: str
    after: str


class Compared(Schema):
    """Which versions to compare, by number."""

    before: int = Field(ge=1, le=2**31 - 1)
    after: int = Field(ge=1, le=2**31 - 1)
