"""The translation memory: paragraphs of finished passages, kept for the next piece that says the same."""

import hashlib
import re
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.paragraphs import paired
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


def hash_of(text: str) -> str:
    """Names a text.

    >>> len(hash_of("Half the reef."))
    64
    """
    return hashlib.sha256(text.encode()).hexdigest()
