"""Addresses of readers: tidied, compared, and known again without being kept."""

import re

import idna

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import digest

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322, 3.2.3: dot-atom
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
_LONGEST, _LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1, less the angle brackets


def tidy(address: str) -> str:
    """The address as it crosses the wire. Raises Invalid saying what is wrong with it.

    >>> tidy(" Ada@Reef.Example "), tidy("ada@München.example")
    ('Ada@reef.example', 'ada@xn--mnchen-3ya.example')
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        wire = idna.encode(domain.rstrip("."), uts46=True).decode() if domain else ""
    except idna.IDNAError:
        wire = ""
    if not at or not wire:
        raise Invalid.at("address", phrase("This is no e-mail address: name@example.org"))
    if not local.isascii():
        raise Invalid.at("address", phrase("Letters beyond a to z before the @ cannot be mailed to yet."))
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(wire) or len(local) > _LONGEST_LOCAL:
        raise Invalid.at("address", phrase("This is no e-mail address: name@example.org"))
    if len(f"{local}@{wire}") > _LONGEST:
        raise Invalid.at("address", phrase("This address is longer than addresses can be."))
    return f"{local}@{wire}"


def key_of(address: str) -> str:
    """What two spellings of one address share. No provider in use tells capitals before the @ apart.

    >>> key_of("Ada@reef.example")
    'ada@reef.example'
    """
    return address.lower()


def hash_of_address(address: str) -> str:
    """What is kept of an address that must not be kept."""
    return digest(["reader", key_of(address)])


def tidy_name(name: str) -> str:
    """The name on one line, without signs that nobody sees.

    >>> tidy_name(" Ada\\r\\nBcc: x\\u200b ")
    'Ada Bcc: x'
    """
    return "".join(sign for sign in " ".join(name.split()) if sign.isprintable())[:120].strip()
