"""The data files as plain values, and plain values as records."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

DATA = Path(__file__).parent / "data"

Record = TypeVar("Record")


@cache
def read_data(name: str) -> Any:
    """What the file `data/<name>.yaml` holds. Read once; callers must not change it."""
    import yaml  # here, not above: whoever only imports the checks does not pay for the parser

    # The C parser is eight times quicker; PyYAML built without it still works.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((DATA / f"{name}.yaml").read_bytes(), Loader=loader)  # noqa: S506 (a safe loader)


@cache
def data_digest() -> str:
    """The hash of every data file: another one after any of what places demand was changed. Read once.

    >>> len(data_digest())
    64
    """
    whole = hashlib.sha256()
    for path in sorted(DATA.rglob("*.yaml")):
        whole.update(path.relative_to(DATA).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def record(record_type: type[Record], data: Mapping[str, Any]) -> Record:
    """The record of that type with the data's values; lists become tuples. Raises ValueError naming an unknown key.

    >>> from crosscut.specs.citations import Source
    >>> record(Source, {"key": "a", "title": "A page", "url": "https://a.example", "level": "official"}).title
    'A page'
    """
    unknown = data.keys() - {field.name for field in fields(record_type)}  # type: ignore[arg-type]
    if unknown:
        raise ValueError(f"{record_type.__name__} has no {', '.join(sorted(unknown))}")
    return record_type(**{key: frozen(value) for key, value in data.items()})


def frozen(value: Any) -> Any:
    """The value with every list in it turned into a tuple.

    >>> frozen({"a": [1, [2]]})
    {'a': (1, (2,))}
    """
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return value
