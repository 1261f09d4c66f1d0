"""Reads caption files in a capped child: a text that makes a parser slow or hungry harms nobody else there."""

from pathlib import Path

from crosscut.kernel.errors import Damaged, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.media.captions.decoding import LIMIT_BYTES
from crosscut.media.captions.formats import parse_document
from crosscut.media.captions.records import Document


def read(path: Path) -> Document:
    """The caption file."""
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise Damaged(
                path,
                phrase(
                    "It is larger than {limit_bytes:,} bytes: captions of that size are not taken.",
                    limit_bytes=LIMIT_BYTES,
                ),
            )
        data = path.read_bytes()
    except OSError as fault:
        raise NotFound(
            phrase("{name} cannot be opened: {strerror}.", name=path.name, strerror=fault.strerror)
        ) from fault
    if not data:
        raise Damaged(
            path, phrase("The file is empty (0 bytes): add it again from where it comes from."), code="media.empty"
        )
    return parse_document(data, path.name)
