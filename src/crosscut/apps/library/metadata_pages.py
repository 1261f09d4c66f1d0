"""The fields of assets as pages show them: groups, words, and where each value came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crosscut.apps.library.models import Asset, ChangeSet, FieldChange, Version
from crosscut.apps.library.services.fields import OWN, FieldSet, values_of
from crosscut.media.fields import Field, Kind, groups, said
from crosscut.media.fields import fields as catalogue

_BY_PEOPLE = {
    "page": gettext_lazy("Written here"),
    "several": gettext_lazy("Written here, on several at once"),
    "sheet": gettext_lazy("From a spreadsheet"),
    "sidecar": gettext_lazy("From an XMP sidecar"),
    "import": gettext_lazy("From an import"),
    "api": gettext_lazy("Written by a program"),
    "merge": gettext_lazy("Taken over from a duplicate"),
    "undo": gettext_lazy("Set back"),
}
_ELSEWHERE = frozenset({"title", "description", "alt_text", "credit", "keywords"})  # edited in the card "About it"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One field with its value."""

    key: str
    label: str
    words: str  # the value, as a person reads it
    items: list[str] = field(default_factory=list)  # of a list
    is_link: bool = False  # the value is a web address
    origin: str = ""  # where it came from
    is_missing: bool = False  # it is required here and empty


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that are read and edited together."""

    key: str
    label: str
    shown: list[Shown]  # only those that say something, or must
    is_editable: bool


def groups_of(asset: Asset, known: FieldSet) -> list[Group]:
    """Every group of fields, with the values of the asset."""
    values = values_of(asset)
    return [
        Group(
            key=key,
            label=label,
            shown=[shown for one in members if (shown := _shown(one, values, asset, known))],
            is_editable=any(not one.is_fixed for one in members),
        )
        for key, label in group_labels(known).items()
        if (members := fields_in(known, key))
    ]


def group_labels(known: FieldSet) -> dict[str, str]:
    """The groups that have fields here, in order."""
    labels = {key: _(label) for key, label in groups().items()}
    return labels | ({OWN: _("Our own fields")} if fields_in(known, OWN) else {})


def fields_in(known: FieldSet, group: str) -> list[Field]:
    """The fields of a group, without those that another card of the asset's page has."""
    return [one for one in known.fields.values() if one.group == group and one.key not in _ELSEWHERE]


def in_words(one: Field, value: Any) -> str:
    """The value as a person reads it."""
    if one.choices is not None:
        labels = [_(one.choices.get(str(item), str(item).rsplit("/", 1)[-1])) for item in _items(value)]
        return ", ".join(labels)
    if one.kind is Kind.DATE:
        return _date_words(str(value))
    if one.kind is Kind.FLAG:
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else said(value)


def file_says(version: Version) -> list[tuple[str, str]]:
    """What the file says of itself, as pairs of a field's label and its value in words."""
    found: Mapping[str, Any] = version.metadata.get("fields") or {}
    return [(_(one.label), in_words(one, found[key])) for key, one in catalogue().items() if key in found]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One set of changes of an asset."""

    change_set: ChangeSet
    who: str
    lines: list[tuple[str, str, str]]  # the field, before, after
    can_undo: bool


def story_of(changes: Iterable[FieldChange], known: FieldSet, *, can_draft: object) -> list[Step]:
    """The changes of one asset, newest first, those made together in one step."""
    steps: dict[int, Step] = {}
    for change in changes:
        made = change.change_set
        who = str(made.by.user) if made.by else "Crosscut"
        can_undo = bool(can_draft) and made.undone_at is None
        step = steps.setdefault(made.pk, Step(change_set=made, who=who, lines=[], can_undo=can_undo))
        one = known.fields.get(change.field)
        step.lines.append((_(one.label) if one else change.field, *_before_after(one, change.before, change.after)))
    return list(steps.values())


def change_words(known: FieldSet, key: str, before: Any, after: Any) -> tuple[str, str, str]:
    """A change as the field's label, before and after in words."""
    one = known.fields.get(key)
    return (_(one.label) if one else key, *_before_after(one, before, after))


def _before_after(one: Field | None, before: Any, after: Any) -> tuple[str, str]:
    words = [(in_words(one, value) if one else said(value)) if value is not None else "" for value in (before, after)]
    return words[0], words[1]


def _shown(one: Field, values: Mapping[str, Any], asset: Asset, known: FieldSet) -> Shown | None:
    value = values.get(one.key)
    is_missing = value is None and one.key in known.required
    if value is None and not is_missing:
        return None
    words = in_words(one, value) if value is not None else ""
    return Shown(
        key=one.key,
        label=_(one.label),
        words=words,
        items=value if isinstance(value, list) and one.choices is None else [],
        is_link=one.choices is None and words.startswith(("https://", "http://")),
        origin="" if is_missing else origin_words(asset.origins.get(one.key, "")),
        is_missing=is_missing,
    )


def origin_words(origin: str) -> str:
    """Where a value came from, for a person."""
    if not origin:
        return ""
    return str(_BY_PEOPLE.get(origin) or _("In the file: %(place)s") % {"place": origin})


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _date_words(text: str) -> str:
    try:
        if len(text) <= len("2026-05"):
            return date_format(datetime.fromisoformat(f"{text}-01-01"[:10]), "Y" if len(text) == 4 else "F Y")
        return date_format(datetime.fromisoformat(text), "j F Y, H:i" if "T" in text else "j F Y")
    except ValueError:
        return text
