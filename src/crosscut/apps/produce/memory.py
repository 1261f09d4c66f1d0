"""What the translation memory offers, and all of it as far as the asker may see it."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.paragraphs import paragraphs
from crosscut.apps.produce.services.remember import hash_of
from crosscut.apps.produce.translating import Language, Passage

OFFERED = 3  # matches of one paragraph
LEAST = 60  # percent alike: below it, reading an old sentence costs more than it saves
_LOOKED_AT = 20  # of the likeliest, which are then compared word by word
_LONGEST = 5000  # characters of a paragraph that is looked for
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Match:
    """What was said before for the same words, or for similar ones."""

    segment: Segment
    percent: int  # alike; 100: the very same words


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A paragraph of a passage, and what the memory has for it."""

    source: str
    matches: tuple[Match, ...]  # the best first


def segments_for(member: Member, *, text: str = "", language: str = "") -> QuerySet[Segment]:
    """The workspace's memory, the latest first; with those words in either language. None for guests."""
    rows = Segment.objects.filter(workspace=member.workspace_id).select_related("piece", "member__user")
    if text:
        rows = rows.filter(Q(source__icontains=text) | Q(target__icontains=text))
    if language:
        rows = rows.filter(language__iexact=language)
    return rows.none() if member.role == Role.GUEST else rows


def exported(member: Member, *, language: str = "") -> Iterator[Segment]:
    """The whole memory, or that of one language, a row at a time. Raises NotAllowed for guests."""
    demand(member, "draft")
    return segments_for(member, language=language).iterator(chunk_size=1000)


def offers_for(member: Member, found: Language, passage: Passage) -> list[Offer]:
    """What the memory has for each paragraph of the passage; paragraphs it knows nothing of are left out."""
    languages = (found.source.piece.language, found.piece.language)
    offers = [
        Offer(source=part, matches=tuple(matches_for(member, part, languages=languages)))
        for part in paragraphs(passage.source)
    ]
    return [offer for offer in offers if offer.matches]


def matches_for(member: Member, text: str, *, languages: tuple[str, str]) -> list[Match]:
    """The best matches of a paragraph from the first language into the second.

    Another country's words of the same language are offered too, after equally good ones of the language's own.
    """
    source_language, language = languages
    looked_for = text[:_LONGEST]
    rows = segments_for(member).filter(_in("source_language", source_language), _in("language", language))
    same = rows.filter(source_digest=hash_of(text))[:OFFERED]
    alike = rows.filter(source__trigram_similar=looked_for).annotate(alike=TrigramSimilarity("source", looked_for))
    found = {row.pk: row for row in [*same, *alike.order_by("-alike", "-at")[:_LOOKED_AT]]}
    matches = [Match(segment=row, percent=likeness(text, row.source)) for row in found.values()]
    good = [match for match in matches if match.percent >= LEAST]
    return sorted(good, key=lambda one: (-one.percent, one.segment.language != language, -one.segment.pk))[:OFFERED]


def likeness(text: str, other: str) -> int:
    """How much of the words two texts share, in order, in percent; 100 only for the very same text.

    >>> likeness("Half the reef is gone.", "Half is gone."), likeness("Gone.", "Gone.")
    (80, 100)
    """
    if text == other:
        return 100
    ratio = difflib.SequenceMatcher(a=_WORD.findall(text), b=_WORD.findall(other), autojunk=False).ratio()
    return min(99, round(ratio * 100))


def _in(field: str, language: str) -> Q:
    """Rows of that language, whatever the country."""
    primary = language.partition("-")[0]
    return Q(**{f"{field}__iexact": primary}) | Q(**{f"{field}__istartswith": f"{primary}-"})
