"""Finding assets: words and filters to one window of rows, and the counts beside it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, F, Func, Q, QuerySet, TextField

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset
from crosscut.apps.library.rights import SOON_DAYS
from crosscut.apps.library.searchbox import Wanted
from crosscut.kernel.errors import Invalid

WINDOW = 60  # cards fetched at once: two screens of a desk
TAG_FACETS = 20


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of the found assets."""

    assets: tuple[Asset, ...]
    next_cursor: str  # hand it back for the rows that follow; empty at the end


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One click that narrows the search."""

    group: str  # "type", "rights", "missing", "tag"
    token: str  # what it puts into the search box: "type:video"
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What stands beside the found assets."""

    total: int  # how many were found
    facets: tuple[Facet, ...]


def window(member: Member, wanted: Wanted, *, cursor: str = "", size: int = WINDOW) -> Window:
    """The found assets from the cursor on: newest first, or best match first when there are words.

    Newest first goes by the last row seen, so that a file that arrives meanwhile shifts nothing. Raises NotAllowed for
    guests, Invalid for a cursor that is not ours.
    """
    queries.refuse_guests(member)
    rows = found(member, wanted)
    place = _read_cursor(cursor)
    if wanted.words:
        start = int(place.get("start", 0))
        return _window(_best(rows, start, start + size + 1), size, {"start": start + size})
    if "at" in place:
        at = datetime.fromisoformat(place["at"])
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=int(place["id"])))
    some = tuple(queries.with_card_parts(rows)[: size + 1])
    last = some[size - 1] if len(some) > size else None
    return _window(some, size, {"at": last.created_at.isoformat(), "id": last.pk} if last else {})


def found(member: Member, wanted: Wanted) -> QuerySet[Asset]:
    """Every asset that fits, best match or newest first."""
    rows = _with_words(queries.assets_for(member), wanted.words)
    return _with_filters(rows, wanted, queries.today_in(member.workspace))


def narrowing(member: Member, wanted: Wanted) -> Narrowing:
    """How many assets fit, and the clicks that narrow the search further.

    A click's count is how many assets it would leave; a kind's is how many there are when only that kind is wanted.
    """
    today = queries.today_in(member.workspace)
    narrowed = found(member, wanted).order_by()
    total, flags = _flag_facets(narrowed, today)
    types = _type_facets(found(member, replace(wanted, kinds=())).order_by())
    return Narrowing(total=total, facets=(*types, *flags, *_tag_facets(narrowed)))


def _with_words(rows: QuerySet[Asset], words: Sequence[str]) -> QuerySet[Asset]:
    """Each word by its beginning or, in English, by its stem; or the whole like the title, misspellings included."""
    if not words:
        return rows
    plain = queries.without_accents(words)
    query = reduce(and_, (_query_for(word) for word in plain))
    is_exact = any(" " in word for word in plain)  # a phrase in quotes is meant as it stands
    alike = Q() if is_exact else Q(title__trigram_word_similar=" ".join(plain))
    matches = rows.filter(Q(search=query) | alike) if alike else rows.filter(search=query)
    return matches.annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "-created_at", "-id")


def _query_for(word: str) -> Any:
    stem = SearchQuery(word, config="english", search_type="phrase")
    lexemes = ["".join(sign for sign in part if sign.isalnum()) for part in word.split()]
    if len(lexemes) != 1 or not lexemes[0]:
        return stem | SearchQuery(word, config="simple", search_type="phrase")
    return stem | SearchQuery(f"{lexemes[0]}:*", config="simple", search_type="raw")


def _with_filters(rows: QuerySet[Asset], wanted: Wanted, today: date) -> QuerySet[Asset]:
    rows = rows.filter(archived_at__isnull=not wanted.is_archived)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.tags:
        rows = rows.filter(tags__contains=list(wanted.tags))
    if wanted.rights:
        rows = rows.filter(queries.rights_filters(today)[wanted.rights])
    if wanted.expires_within_days is not None:
        rows = rows.filter(queries.ends_within(today, wanted.expires_within_days))
    if wanted.lacks_credit:
        rows = rows.filter(credit="")
    if wanted.lacks_alt:
        rows = rows.filter(kind=Asset.Kind.IMAGE, alt_text="")
    return rows


def _type_facets(rows: QuerySet[Asset]) -> list[Facet]:
    counts = dict(rows.values_list("kind").annotate(Count("pk")).values_list("kind", "pk__count"))
    return [
        Facet(group="type", token=f"type:{kind.value}", label=str(kind.label), count=counts[kind.value])
        for kind in Asset.Kind
        if counts.get(kind.value)
    ]


def _flag_facets(rows: QuerySet[Asset], today: date) -> tuple[int, list[Facet]]:
    """How many rows there are, and how many of them have each flag: all in one pass."""
    rights = queries.rights_filters(today)
    flags = (
        ("rights", "rights:expired", "Rights ended", rights["expired"]),
        (
            "rights",
            f"rights:expires<{SOON_DAYS}d",
            f"Rights end within {SOON_DAYS} days",
            queries.ends_within(today, SOON_DAYS),
        ),
        ("rights", "rights:none", "No licence", rights["none"]),
        ("missing", "credit:missing", "No credit", Q(credit="")),
        ("missing", "alt:missing", "No alt text", Q(kind=Asset.Kind.IMAGE, alt_text="")),
    )
    sums = {f"flag_{number}": Count("pk", filter=Q(flag[3])) for number, flag in enumerate(flags)}
    counts = rows.aggregate(total=Count("pk"), **sums)
    return counts["total"], [
        Facet(group=group, token=token, label=label, count=counts[f"flag_{number}"])
        for number, (group, token, label, _condition) in enumerate(flags)
        if counts[f"flag_{number}"]
    ]


def _tag_facets(rows: QuerySet[Asset]) -> list[Facet]:
    tags = rows.annotate(tag=Func(F("tags"), function="unnest", output_field=TextField()))
    counts = tags.values("tag").annotate(number=Count("pk")).order_by("-number", "tag")[:TAG_FACETS]
    return [Facet(group="tag", token=_tag_token(row["tag"]), label=row["tag"], count=row["number"]) for row in counts]


def _tag_token(tag: str) -> str:
    return f'tag:"{tag}"' if " " in tag else f"tag:{tag}"


def _best(rows: QuerySet[Asset], start: int, end: int) -> tuple[Asset, ...]:
    """The rows from start to end by rank. Only their numbers are sorted: whole rows of a broad search are megabytes."""
    numbers = list(rows.values_list("pk", flat=True)[start:end])
    assets = queries.with_card_parts(rows.model.objects.filter(pk__in=numbers)).in_bulk()
    return tuple(assets[number] for number in numbers)


def _window(assets: tuple[Asset, ...], size: int, place: dict[str, Any]) -> Window:
    has_more = len(assets) > size
    return Window(assets=assets[:size], next_cursor=_cursor(place) if has_more else "")


def _cursor(place: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_cursor(cursor: str) -> dict[str, Any]:
    if not cursor:
        return {}
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        checked: dict[str, Any] = {"start": max(0, int(place.get("start", 0)))}
        if "at" in place:
            checked |= {"at": datetime.fromisoformat(place["at"]).isoformat(), "id": int(place["id"])}
        return checked
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Invalid.at("cursor", "This is not a place in the list. Start again from the beginning.") from fault
