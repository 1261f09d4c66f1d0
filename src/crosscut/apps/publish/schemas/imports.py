"""What the API says and takes about tables of posts."""

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from crosscut.apps.publish.schemas.posts import StrictSchema


class ColumnOut(Schema):
    """One column of the table."""

    name: str
    example: str


class PostImportOut(Schema):
    """A table of posts that was brought."""

    id: int
    name: str
    state: Literal["reading", "ready", "making", "made", "failed", "undoing", "undone"]
    layout: str = Field(description="Whose layout it looks like; empty for none that is known.")
    columns: list[ColumnOut]
    mapping: dict[str, str] = Field(description="Column: field here; empty leaves it out.")
    counts: dict[str, int] = Field(description="Rows by state.")
    problem: str
    job: int | None = Field(alias="job_id", description="What is at work on it; follow it in `/jobs`.")
    created_at: datetime


class PostImportRowOut(Schema):
    """One row, and what becomes of it."""

    number: int = Field(description="As the file counts, the head being 1.")
    state: Literal["ready", "problem", "same", "made", "undone"]
    values: dict[str, str] = Field(description="By field.")
    notes: list[str] = Field(description="What is wrong with it, or what to know.")
    piece: int | None = Field(alias="piece_id")


class ChoicesIn(StrictSchema):
    """How the table is to be read."""

    mapping: dict[str, str] | None = Field(None, description="Column: field; null: by the columns' names.")
    zone: str = Field("", max_length=64, description="For rows that name none; empty: the workspace's.")
    date_order: Literal["", "ymd", "dmy", "mdy"] = Field("", description="Empty: as the dates themselves tell.")
    accounts: list[str] = Field([], max_length=50, description="Names, for rows that name no account.")
    undated: Literal["draft", "slot"] = Field("draft", description="slot: the next free one of each account.")
