"""XML built from elements, with every character that XML cannot carry left out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
# Control characters and what is no character at all: XML 1.0 section 2.2.
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))


def node(
    name: str,
    /,
    *children: etree._Element | str | None,
    names: Mapping[Any, str] | None = None,
    **attributes: str,
) -> etree._Element:
    """One element; a name in a namespace is "{address}name". A None among the children is left out.

    >>> etree.tostring(node("title", "Reef\\x00 & us", lang="en"))
    b'<title lang="en">Reef &amp; us</title>'
    """
    element = etree.Element(name, None, dict(names) if names else None)
    for key, value in attributes.items():
        element.set(key.rstrip("_"), clean(value))
    for child in children:
        if isinstance(child, str):
            element.text = (element.text or "") + clean(child)
        elif child is not None:
            element.append(child)
    return element


def clean(text: str) -> str:
    """The text as XML can carry it."""
    return str(text).translate(_NOT_XML)


def whole(root: etree._Element) -> bytes:
    """The document as UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def mail_date(at: datetime) -> str:
    """The moment as RSS writes it, RFC 2822.

    >>> mail_date(datetime(2026, 11, 22, 5, 7, 35, tzinfo=UTC))
    'Sun, 22 Nov 2026 05:07:35 GMT'
    """
    return format_datetime(at.astimezone(UTC), usegmt=True)
