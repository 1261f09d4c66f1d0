"""The API's reference as a page of ours: made from the description, readable by everybody, loading nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

SHAPES = "shapes"  # names their page beside the subjects


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to send."""

    name: str
    place: str  # "path", "query" or "body"
    type: str  # in words: "text", "list of number"
    is_required: bool
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One operation."""

    id: str  # the operation's, for links
    method: str  # "GET"
    path: str
    summary: str
    about: str
    fields: tuple[Field, ...]
    gives: str  # the shape of the good answer; empty for none
    refusals: tuple[tuple[int, str], ...]  # status and meaning


class Reference(DocsBase):
    """What ninja shows at `docs`."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The contents, or with `?about=` one subject's operations, or the shapes of what is sent and given."""
        description = _described(api)
        subjects: dict[str, list[Entry]] = defaultdict(list)
        for subject, entry in entries(description):
            subjects[subject].append(entry)
        about = request.GET.get("about", "")
        if about not in {"", SHAPES, *subjects}:
            raise Http404
        context = {
            "api": api,
            "about": about,
            "subjects": sorted(subjects.items()),
            "entries": subjects[about],
            "shapes": _shapes(description) if about == SHAPES else [],
            "url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "api_reference.html", context)


def entries(description: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Each operation with its subject, in the order of the description."""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            answers = {int(status): answer for status, answer in operation["responses"].items()}
            good: dict[str, Any] = next((answer for status, answer in answers.items() if status < 300), {})
            yield (
                operation.get("tags", ["other"])[0],
                Entry(
                    id=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=operation.get("summary", ""),
                    about=operation.get("description", ""),
                    fields=(*_parameters(operation), *_body(operation, description)),
                    gives=_content_type(good),
                    refusals=tuple(
                        (status, one["description"]) for status, one in sorted(answers.items()) if status >= 400
                    ),
                ),
            )


@cache
def _described(api: NinjaAPI) -> Mapping[str, Any]:
    """What the API says of itself; a second of computing, so once per process."""
    return api.get_openapi_schema()


def _shapes(description: Mapping[str, Any]) -> list[tuple[str, tuple[Field, ...]]]:
    named = sorted(description["components"]["schemas"].items())
    return [(name, fields) for name, shape in named if (fields := fields_of(shape))]


def fields_of(shape: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of an object's shape; none of anything else."""
    required = shape.get("required", ())
    return tuple(
        Field(
            name=name, place="body", type=in_words(one), is_required=name in required, about=one.get("description", "")
        )
        for name, one in shape.get("properties", {}).items()
    )


def in_words(shape: Mapping[str, Any]) -> str:
    """A JSON Schema as a person says it.

    >>> in_words({"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]})
    'list of number or nothing'
    >>> in_words({"$ref": "#/components/schemas/Role"}), in_words({"type": "string", "format": "date"})
    ('Role', 'date')
    """
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "enum" in shape:
        return " or ".join(f"“{value}”" for value in shape["enum"])
    if choices := shape.get("anyOf") or shape.get("oneOf") or shape.get("allOf"):
        return " or ".join(in_words(choice) for choice in choices)
    if shape.get("type") == "array":
        return f"list of {in_words(shape.get('items', {}))}"
    words = {"string": "text", "integer": "number", "boolean": "yes or no", "null": "nothing", "object": "object"}
    kind = str(shape.get("type", "anything"))
    return str(shape.get("format", words.get(kind, kind)))


def _parameters(operation: Mapping[str, Any]) -> Iterator[Field]:
    for one in operation.get("parameters", ()):
        about = one.get("description", "") or one["schema"].get("description", "")
        yield Field(
            name=one["name"], place=one["in"], type=in_words(one["schema"]), is_required=one["required"], about=about
        )


def _body(operation: Mapping[str, Any], description: Mapping[str, Any]) -> tuple[Field, ...]:
    content = operation.get("requestBody", {}).get("content", {})
    shape: dict[str, Any] = next((one["schema"] for one in content.values()), {})
    name = str(shape.get("$ref", "")).rpartition("/")[2]
    return fields_of(description["components"]["schemas"].get(name, shape))


def _content_type(answer: Mapping[str, Any]) -> str:
    return next((in_words(one["schema"]) for one in answer.get("content", {}).values() if "schema" in one), "")
