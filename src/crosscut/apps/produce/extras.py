"""What only one channel's posts have, as fields to fill in: drawn from the model in the channel's folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from crosscut.channels.registry import extra_class


@dataclass(frozen=True, kw_only=True)
class Extra:
    """One thing to fill in."""

    name: str  # "season"
    label: str
    help: str
    kind: str  # "text", "number", "select", "checkbox" or "list" (words with commas between them)
    value: Any
    options: tuple[str, ...] = ()  # of a select
    offered: tuple[str, ...] = ()  # what the accounts told that can be chosen; anything else may be typed


def extras_of(slug: str, known: Mapping[str, Any], told: Iterable[Mapping[str, Any]] = ()) -> list[Extra]:
    """The channel's own fields with what stands in them; what a form cannot show (lists of people) is left out.

    `told` is what the channel told each account of its limits: a field with `offered_by` offers what stands there.
    """
    model = extra_class(slug)
    if model is None:
        return []
    schema = model.model_json_schema()
    fields = {name: _resolved(field, schema) for name, field in schema["properties"].items()}
    kinds = {name: _kind(field) for name, field in fields.items()}
    limits = list(told)
    return [
        replace(_extra(name, fields[name], kind, known), offered=_offered(fields[name], limits))
        for name, kind in kinds.items()
        if kind
    ]


def read_extras(slug: str, known: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The channel's own values after a form was sent: empty ones are left out, what the form did not show is kept.

    >>> read_extras("podcast", {"persons": [{"name": "Ada"}], "season": 1}, {"season": "", "episode": "7"})
    {'persons': [{'name': 'Ada'}], 'episode': 7}
    """
    shown = extras_of(slug, known)
    kept = {name: value for name, value in known.items() if name not in {extra.name for extra in shown}}
    values = {extra.name: _value(extra, given.get(extra.name, "").strip()) for extra in shown}
    return {**kept, **{name: value for name, value in values.items() if value not in (None, "", [], False)}}


def _extra(name: str, field: Mapping[str, Any], kind: str, known: Mapping[str, Any]) -> Extra:
    value = known.get(name, field.get("default"))
    return Extra(
        name=name,
        label=_(field["title"]) if field.get("title") else name.replace("_", " ").capitalize(),
        help=_(field["description"]) if field.get("description") else "",
        kind=kind,
        value=", ".join(value) if kind == "list" and value else ("" if value is None else value),
        options=tuple(str(option) for option in field.get("enum", ())),
    )


def _offered(field: Mapping[str, Any], limits: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """
    >>> _offered({"offered_by": "boards"}, [{"boards": ["Reefs", "Kelp"]}, {}, {"boards": ["Kelp"]}])
    ('Kelp', 'Reefs')
    """
    source = field.get("offered_by", "")
    names = {str(one) for told in limits for one in told.get(source) or ()} if source else set()
    return tuple(sorted(names, key=str.casefold))


def _value(extra: Extra, text: str) -> Any:
    if extra.kind == "checkbox":
        return text == "on"
    if extra.kind == "list":
        return [part for part in (one.strip() for one in text.split(",")) if part]
    is_number = extra.kind == "number" and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number else text  # words in a number's place are refused with the model's own message


def _kind(field: Mapping[str, Any]) -> str:
    if field.get("enum"):
        return "select"
    if field.get("const"):
        return ""
    if field.get("type") == "array":
        return "list" if field.get("items", {}).get("type") == "string" else ""
    kinds = {"boolean": "checkbox", "integer": "number", "number": "number", "string": "text"}
    return kinds.get(field.get("type", ""), "")


def _resolved(field: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The field with what it refers to, and without the "or null" of an optional one."""
    parts = [field, *(part for part in field.get("anyOf", ()) if part.get("type") != "null")]
    merged: dict[str, Any] = {}
    for part in parts:
        referred = schema.get("$defs", {}).get(part.get("$ref", "").rpartition("/")[2], {})
        merged = {**referred, **part, **merged}
    return merged
