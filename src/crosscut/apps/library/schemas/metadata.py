"""What the API says and takes about the fields of assets."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import StrictBool, StringConstraints

from crosscut.apps.library.models import ChangeSet, FieldChange
from crosscut.apps.library.schemas.assets import Selected
from crosscut.apps.library.schemas.rights import StrictSchema
from crosscut.apps.library.services.several import Action

Text = Annotated[str, StringConstraints(max_length=25_000)]
IntakeKind = Literal["sheet", "sidecars", "lightroom", "bynder", "resourcespace", "wordpress"]
FieldKind = Literal["text", "long", "number", "date", "choice", "choices", "flag"]
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


class EditIn(StrictSchema):
    """One field, and what to do with it."""

    field: str
    action: Action
    value: str = Field("", max_length=25_000, description="Several with “;” between them.")
    find: str = Field("", max_length=4000, description="What `replace` looks for.")


class SeveralIn(Selected):
    """Edits of several assets; with `is_preview` nothing is changed."""

    edits: list[EditIn] = Field(min_length=1, max_length=50)
    is_preview: StrictBool = False


class PlannedOut(Schema):
    """What would become of one asset."""

    asset_id: int
    changes: dict[str, tuple[Any, Any]] = Field(description="By key: before and after.")
    problem: str


class SeveralOut(Schema):
    """What was changed, or would be."""

    change_set: int | None = Field(description="What to undo; null for a preview, or where nothing had to change.")
    changing: int
    same: int
    refused: int
    shown: list[PlannedOut] = Field(description="The first that change or cannot.")


class IntakeOut(Schema):
    """Metadata that was brought in."""

    id: int
    kind: IntakeKind
    name: str
    state: str = Field(description="reading, ready, applying, applied or failed.")
    problem: str
    counts: dict[str, int] = Field(description="Rows by state.")
    mapping: dict[str, str] = Field(description="Columns over there, and the field each becomes.")
    job_id: int | None
    change_set_id: int | None


class IntakeRowOut(Schema):
    """What one row would change, or did."""

    number: int
    asset_id: int | None
    name: str
    state: str = Field(description="change, same, conflict, problem, unknown or applied.")
    changes: list[dict[str, Any]]
    problem: str


class IntakeConfirm(StrictSchema):
    """How to apply it."""

    takes_conflicts: bool = Field(False, description="Overwrite what was changed here meanwhile.")


class IntakeMapping(StrictSchema):
    """Other fields for its columns; an empty text leaves a column out."""

    mapping: dict[str, str] = Field(max_length=1000)


class CustomFieldIn(StrictSchema):
    """A field of the workspace's own."""

    label: str = Field(max_length=200)
    kind: FieldKind = "text"
    hint: str = Field("", max_length=1000)
    choices: list[str] = Field([], max_length=1000)
    vocabulary_id: int | None = None
    is_required: StrictBool = False


class CustomFieldOut(Schema):
    """A field of the workspace's own."""

    id: int
    key: str
    label: str
    kind: FieldKind
    hint: str
    choices: list[str]
    vocabulary_id: int | None
    is_required: bool
    archived_at: datetime | None


class VocabularyIn(StrictSchema):
    """A new vocabulary."""

    name: str = Field(max_length=200)


class WordsIn(StrictSchema):
    """Words for it: SKOS-like JSON as text, CSV, or a path a line."""

    words: str = Field(max_length=5_000_000)


class VocabularyOut(Schema):
    """A vocabulary."""

    id: int
    name: str
    is_for_tags: bool


class UndoneOut(Schema):
    """What undoing came to."""

    reverted: int
    kept: list[str] = Field(description="What was changed again since, and stays.")
