"""Search over everything: each app says what it can find, whoever asks sees what its queries let them see.

An app registers a `Finder` when it starts (`AppConfig.ready`), so that no app has to know those downstream of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, and_, or_
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.urls import reverse

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.queries import members_for

LONGEST = 120  # characters that are looked at: more is a pasted text
SHORTEST = 2  # one letter is in everything
MOST_WORDS = 6
# How alike a word must be to one of the title, 0 to 1 (pg_trgm's word similarity; its own default is 0.6): two letters
# swapped, or one that is wrong, leave a word of six about this much.
ALIKE = 0.38


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found."""

    pk: int
    title: str
    about: str  # what tells it from others of its name: "Look again · draft"
    url: str  # its page
    thumb: str = ""  # address of a small picture, or empty
    state: str = ""  # a state of the design system, or empty


@dataclass(frozen=True, kw_only=True)
class Finder:
    """What one app can find."""

    kind: str  # "pieces": names the group for programs
    label: Any  # the group's heading, lazily translated
    icon: str  # an icon of frontend/icons.txt
    order: int  # where the group stands, the lowest first
    find: Callable[[Member, tuple[str, ...], int], Sequence[Hit]]  # asker, words, how many at most; the best first


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one app found."""

    finder: Finder
    hits: tuple[Hit, ...]
    has_more: bool  # there are more than these


_finders: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    """Makes an app's things findable. Registering a kind again replaces it."""
    _finders[finder.kind] = finder


def finders() -> tuple[Finder, ...]:
    """All that can be found, in the order it is shown."""
    return tuple(sorted(_finders.values(), key=lambda finder: finder.order))


def words_of(text: str) -> tuple[str, ...]:
    """The words to look for; none when the text is too short to mean anything.

    >>> words_of("  Half of\\x00 the   REEF "), words_of("a")
    (('half', 'of', 'the', 'reef'), ())
    """
    plain = " ".join(text.replace("\0", "")[:LONGEST].casefold().split())
    return tuple(dict.fromkeys(plain.split(" ")))[:MOST_WORDS] if len(plain) >= SHORTEST else ()


def find_everything(member: Member, text: str, *, limit: int = 5, kind: str = "") -> list[Group]:
    """What the member may see of what the words name, misspellings included, grouped by kind; empty groups left out.

    Guests find nothing: what was shared with them stands on their one page.
    """
    words = words_of(text)
    if not words or member.role == Role.GUEST:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        wanted = [finder for finder in finders() if kind in ("", finder.kind)]
        found = [(finder, tuple(finder.find(member, words, limit + 1))) for finder in wanted]
    return [Group(finder=finder, hits=hits[:limit], has_more=len(hits) > limit) for finder, hits in found if hits]


def called_like(rows: QuerySet[Any], words: Sequence[str], *, name: str, also: Sequence[str] = ()) -> QuerySet[Any]:
    """The rows that have every word in their name, misspelt perhaps, or as it stands in one of the other columns.

    The best first: a name that begins with what was typed, then one that holds it, then the most alike. Call it inside
    `find_everything`, which sets how alike is alike.
    """
    typed = " ".join(words)
    for word in words:
        conditions = [Q(**{f"{name}__icontains": word})]
        if len(word) > SHORTEST:  # shorter ones have no trigram: the index cannot help, and they are in every text
            conditions += [Q(**{f"{column}__icontains": word}) for column in also]
            conditions.append(Q(**{f"{name}__trigram_word_similar": word}))
        rows = rows.filter(reduce(or_, conditions))
    begins, holds = Q(**{f"{name}__istartswith": typed}), Q(**{f"{name}__icontains": typed})
    all_in_it = reduce(and_, (Q(**{f"{name}__icontains": word}) for word in words))
    nearness = reduce(add, (TrigramWordSimilarity(word, name) for word in words)) / Value(float(len(words)))
    bonus = Case(
        When(begins, then=Value(3.0)),
        When(holds, then=Value(2.0)),
        When(all_in_it, then=Value(1.0)),
        default=Value(0.0),
        output_field=FloatField(),
    )
    ranked: QuerySet[Any] = rows.annotate(nearness=bonus + nearness).order_by(F("nearness").desc(), "-pk")
    return ranked


def find_people(member: Member, words: tuple[str, ...], limit: int) -> list[Hit]:
    """Members of the asker's workspace, by name or address."""
    rows = called_like(members_for(member), words, name="user__name", also=("user__email",))
    return [
        Hit(
            pk=row.pk,
            title=row.user.name,
            about=f"{row.get_role_display()} · {row.user.email}",
            url=f"{reverse('team')}#member-{row.pk}",
        )
        for row in rows[:limit]
    ]
