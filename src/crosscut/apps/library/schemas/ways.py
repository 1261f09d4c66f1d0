"""What the API says and takes about places from which files come."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from crosscut.apps.library.schemas.rights import StrictSchema


class WayInOut(Schema):
    """A place that is looked into again and again."""

    id: int
    kind: Literal["folder", "mail", "bucket", "card"]
    name: str
    settings: dict[str, Any] = Field(description="Nothing secret.")
    is_on: bool
    looked_at: datetime | None = Field(description="The last look that went well.")
    problem: str = Field(description="Of the last look, in plain words; empty when all is well.")
    taken: int = Field(description="Files that came this way.")


class WayToFolder(StrictSchema):
    """A folder of the server."""

    name: str = Field(max_length=100)
    path: str = Field(max_length=1000)


class CardOut(Schema):
    """A camera card that was inserted."""

    id: int
    way_id: int
    label: str = Field(description="Its folder's name at the last insertion.")
    layout: str
    count: int = Field(description="Shots on it at the last look.")
    size_bytes: int
    seen_at: datetime
    compared_at: datetime | None = Field(description="When all of it was read again and compared with the library.")
    lacking: list[str] = Field(description="What the library did not have then, whole; at most 1000 paths.")
    may_be_formatted: bool


class WayToMail(StrictSchema):
    """A mailbox."""

    name: str = Field(max_length=100)
    host: str = Field(max_length=253)
    port: int = Field(993, ge=1, le=65535)
    user: str = Field(max_length=200)
    password: str = Field(max_length=500)
    folder: str = Field("INBOX", max_length=200)
    senders: list[str] = Field(max_length=1000, description="Addresses, or @example.org for everybody there.")


class WayToBucket(StrictSchema):
    """A bucket of an S3 store."""

    name: str = Field(max_length=100)
    bucket: str = Field(max_length=63)
    prefix: str = Field("", max_length=500, description="Only objects whose name begins so.")
    region: str = Field("us-east-1", max_length=60)
    endpoint: str = Field("", max_length=500, description="https://s3.example.org; empty for Amazon's own.")
    access_key: str = Field(max_length=200)
    secret_key: str = Field(max_length=500)


class WaySwitch(StrictSchema):
    """Whether it is looked into."""

    is_on: bool
