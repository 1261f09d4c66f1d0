"""Reading where words occur: the assets of one word after the other, without reading the assets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import Cursor

from crosscut.apps.library.models import Unposted

BLOCK = 16_384  # assets: their place in a block fits into two bytes, and a block is made in about a second
LEAST_BEGINNING = 3  # bytes: what begins with less stands in nearly every asset, and thousands of words do
Assets = npt.NDArray[np.int64]
_ONE = re.compile(r"'((?:[^']|'')+)'(:\*)?")
_ALL = re.compile(rf"{_ONE.pattern}(?: \| {_ONE.pattern})*")
_LAST = chr(0x10FFFF)  # sorts behind every other sign
_SQL = """
SELECT asked.part, posting.block, posting.assets
FROM unnest(%s::int[], %s::text[], %s::text[]) AS asked (part, first, last)
JOIN library_posting AS posting ON posting.workspace_id = %s AND posting.word BETWEEN asked.first AND asked.last
"""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Words from one to another, in the order of their bytes."""

    first: str
    last: str


def spans(query: str) -> tuple[Span, ...] | None:
    """The words that a text-search query of one word asks for; None when it asks for more than that any occurs.

    >>> spans("'coral' | 'corals':*")
    (Span(first='coral', last='coral'), Span(first='corals', last='corals\\U0010ffff'))
    >>> spans("'blue' <-> 'whale'")
    """
    if not _ALL.fullmatch(query):
        return None
    asked = [(found[1].replace("''", "'"), bool(found[2])) for found in _ONE.finditer(query)]
    beginnings = {word for word, is_beginning in asked if is_beginning}
    if "\\" in query or any(len(word.encode()) < LEAST_BEGINNING for word in beginnings):
        return None
    whole = {word for word, _is_beginning in asked if not word.startswith(tuple(beginnings))}
    told = [Span(first=word, last=word) for word in sorted(whole)]
    return (*told, *(Span(first=word, last=word + _LAST) for word in sorted(beginnings)))


def unposted(workspace_id: int, most: int) -> list[int]:
    """Assets whose words changed since their blocks were made, at most so many. To be asked before the blocks are."""
    rows = Unposted.objects.filter(workspace_id=workspace_id)
    return list(rows.values_list("asset_id", flat=True)[:most])


def assets_saying(workspace_id: int, words: Sequence[Sequence[Span]]) -> Assets:
    """The assets that said every word when their blocks were made, each once, in the order of their numbers."""
    rows = [(part, span.first, span.last) for part, asked in enumerate(words) for span in asked]
    parts, firsts, lasts = ([row[at] for row in rows] for at in range(3))
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:  # the bytes as they are: as text they would be twice as many
        cursor.execute(_SQL, [parts, firsts, lasts, workspace_id], binary=True)
        found = cursor.fetchall()
    blocks = sorted({block for _part, block, _raw in found})
    said = np.ones(len(blocks) * BLOCK, np.bool_)
    for wanted in range(len(words)):
        said &= _marked([(block, raw) for part, block, raw in found if part == wanted], blocks)
    places = np.flatnonzero(said)
    return np.array(blocks, np.int64)[places // BLOCK] * BLOCK + places % BLOCK if blocks else places


def _marked(postings: Sequence[tuple[int, bytes]], blocks: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Which places of the blocks, laid end to end, the postings name."""
    marks = np.zeros((len(blocks), BLOCK), np.bool_)
    starts = {block: at for at, block in enumerate(blocks)}
    for block, raw in postings:
        marks[starts[block]][np.frombuffer(raw, ">u2")] = True
    return marks.ravel()
