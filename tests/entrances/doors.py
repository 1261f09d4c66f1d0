"""Every page and every operation of the API, found by machine, with addresses and bodies filled in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from crosscut.site.api import api
from tests.rows import HASH, KEY, SECRET, N

# Parts of addresses that are words: one that each page knows.
WORDS = {
    "channel": "practice",
    "channel_slug": "practice",
    "digest": HASH,
    "form": "csv",
    "group_key": "people",
    "kind": "svg",
    "post_type": "images",
    "role": "logo",
    "section": "rights",
    "secret": SECRET,
    "storage_class": "masters",
    "tier": "copy",
    "token": SECRET,
    "what": "level",
}
# What stands in texts that must look a certain way, by their pattern in the description.
PATTERNS = {
    "^([A-Z]{3})?$": "EUR",
    "^([A-Za-z0-9+/]{22}==)?$": "",
    r"^\d{1,4}:\d{1,4}$": "1:1",
    r"^(https?://\S+)?$": "https://example.org/",
}
# Parts of the body of an operation where the description alone does not tell what it takes.
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "patch /api/library/assets/{asset_id}/fields": {"fields": {"city": "x"}},
    "post /api/campaigns/{campaign_id}/costs": {"hours": "1"},
    "post /api/library/assets/{asset_id}/odrl": {"permission": [{"action": "display", "assigner": "x"}]},
    "post /api/library/versions/{version_id}/looks": {"profile": "iso"},
    "post /api/library/versions/{version_id}/remake": {"name": "calm"},
    **{
        f"post /api/{path}": {"at": "2027-05-03T10:00:00", "date": "2027-05-03T10:00:00"}  # wall-clock times
        for path in (
            "pieces/{piece_id}/languages/schedule",
            "posts/{post_id}/repeat",
            "posts/{post_id}/reschedule",
            "series/{series_id}/follow",
            "series/{series_id}/leave-out",
            "series/{series_id}/put-back",
        )
    },
}
QUERIES = {
    "delete /api/library/brand-kits/{kit_id}/files/{asset_id}": "role=logo",
    "get /api/library/assets/{asset_id}/differences": "before=1&after=1",
    "get /api/library/assets/{asset_id}/may": "channel=site",
    "get /api/library/assets/{asset_id}/replacement": f"new={N}",
    "get /api/pieces/{piece_id}/translation/matches": "text=x",
}
HEADERS = {
    "HX-Request": "true",  # answers of pages are short then
    "Tus-Resumable": "1.0.0",
    "Upload-Offset": "0",
    "Content-Length": "0",
    "Content-Type": "application/offset+octet-stream",
}
LEAVING = "sign-out"  # who asks it is somebody else afterwards


@dataclass(frozen=True, kw_only=True)
class Door:
    """One way in."""

    name: str  # of a page the name of its address, of an operation its method and path
    method: str
    address: str  # with {…} where a part is to be filled in
    kinds: Mapping[str, str] = field(default_factory=dict)  # of each such part: "int", "uuid" or "word"
    body: Any = None  # as JSON; None for none

    @property
    def is_of_a_thing(self) -> bool:
        """Whether the address names something that belongs to somebody."""
        return any(kind != "word" for kind in self.kinds.values())

    def open(self, client: Client) -> Any:
        """The answer about what bears N, KEY or one of WORDS."""
        address = self.address.format(**{name: _filled(name, kind) for name, kind in self.kinds.items()})
        if self.name in QUERIES:
            address = f"{address}?{QUERIES[self.name]}"
        if self.body is None:
            return client.generic(self.method.upper(), address, headers=HEADERS)
        return getattr(client, self.method)(address, self.body, content_type="application/json")


def _filled(name: str, kind: str) -> object:
    return {"int": N, "uuid": KEY}.get(kind) or WORDS[name]


# Pages


def pages() -> Iterator[Door]:
    """Each page's address twice: looked at, and sent to."""
    for name, route, converters in _routes(get_resolver(settings.ROOT_URLCONF), ""):
        kinds = {part: _kind(converter) for part, converter in converters.items()}
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        for method in ("get", "post"):
            if name != LEAVING:
                yield Door(name=name, method=method, address=address, kinds=kinds)


def _routes(resolver: URLResolver, before: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield pattern.name or route, route, pattern.pattern.converters
        elif not route.startswith("api/"):
            yield from _routes(pattern, route)


def _kind(converter: object) -> str:
    kind = type(converter).__name__.removesuffix("Converter").lower()
    return kind if kind in ("int", "uuid") else "word"


# The API


@cache
def _description() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix="/api/"))


def operations() -> Iterator[Door]:
    """Each operation, with a body that has everything the description names."""
    for path, methods in _description()["paths"].items():
        for method, told in methods.items():
            kinds = {one["name"]: _kind_of(one["schema"]) for one in told.get("parameters", ()) if one["in"] == "path"}
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            yield Door(
                name=f"{method} {path}",
                method=method,
                address=path,
                kinds=kinds,
                body=None if body is None else _fitting(made_up(body), GIVEN.get(f"{method} {path}", {})),
            )


def _fitting(body: Any, given: Mapping[str, Any]) -> Any:
    """The body with what is given for it, as far as it has such parts; a body without named parts is that alone."""
    if not body:
        return dict(given) or body
    return {**body, **{key: value for key, value in given.items() if key in body}} if given else body


def is_open(door: Door) -> bool:
    """Whether the description says that anybody may ask."""
    path = door.name.partition(" ")[2]
    return not _description()["paths"][path][door.method].get("security")


def _kind_of(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "uuid":
        return "uuid"
    return "int" if schema.get("type") == "integer" else "word"


def made_up(schema: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that the description takes, with all its parts. Whole numbers are N: they may name something."""
    if "$ref" in schema:
        return made_up(_description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return made_up(next(one for one in schema[several] if one.get("type") != "null"), depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type")
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: made_up(part, depth + 1) for name, part in parts.items()} if depth < 6 else {}
    if kind == "array":
        return [made_up(schema["items"], depth + 1)] if depth < 6 and schema.get("items") else []
    if kind in ("integer", "number"):
        most = schema.get("maximum", schema.get("exclusiveMaximum", N + 1))
        return N if most >= N else schema.get("minimum", most)
    if kind == "boolean":
        return False
    return _word(schema)


def _word(schema: Mapping[str, Any]) -> Any:
    said = {"date": "2027-05-03", "date-time": "2027-05-03T10:00:00Z", "uuid": str(KEY), "time": "10:00"}
    if schema.get("format") in said:
        return said[schema["format"]]
    if schema.get("pattern") in PATTERNS:
        return PATTERNS[schema["pattern"]]
    return "x" * max(1, int(schema.get("minLength", 1))) if schema.get("type") == "string" else None
