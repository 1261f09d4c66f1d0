"""Reads caption files in a capped child: a text that makes a parser slow or hungry harms nobody else there."""

from pathlib import Path

from crosscut.kernel.errors import Damaged, NotFound
from crosscut.media.captions.decoding import LIMIT_BYTES
from crosscut.media.captions.formats import parse_document
from crosscut.media.captions.records import Document


def read(path: Path) -> Document:
    """The caption file."""
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise Damaged(path, f"It is larger than {LIMIT_BYTES:,} bytes: captions of that size are not taken.")
        data = path.read_bytes()
    except OSError as fault:
        raise NotFound(f"{path.name} cannot be opened: {fault.strerror}.") from fault
    if not data:
        raise Damaged(path, "The file is empty (0 bytes): add it again from where it comes from.", code="media.empty")
    return parse_document(data, path.name)
