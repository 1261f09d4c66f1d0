"""What the words and media of a piece may be. Everything that is wrong is said at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.threads import thread_limit
from crosscut.channels.fields import LANGUAGE_PATTERN
from crosscut.channels.registry import channel, channels, extra_class
from crosscut.kernel.errors import Invalid, Problem

MAX_TEXT = 100_000  # characters; the longest place takes 65,535
MAX_TAGS = 30
_LONGEST = {"title": 200, "text": MAX_TEXT, "summary": 500, "link": 1000, "language": 12, "source_file": 300}
_OUTLET_LONGEST = {"text": MAX_TEXT, "title": 300}
_TAG_LONGEST = 60
_OUTLET_FIELDS = frozenset({"post_type", *_OUTLET_LONGEST, "extra", "further", "is_numbered"})
_MEDIA_FIELDS = frozenset({"alt_text", "is_decorative", "focus_x", "focus_y", "channels", "parts", "position"})
EDITABLE = frozenset({*_LONGEST, "tags", "campaign", "shortens_links"})


def checked_words(by: Member, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The shared fields, tidied. Raises Invalid with every problem, unknown fields included."""
    problems = _unknown(fields, EDITABLE) + _too_long(fields, _LONGEST)
    tidy = {name: _TIDY[name](value) if name in _TIDY else value for name, value in fields.items()}
    if "title" in tidy and not tidy["title"]:
        problems.append(_problem("title", "Give the piece a title; the public need not see it."))
    if tidy.get("link") and not _is_web_address(tidy["link"]):
        problems.append(_problem("link", "Give a whole web address: https://www.example.org/page"))
    if "language" in tidy and not re.fullmatch(LANGUAGE_PATTERN, tidy["language"]):
        problems.append(_problem("language", "Name the language by its code, such as en or pt-BR."))
    problems += _tag_problems(tidy.get("tags", ()))
    campaign = tidy.get("campaign")
    if campaign is not None and campaign.workspace_id != by.workspace_id:
        problems.append(_problem("campaign", "There is no such campaign in this workspace."))
    if problems:
        raise Invalid(problems=problems)
    return tidy


def checked_outlet(slug: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What one channel shows, tidied: post_type, text, title, extra, further and is_numbered, those that are given.

    Raises NotFound for an unknown channel and Invalid with every problem.
    """
    known = channel(slug)
    problems = _unknown(fields, _OUTLET_FIELDS) + _too_long(fields, _OUTLET_LONGEST)
    problems += _thread_problems(slug, fields.get("further") or [])
    wanted = fields.get("post_type")
    if wanted is not None and wanted not in known.post_types:
        listed = ", ".join(known.post_types)
        problems.append(_problem("post_type", f"{known.name} has no {wanted!r}. It has: {listed}."))
    extra, more = _checked_extra(slug, fields.get("extra") or {})
    if problems + more:
        raise Invalid(problems=problems + more)
    return {**fields, "extra": extra} if "extra" in fields else dict(fields)


def checked_media(fields: Mapping[str, Any]) -> dict[str, Any]:
    """How an asset is used in a piece. Raises Invalid with every problem."""
    problems = _unknown(fields, _MEDIA_FIELDS) + _too_long(fields, {"alt_text": 10_000})
    x, y = fields.get("focus_x"), fields.get("focus_y")
    if (x is None) != (y is None) or any(part is not None and not 0 <= part <= 1 for part in (x, y)):
        problems.append(_problem("focus", "Give both parts of the point, each between 0 and 1, or neither."))
    parts: Mapping[str, int] = fields.get("parts") or {}
    unknown = {*(fields.get("channels") or ()), *parts} - set(channels())
    if unknown:
        problems.append(_problem("channels", f"There is no channel called {min(unknown)!r}."))
    if any(isinstance(part, bool) or not 1 <= part <= thread_limit(slug) for slug, part in parts.items()):
        problems.append(_problem("parts", "Name a part of a thread by its number, from 1."))
    if problems:
        raise Invalid(problems=problems)
    return {**fields, "parts": {slug: part for slug, part in parts.items() if part > 1}} if parts else dict(fields)


def tidy_tags(tags: list[str]) -> list[str]:
    """The topics without "#", each once.

    >>> tidy_tags(["#reef", " deep  sea", "reef", ""])
    ['reef', 'deep sea']
    """
    return list(dict.fromkeys(tag for tag in (" ".join(one.lstrip("# ").split()) for one in tags) if tag))


def _thread_problems(slug: str, further: list[str]) -> list[Problem]:
    limit = thread_limit(slug)
    if further and limit < 2:
        return [_problem("further", f"{channel(slug).name} carries no threads.")]
    if len(further) >= limit > 1:
        return [_problem("further", f"A thread has at most {limit} parts there, the first one included.")]
    long = [part for part, text in enumerate(further, start=2) if len(text) > MAX_TEXT]
    return [_problem("further", f"Part {part} has more than {MAX_TEXT:,} characters.") for part in long]


def _checked_extra(slug: str, extra: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    model, name = extra_class(slug), channel(slug).name
    if model is None:
        words = f"{name} has no such field; it has none of its own."
        return {}, [_problem(f"extra.{field}", words) for field in extra]
    try:
        read = model.model_validate(dict(extra))
    except ValidationError as error:
        return {}, [_extra_problem(dict(detail), model.model_fields, name) for detail in error.errors()]
    return read.model_dump(mode="json", exclude_defaults=True), []


def _extra_problem(detail: dict[str, Any], known: Mapping[str, Any], name: str) -> Problem:
    where = ".".join(("extra", *(str(part) for part in detail["loc"])))
    if detail["type"] == "extra_forbidden":
        return _problem(where, f"{name} has no such field. It has: {', '.join(sorted(known))}.")
    return _problem(where, str(detail["msg"]).removeprefix("Value error, ") + ".")


def _unknown(fields: Mapping[str, Any], known: "frozenset[str] | set[str]") -> list[Problem]:
    return [_problem(name, "There is no such field.") for name in sorted(set(fields) - known)]


def _too_long(fields: Mapping[str, Any], limits: Mapping[str, int]) -> list[Problem]:
    lengths = {name: len(fields[name]) for name in limits if fields.get(name)}
    return [
        _problem(name, f"This is {used:,} characters long; at most {limits[name]:,} are taken.")
        for name, used in lengths.items()
        if used > limits[name]
    ]


def _tag_problems(tags: "list[str] | tuple[()]") -> list[Problem]:
    long = [tag for tag in tags if len(tag) > _TAG_LONGEST]
    found = [_problem("tags", f"“{tag[:20]}…” is too long: at most {_TAG_LONGEST} characters.") for tag in long]
    if len(tags) > MAX_TAGS:
        found.append(_problem("tags", f"There are {len(tags)} topics; at most {MAX_TAGS} are taken."))
    return found


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


def _problem(where: str, message: str) -> Problem:
    return Problem(code="piece.invalid", where=where, message=message)


_TIDY: Mapping[str, Callable[[Any], Any]] = {"title": str.strip, "link": str.strip, "tags": tidy_tags}
