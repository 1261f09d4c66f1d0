"""Turns the texts a file gives for a field into its value; what makes no sense there is left out, never an error."""

import re

from crosscut.kernel.errors import Invalid
from crosscut.media.fields import Field, Kind, Value, checked, moment_of

_ISO_6709 = re.compile(r"(?P<latitude_deg>[+-]\d+(?:\.\d+)?)(?P<longitude_deg>[+-]\d+(?:\.\d+)?)")  # QuickTime's
_XMP_GPS = re.compile(r"(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])")  # XMP Part 2, 1.2.7.4


def as_value(field: Field, texts: list[str]) -> Value:
    """The value, "" or [] for none. Texts longer than the field takes are kept whole: the library shortens its own."""
    if not texts:
        return ""
    if field.kind is Kind.LIST:
        leaves = (text.rsplit("|", 1)[-1].strip() for text in texts)  # Lightroom's "Animals|Fish|Shark"
        return list(dict.fromkeys(leaf for leaf in leaves if leaf))
    text = texts[0]
    if field.kind is Kind.DATE:
        return moment_of(text)
    if field.kind is Kind.NUMBER:
        return _number(field, text)
    if field.kind is Kind.CHOICE:
        return _choice(field, text)
    return text


def _number(field: Field, text: str) -> Value:
    if field.key.endswith("_deg"):
        text = _degrees(field.key, text)
    try:
        return checked(field, text)
    except Invalid:
        return ""


def _degrees(key: str, text: str) -> str:
    if whole := _ISO_6709.match(text):
        return whole[key]
    if found := _XMP_GPS.fullmatch(text.strip()):
        degrees = float(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
        return f"{-degrees if found[4] in 'SW' else degrees:.7f}"
    return text


def _choice(field: Field, text: str) -> Value:
    """The choice, whether the file has its address or its last part; what is on no list is kept as the file has it."""
    try:
        return checked(field, text)
    except Invalid:
        return text[: field.limit * 4]
