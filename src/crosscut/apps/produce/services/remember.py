"""The translation memory: paragraphs of finished passages, kept for the next piece that says the same."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.paragraphs import paired
from crosscut.apps.produce.tmx import Pair, read_tmx
from crosscut.apps.produce.translating import Language, Passage, is_words
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

_LETTER = re.compile(r"[^\W\d_]")
_MEDIA = re.compile(r"^media\.\d+\.")  # which picture it was says nothing to the next piece


def remember(by: Member, found: Language, passages: Iterable[Passage]) -> None:
    """Keeps the paragraphs of these passages; one that is known in the same words becomes the latest again."""
    rows = {
        (row.source_digest, row.target_digest): row for passage in passages for row in _segments(by, found, passage)
    }
    Segment.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["workspace", "source_language", "language", "source_digest", "target_digest"],
        update_fields=["piece", "passage", "member", "at"],
    )


@dataclass(frozen=True, kw_only=True)
class BroughtIn:
    """What became of a file."""

    at: datetime  # when: what came with it, and nothing else, has this time
    added: int
    known: int  # were here in the same words, or twice in the file
    left_out: int  # texts without words, of no known language, or too long


@transaction.atomic
def bring_in(by: Member, data: bytes) -> BroughtIn:
    """Adds what a TMX file holds; what is known stays as it is. Raises what `read_tmx` raises, and NotAllowed."""
    demand(by, "plan")
    found, at = read_tmx(data), timezone.now()
    rows = (_brought(by, pair, at) for pair in found.pairs)
    once = {(row.source_language, row.language, row.source_digest, row.target_digest): row for row in rows}
    Segment.objects.bulk_create(once.values(), batch_size=1000, ignore_conflicts=True)
    added = _came_at(by, at).count()
    record("translation_memory.brought_in", by.workspace, by=by, added=added)
    return BroughtIn(at=at, added=added, known=len(found.pairs) - added, left_out=found.left_out)


@transaction.atomic
def take_out(by: Member, at: datetime) -> int:
    """Forgets what one file brought and nobody has said again since. Returns how many."""
    demand(by, "plan")
    count, _rows = _came_at(by, at).delete()
    record("translation_memory.taken_out", by.workspace, by=by, gone=count)
    return count


@transaction.atomic
def forget(by: Member, segment_id: int) -> None:
    """Takes one segment out of the memory. Pieces keep their words. Raises NotFound."""
    demand(by, "plan")
    count, _rows = Segment.objects.filter(pk=segment_id, workspace=by.workspace_id).delete()
    if not count:
        raise NotFound(phrase("The translation memory has no such segment."))


def _segments(by: Member, found: Language, passage: Passage) -> Iterator[Segment]:
    if not is_words(passage.key):
        return
    for source, target in paired(passage.source, passage.target):
        if target and _LETTER.search(source):
            yield Segment(
                workspace_id=by.workspace_id,
                source_language=found.source.piece.language,
                language=found.piece.language,
                source=source,
                target=target,
                source_digest=hash_of(source),
                target_digest=hash_of(target),
                piece=found.piece,
                passage=_MEDIA.sub("media.", passage.key)[:80],
                member=by,
                at=timezone.now(),
            )


def _brought(by: Member, pair: Pair, at: datetime) -> Segment:
    return Segment(
        workspace_id=by.workspace_id,
        source_language=pair.source_language,
        language=pair.language,
        source=pair.source,
        target=pair.target,
        source_digest=hash_of(pair.source),
        target_digest=hash_of(pair.target),
        member=by,
        at=at,
    )


def _came_at(by: Member, at: datetime) -> QuerySet[Segment]:
    return Segment.objects.filter(workspace=by.workspace_id, member=by, piece=None, passage="", at=at)


def hash_of(text: str) -> str:
    """Names a text.

    >>> len(hash_of("Half the reef."))
    64
    """
    return hashlib.sha256(text.encode()).hexdigest()
