"""What a person needs to see to connect an account: each channel's questions, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _

from crosscut.apps.accounts.services.own_files import file_settings
from crosscut.channels import registry
from crosscut.channels.markup import from_file


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to fill in."""

    name: str  # "settings.server" or "secrets.app_password"
    label: str
    help: str = ""
    kind: str = "text"  # an HTML input type, "select", "textarea" or "file"
    value: Any = ""  # what is there already; never a secret
    options: tuple[tuple[str, str], ...] = ()  # for a select: value and label
    is_required: bool = False


@cache
def channel_descriptions() -> list[dict[str, Any]]:
    """Every channel with the JSON Schema of its settings, for programs."""
    return [
        {
            "slug": channel.slug,
            "name": channel.name,
            "post_types": list(channel.post_types),
            "is_local": channel.is_local,
            "settings_schema": registry.settings_class(channel.slug).model_json_schema(),
            "secrets": list(channel.secrets),
            "optional_secrets": list(channel.optional_secrets),
            "app_secrets": list(channel.app_secrets),
            "scopes": [{"name": scope.name, "words": scope.words} for scope in channel.scopes],
            "token_model": channel.token_model.value,
        }
        for channel in registry.channels().values()
    ]


def questions(slug: str, *, known: Mapping[str, Any] | None = None) -> list[Question]:
    """What to ask a person: the channel's settings, then its credentials. Our own folders are not asked for.

    `known` are the settings of an account that is connected again.
    """
    channel = registry.channel(slug)
    schema = registry.settings_class(slug).model_json_schema()
    asked = schema.get("properties", {})
    if channel.is_local:
        asked = {name: field for name, field in asked.items() if name not in ("folder", "base_url")}
    asked = {name: field for name, field in asked.items() if not field.get("for_programs")}
    own = file_settings(slug)
    required = set(schema.get("required", ()))
    values = known or {}
    settings = [
        _file(name, field, values)
        if name in own
        else _setting(name, _resolved(field, schema), values, name in required)
        for name, field in asked.items()
    ]
    secrets = () if channel.is_local else (*channel.app_secrets, *channel.secrets)
    optional = [_secret(name, is_known=known is not None, is_required=False) for name in channel.optional_secrets]
    return settings + [_secret(name, is_known=known is not None) for name in secrets] + optional


def guide(slug: str) -> str:
    """What one needs, where to get it and what Crosscut will do, in the channel's own words, as safe HTML.

    It is the channel's CONNECT.md, written for whoever connects; README.md is for whoever changes the code. Empty when
    the channel has none.
    """
    package = registry.channel(slug).adapter.partition(":")[0].rpartition(".")[0]
    page = files(package) / "CONNECT.md"
    return from_file(page.read_text(encoding="utf-8"), highest=3) if page.is_file() else ""


def _setting(name: str, field: Mapping[str, Any], known: Mapping[str, Any], is_required: bool) -> Question:  # noqa: FBT001
    options = tuple((str(value), str(value)) for value in field.get("enum", ()))
    value = known.get(name, field.get("default", ""))
    return Question(
        name=f"settings.{name}",
        label=_(field["title"]) if field.get("title") else name.replace("_", " ").capitalize(),
        help=_(field["description"]) if field.get("description") else "",
        kind="select" if options else _kind(field),
        value=", ".join(map(str, value)) if isinstance(value, list | tuple) else value,
        options=options,
        is_required=is_required,
    )


def _file(name: str, field: Mapping[str, Any], known: Mapping[str, Any]) -> Question:
    """A file to hand over. What was handed over before stays unless another one comes."""
    keep = " " + _("Leave it empty to keep the one that is there.") if known.get(name) else ""
    return Question(name=f"settings.{name}", label=_(field["title"]), help=_(field["description"]) + keep, kind="file")


def _kind(field: Mapping[str, Any]) -> str:
    by_type = {"boolean": "checkbox", "integer": "number", "number": "number"}
    if field.get("type") in by_type:
        return by_type[field["type"]]
    return "url" if field.get("format") == "uri" else "text"


def _resolved(field: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The field with what it refers to, and without the "or null" of an optional one."""
    parts = [field, *(part for part in field.get("anyOf", ()) if part.get("type") != "null"), *field.get("allOf", ())]
    merged: dict[str, Any] = {}
    for part in parts:
        reference = part.get("$ref", "").rpartition("/")[2]
        merged = {**schema.get("$defs", {}).get(reference, {}), **part, **merged}
    return merged


def _secret(name: str, *, is_known: bool, is_required: bool = True) -> Question:
    keep, new = _("Leave it empty to keep the one that is stored."), _("Stored encrypted, never shown again.")
    return Question(
        name=f"secrets.{name}",
        label=name.replace("_", " ").capitalize(),
        help=keep if is_known else new,
        kind="password",
        is_required=is_required and not is_known,
    )
