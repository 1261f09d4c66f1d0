"""What the API says and takes about readers and letters."""

from datetime import datetime
from typing import Literal

from ninja import Field, Schema
from pydantic import StrictBool

from crosscut.apps.publish.schemas.posts import StrictSchema

ReaderState = Literal["asked", "reads", "left", "barred"]
LetterState = Literal["waiting", "sent", "accepted", "unknown", "refused", "returned", "skipped"]


class ReaderOut(Schema):
    """Somebody on the list, or who was."""

    id: int
    address: str
    name: str
    state: ReaderState = Field(description="asked: has not confirmed. barred: the mail server knows no such mailbox.")
    came_by: Literal["form", "table", "hand"]
    consent: str = Field(description="How and when they agreed.")
    joined_at: datetime | None
    ended_at: datetime | None
    ended_why: str


class ReaderIn(StrictSchema):
    """A reader entered by hand."""

    address: str = Field(max_length=254)
    name: str = Field("", max_length=120)
    consent: str = Field(min_length=1, max_length=300, description="How and when they agreed.")


class ReaderFilter(Schema):
    """Which readers."""

    state: Literal["", "asked", "reads", "left", "barred"] = ""
    q: str = Field("", max_length=254, description="In address or name.")


class ReaderTableOut(Schema):
    """A table of readers that was brought."""

    id: int
    name: str
    consent: str
    added: int | None = Field(description="How many it added; null: not confirmed yet.")
    created_at: datetime


class TableRowOut(Schema):
    """One row, and what becomes of it."""

    line: int = Field(description="As the file counts, the head being 1.")
    address: str
    name: str
    becomes: Literal["new", "asked", "known", "left", "forgotten", "twice", "wrong"] = Field(
        description="new and asked are added; all others stay as they are."
    )
    note: str


class MailingOut(Schema):
    """The letters of one issue, counted."""

    state: Literal["waits", "going", "done", "stopped"] = Field(
        description="waits: for its page to be seen as approved. stopped: the issue was taken down."
    )
    problem: str = Field(description="Why nothing leaves now; empty when nothing stands in the way.")
    counts: dict[str, int] = Field(description="Letters by state.")
    begun_at: datetime | None
    ended_at: datetime | None


class LetterOut(Schema):
    """One issue to one reader."""

    id: int
    address: str = Field(description="Empty for somebody who asked to be forgotten.")
    state: LetterState = Field(description="unknown: the answer was lost; never sent again by itself.")
    answer: str = Field(description="The mail server's words.")
    tries: int
    sent_at: datetime | None
    answered_at: datetime | None

    @staticmethod
    def resolve_address(row: object) -> str:
        """Empty where there is no reader any more."""
        reader = getattr(row, "reader", None)
        return reader.address if reader else ""


class SettleLettersIn(StrictSchema):
    """What a person says of letters whose answer was lost."""

    letters: list[int] = Field(min_length=1, max_length=1000)
    arrived: StrictBool = Field(description="false: they go out once more.")
