"""What the API says and takes about the fields of assets."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import StringConstraints

from crosscut.apps.library.models import ChangeSet, FieldChange
from crosscut.apps.library.schemas.rights import StrictSchema

Text = Annotated[str, StringConstraints(max_length=25_000)]
FieldValue = Text | float | bool | list[Text] | None


class FieldOut(Schema):
    """One field that assets have here."""

    key: str
    group: str
    label: str
    hint: str
    kind: str = Field(description="text, long, list, date, number, choice, choices or flag.")
    choices: dict[str, str] | None = Field(description="What is stored, and how a person reads it.")
    is_fixed: bool = Field(description="Read from the file and never edited.")
    sources: list[str] = Field(description="The standards that define it, with address and date.")
    xmp: list[str] = Field(description="Where it stands in XMP; written to the first.")


class FieldValueOut(Schema):
    """What one field of an asset says."""

    value: Any
    origin: str = Field(description="Where it came from: a place in the file, or page, sheet, sidecar, import, api.")


class FieldsIn(StrictSchema):
    """Fields to set; null or an empty text takes a value away, what is left out stays."""

    fields: dict[str, FieldValue] = Field(min_length=1, max_length=200)


class ChangeOut(Schema):
    """One field of an asset, before and after."""

    change_set: int = Field(description="What was changed together, and is undone together.")
    field: str
    before: Any
    after: Any
    by: str | None
    at: datetime
    how: ChangeSet.How
    undone_at: datetime | None

    @staticmethod
    def resolve_change_set(change: FieldChange) -> int:
        return change.change_set_id

    @staticmethod
    def resolve_by(change: FieldChange) -> str | None:
        return str(change.change_set.by.user) if change.change_set.by else None

    @staticmethod
    def resolve_at(change: FieldChange) -> datetime:
        return change.change_set.at

    @staticmethod
    def resolve_how(change: FieldChange) -> str:
        return change.change_set.how

    @staticmethod
    def resolve_undone_at(change: FieldChange) -> datetime | None:
        return change.change_set.undone_at


class UndoneOut(Schema):
    """What undoing came to."""

    reverted: int
    kept: list[str] = Field(description="What was changed again since, and stays.")
