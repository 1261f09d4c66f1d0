"""Frozen records to and from plain JSON data, and the hash that names a piece of data for good."""

import hashlib
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

Record = TypeVar("Record")


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(record_type: Any) -> TypeAdapter[Any]:
    if record_type not in _ADAPTERS:
        _ADAPTERS[record_type] = TypeAdapter(record_type)
    return _ADAPTERS[record_type]


def as_data(record: Any) -> Any:
    """The record as JSON data: dicts, lists, strings, numbers. Fractions and dates become strings."""
    return _adapter(type(record)).dump_python(record, mode="json")


def from_data(record_type: type[Record], data: Any) -> Record:
    """The record that `as_data` made the data from. Raises pydantic's ValidationError when it does not fit."""
    record: Record = _adapter(record_type).validate_python(data)
    return record


def storable(record: Record) -> Record:
    """The record without what neither PostgreSQL nor XML keeps in texts: code 0 and halves of surrogate pairs."""
    return from_data(type(record), _cleaned(as_data(record)))


def canonical_json(data: Any) -> str:
    """One spelling for equal data: sorted keys, no spaces.

    >>> canonical_json({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    """The SHA-256 of the canonical JSON, in hex. Equal data has an equal digest, on any machine.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


def _cleaned(data: Any) -> Any:
    if isinstance(data, str):
        return data.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(data, dict):
        return {_cleaned(key): _cleaned(value) for key, value in data.items()}
    return [_cleaned(part) for part in data] if isinstance(data, list) else data
