"""A published machine contract (OpenAPI 3.0) as a judge: of what a fake is asked, and of what it answers.

The files are in `contracts/`, cut down to the requests that are played (`SOURCES.md` says from where).
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

FOLDER = Path(__file__).with_name("contracts")
FORM = "application/x-www-form-urlencoded"


class Contract:
    """One network's requests and answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.paths: dict[str, dict[str, Any]] = document["paths"]
        self.components = document["components"]

    def wrong_in_request(self, method: str, path: str, query: dict[str, str], body: Any) -> list[str]:
        """What the contract knows nothing of, or knows otherwise; `body` is None where there is none."""
        asked = self._operation(method, path)
        parameters = [self._named(one) for one in asked.get("parameters", [])]
        known = {one["name"]: one for one in parameters if one["in"] == "query"}
        wrong = [f"the query has an unknown {name}" for name in sorted(query.keys() - known.keys())]
        wrong += [f"the query lacks {name}" for name, one in known.items() if one.get("required") and name not in query]
        for name in query.keys() & known.keys():
            wrong += self._wrong(known[name]["schema"], _read(query[name], known[name]["schema"]))
        if "requestBody" not in asked:
            return [*wrong, *(["there is a body"] if body else [])]
        (content,) = asked["requestBody"]["content"].values()
        return wrong + self._wrong(content["schema"], body) + self._unknown(content["schema"], body)

    def wrong_in_answer(self, method: str, path: str, status: int, data: Any) -> list[str]:
        """In what an answer differs from the contract's."""
        answers = self._operation(method, path)["responses"]
        content = answers.get(str(status), answers["default"]).get("content", {})
        return self._wrong(content["application/json"]["schema"], data) if content else []

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        for pattern, operations in self.paths.items():
            if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
                return dict(operations[method.lower()])
        raise KeyError(f"the contract has no {method} {path}")

    def _named(self, part: dict[str, Any]) -> dict[str, Any]:
        """What a reference names."""
        if "$ref" not in part:
            return part
        _, _, kind, name = part["$ref"].split("/")
        return dict(self.components[kind][name])

    def _wrong(self, schema: dict[str, Any], data: Any) -> list[str]:
        whole = {"allOf": [_with_nulls(schema)], "components": _with_nulls_in(self)}
        errors = Draft4Validator(whole).iter_errors(data)
        return [f"{'.'.join(map(str, error.path)) or 'it'}: {error.message[:200]}" for error in errors]

    def _unknown(self, schema: dict[str, Any], data: Any) -> list[str]:
        """Fields that no part of the schema has. The contract leaves that open; the networks' servers do not."""
        parts = self._parts(schema, data)
        if not parts or not isinstance(data, dict):
            return []
        fields = {name: field for part in parts for name, field in part.get("properties", {}).items()}
        wrong = [f"there is no field {name}" for name in sorted(data.keys() - fields.keys())]
        for name in data.keys() & fields.keys():
            wrong += self._unknown(fields[name], data[name])
        return wrong

    def _parts(self, schema: dict[str, Any], data: Any) -> list[dict[str, Any]]:
        schema = self._named(schema)
        told = schema.get("discriminator")
        if told and isinstance(data, dict):
            variant = told["mapping"].get(data.get(told["propertyName"]))
            return self._parts({"$ref": variant}, data) if variant else []
        inner = [part for one in schema.get("allOf", []) for part in self._parts(one, data)]
        return [*inner, *([schema] if "properties" in schema else [])]


@cache
def contract(name: str) -> Contract:
    """The contract kept under that name."""
    return Contract(json.loads((FOLDER / f"{name}.json").read_text()))


@cache
def _with_nulls_in(of: Contract) -> dict[str, Any]:
    return dict(_with_nulls(of.components))


def _with_nulls(part: Any) -> Any:
    """OpenAPI's `nullable` as JSON Schema says it. That a value fits two parts of which one is to fit is no fault."""
    if isinstance(part, list):
        return [_with_nulls(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {"anyOf" if name == "oneOf" else name: value for name, value in part.items() if name != "nullable"}
    made = {name: _with_nulls(value) for name, value in kept.items()}
    return {"anyOf": [made, {"type": "null"}]} if part.get("nullable") is True else made


def _read(value: str, schema: dict[str, Any]) -> Any:
    """A word of an address as the schema's kind of value."""
    kind = schema.get("type")
    if kind == "array":
        return value.split(",")
    if kind == "integer":
        return int(value) if value.lstrip("-").isdecimal() else value
    return {"true": True, "false": False}.get(value, value) if kind == "boolean" else value
