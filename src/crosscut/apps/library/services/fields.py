"""The fields of a workspace: the catalogue's and its own; the values of an asset by field, wherever they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscut.apps.library.models import Asset, CustomField, Term
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import Field, Kind, Value, checked, is_empty
from crosscut.media.fields import fields as catalogue
from crosscut.media.fields.values import split

OWN = "own"  # the group of a workspace's own fields
# Fields that the asset's row has a column for; all others are in its `about`.
COLUMNS: Mapping[str, str] = {
    "title": "title",
    "description": "description",
    "alt_text": "alt_text",
    "credit": "credit",
    "keywords": "tags",
}


@dataclass(frozen=True, kw_only=True)
class FieldSet:
    """Every field of one workspace."""

    workspace_id: int
    fields: Mapping[str, Field]  # by key, in the order in which people read them
    synonyms: Mapping[str, Mapping[str, str]]  # of fields that draw from a vocabulary: other spellings and their term
    required: frozenset[str]  # keys that may not be left empty

    @property
    def own(self) -> tuple[str, ...]:
        """The keys of the workspace's own."""
        return tuple(key for key, field in self.fields.items() if field.group == OWN)

    def field(self, key: str) -> Field:
        """One of them. Raises Invalid for a key that is none."""
        if key not in self.fields:
            raise Invalid.at(key, phrase("There is no such field in this workspace."), code="metadata.no_field")
        return self.fields[key]

    def checked(self, key: str, value: object) -> Value:
        """The value in its stored form, "" or [] for nothing. Raises Invalid at the key."""
        field = self.field(key)
        if field.is_fixed:
            raise Invalid.at(key, phrase("This is read from the file and cannot be changed."), code="metadata.fixed")
        found = checked(field, self._termed(key, value))
        if key in self.required and is_empty(found):
            raise Invalid.at(
                key, phrase("“{label}” must be filled in here.", label=field.label), code="metadata.required"
            )
        return found

    def _termed(self, key: str, value: object) -> object:
        """The value with every synonym replaced by its term."""
        known = self.synonyms.get(key)
        if not known:
            return value
        if self.fields[key].kind is Kind.CHOICES and isinstance(value, str):
            value = split(value)
        if isinstance(value, list | tuple):
            return [known.get(str(item).strip().casefold(), item) for item in value]
        return known.get(str(value or "").strip().casefold(), value)


def field_set(workspace_id: int) -> FieldSet:
    """The catalogue's fields and the workspace's own that are not put away."""
    own = list(CustomField.objects.filter(workspace=workspace_id, archived_at=None).select_related("vocabulary"))
    terms = Term.objects.filter(vocabulary__in=[row.vocabulary_id for row in own if row.vocabulary_id]).order_by(
        "label"
    )
    by_vocabulary: dict[int, list[Term]] = {}
    for term in terms:
        by_vocabulary.setdefault(term.vocabulary_id, []).append(term)
    drawn = {row.key: by_vocabulary.get(row.vocabulary_id or 0, []) for row in own}
    return FieldSet(
        workspace_id=workspace_id,
        fields={**catalogue(), **{row.key: _field(row, drawn[row.key]) for row in own}},
        synonyms={key: _synonyms(found) for key, found in drawn.items() if found},
        required=frozenset(row.key for row in own if row.is_required),
    )


def values_of(asset: Asset) -> dict[str, Any]:
    """What is known about the asset, by key; only fields that say something."""
    columns = {key: getattr(asset, column) for key, column in COLUMNS.items()}
    return {key: value for key, value in {**columns, **asset.about}.items() if not is_empty(value)}


def put(asset: Asset, key: str, value: Any, *, origin: str) -> None:
    """Sets the value on the row, unsaved; None takes it away."""
    if column := COLUMNS.get(key):
        setattr(asset, column, value if value is not None else ([] if column == "tags" else ""))
    elif value is None:
        asset.about.pop(key, None)
    else:
        asset.about[key] = value
    asset.origins[key] = origin  # also of what was taken away: a file that still says it must not say it for us


def _field(row: CustomField, terms: Sequence[Term]) -> Field:
    kind = Kind(row.kind)
    words = [term.label for term in terms] if row.vocabulary_id else row.choices
    choices = {word: word for word in words} if kind in (Kind.CHOICE, Kind.CHOICES) else None
    limit = 20_000 if kind is Kind.LONG else 4000
    return Field(key=row.key, group=OWN, label=row.label, hint=row.hint, kind=kind, choices=choices, limit=limit)


def _synonyms(terms: Sequence[Term]) -> dict[str, str]:
    return {word.casefold(): term.label for term in terms for word in (*term.synonyms, term.code) if word}
