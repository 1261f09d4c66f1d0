"""The kinds of values several channels ask for in their settings, each checked with words a person understands."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic.config import JsonDict

FOR_PROGRAMS: JsonDict = {"for_programs": True}  # `json_schema_extra` of a setting that pages do not ask for
LANGUAGE_PATTERN = r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$"  # BCP 47 as used in practice, RFC 5646 section 2.1


def for_programs(default: str, title: str, description: str) -> Any:
    """The field for an address of the channel's that no person has to know."""
    return Field(default, title=title, description=description, json_schema_extra=FOR_PROGRAMS)


def _absolute(folder: Path) -> Path:
    if not folder.is_absolute():
        raise ValueError("Give the whole path of the folder, from the root: /srv/www/reef")
    return folder


def _web_address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("Give a whole web address: https://www.example.org")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("Give the address alone, without a name, a password, ? or #.")
    return url.strip().rstrip("/")


def _web_address_or_nothing(url: str) -> str:
    return _web_address(url) if url.strip() else ""


def _several(given: Any) -> Any:
    """A form gives one line, with commas between the names; programs give a list."""
    return [part for part in map(str.strip, given.split(",")) if part] if isinstance(given, str) else given


AbsoluteFolder = Annotated[Path, AfterValidator(_absolute)]
WebAddress = Annotated[str, AfterValidator(_web_address)]  # without a slash at the end
OptionalWebAddress = Annotated[str, AfterValidator(_web_address_or_nothing)]
Language = Annotated[str, StringConstraints(strip_whitespace=True, pattern=LANGUAGE_PATTERN)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_several)]
