"""Values of fields: their stored form, what is refused, and how they read as text."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.media.fields.catalogue import Field, Kind

Value: TypeAlias = str | float | bool | list[str]  # as it is stored: of JSON
LIST_LIMIT = 200  # items of one list
SEPARATOR = "; "  # between the items of a list in one text
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # what neither XML nor the database can keep
_PARTIAL = re.compile(r"\d{4}(-\d\d)?")
_YES = frozenset({"yes", "true", "1", "on", "y"})
_NO = frozenset({"no", "false", "0", "off", "n"})


def checked(field: Field, value: object) -> Value:
    """The value in its stored form; "" or [] for nothing. Raises Invalid, at the field's key, with the reason.

    >>> from crosscut.media.fields.catalogue import fields
    >>> checked(fields()["creator"], "Ana; Bo; Ana"), checked(fields()["created_on"], "2026:05:03 14:30:00")
    (['Ana', 'Bo'], '2026-05-03T14:30:00')
    """
    match field.kind:
        case Kind.LIST | Kind.CHOICES:
            return _checked_list(field, value)
        case Kind.NUMBER:
            return _checked_number(field, value)
        case Kind.FLAG:
            return _checked_flag(field, value)
    text = _clean(value, is_long=field.kind is Kind.LONG)
    if field.kind is Kind.DATE and text:
        return _checked_date(field, text)
    if field.kind is Kind.CHOICE and text:
        return _choice(field, text)
    return _short_enough(field, text)


def is_empty(value: object) -> bool:
    """Whether the value says nothing. Zero and "no" say something.

    >>> is_empty(""), is_empty([]), is_empty(None), is_empty(0), is_empty(False)
    (True, True, True, False, False)
    """
    return value is None or value == "" or value == []


def said(value: object) -> str:
    """The value as one text that `checked` takes again.

    >>> said(["Ana", "Bo"]), said(4.0), said(True)
    ('Ana; Bo', '4', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:.10g}"
    return SEPARATOR.join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def moment_of(text: str) -> str:
    """A date, with its time where there is one, in ISO 8601 from EXIF's, XMP's or ID3's spelling; "" for anything else.

    >>> moment_of("2022:02:16 12:55:41"), moment_of("2001"), moment_of("20260503"), moment_of("soon")
    ('2022-02-16T12:55:41', '2001', '2026-05-03', '')
    """
    text = re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", text.strip())
    try:
        if _PARTIAL.fullmatch(text):
            date.fromisoformat((text + "-01-01")[:10])
            return text
        if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text):
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment.isoformat(timespec="seconds" if not moment.microsecond else "milliseconds")


def split(text: str) -> list[str]:
    """The items of a list written as one text, with ";" or lines between them.

    >>> split("Ana; Bo;;"), split("reef, sea")
    (['Ana', 'Bo'], ['reef, sea'])
    """
    return [item.strip() for item in re.split(r"[;\n]", text) if item.strip()]


def _clean(value: object, *, is_long: bool = False) -> str:
    text = _FORBIDDEN.sub("", said(value)).strip()
    return text.replace("\r\n", "\n") if is_long else " ".join(text.split())


def _checked_date(field: Field, text: str) -> str:
    if moment := moment_of(text):
        return moment
    message = phrase("Write a date as 2026, 2026-05, 2026-05-03 or 2026-05-03 14:30, not “{text}”.", text=text[:40])
    raise _refused(field, message)


def _checked_list(field: Field, value: object) -> list[str]:
    given: Iterable[object] = value if isinstance(value, list | tuple) else split(said(value))
    items = [item for item in dict.fromkeys(map(_clean, given)) if item]
    if len(items) > LIST_LIMIT:
        raise _refused(
            field, phrase("At most {limit} are kept; these are {count}.", limit=LIST_LIMIT, count=len(items))
        )
    if field.kind is Kind.CHOICES:
        return list(dict.fromkeys(_choice(field, item) for item in items))
    return [_short_enough(field, item) for item in items]


def _checked_number(field: Field, value: object) -> float | str:
    text = _clean(value)
    if not text:
        return ""
    try:
        number = float(text.replace(",", "."))
    except ValueError as fault:
        raise _refused(field, phrase("Write a number, not “{text}”.", text=text[:40])) from fault
    least, most = field.least, field.most
    if number != number or (least is not None and number < least) or (most is not None and number > most):
        raise _refused(field, phrase("Write a number from {least} to {most}.", least=said(least), most=said(most)))
    if abs(number) == float("inf"):
        raise _refused(field, phrase("Write a number, not “{text}”.", text=text[:40]))
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _checked_flag(field: Field, value: object) -> bool | str:
    text = _clean(value).lower()
    if text and text not in _YES | _NO:
        raise _refused(field, phrase("Write yes or no, not “{text}”.", text=text[:40]))
    return text in _YES if text else ""


def _choice(field: Field, text: str) -> str:
    """What is stored for a choice: by its stored form, the last part of its address, or its label."""
    for stored, label in (field.choices or {}).items():
        if text.casefold() in (stored.casefold(), stored.rsplit("/", 1)[-1].casefold(), label.casefold()):
            return stored
    known = ", ".join(list((field.choices or {}).values())[:12])
    raise _refused(field, phrase("“{text}” is not one of the choices: {known}.", text=text[:60], known=known))


def _short_enough(field: Field, text: str) -> str:
    if len(text) > field.limit:
        message = phrase("Use at most {limit} characters; these are {count}.", limit=field.limit, count=len(text))
        raise _refused(field, message)
    return text


def _refused(field: Field, message: Phrase) -> Invalid:
    return Invalid.at(field.key, message, code="metadata.value")
