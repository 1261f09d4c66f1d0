"""Finding assets: words and filters to one window of rows, and the counts beside it.

Postings find words (`words`), the hashes in memory find pictures (`alike`), and the columns in memory (`columns`)
filter, sort and count. What is shown is read from the database, as the asker may see it.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import facets, likenesses, meanings, queries, words
from crosscut.apps.library.column_source import columns_of
from crosscut.apps.library.columns import ARCHIVED, KINDS, NO_ALT, NO_CREDIT, Columns, Mask, Places
from crosscut.apps.library.facets import Facet
from crosscut.apps.library.models import Asset
from crosscut.apps.library.searchbox import Wanted
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

WINDOW = 60  # cards fetched at once: two screens of a desk
LARGEST_WINDOW = 500
_STEADY = 60  # of reciprocal rank fusion (Cormack and others, SIGIR 2009): how little the very first places weigh
_DAY_ZERO = date(1970, 1, 1).toordinal()
_ORDERS = {"": "created_us", "newest": "created_us", "taken": "taken_us", "size": "size_bytes", "length": "duration_ms"}


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of the found assets."""

    assets: tuple[Asset, ...]
    next_cursor: str  # hand it back for the rows that follow; empty at the end


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What stands beside the found assets."""

    total: int  # how many were found
    facets: tuple[Facet, ...]
    is_cut: bool = False  # there are more: this many were looked at, and the facets count among them


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that fits, as rows of the columns."""

    columns: Columns
    rows: Places  # in the order in which they are shown
    is_cut: bool = False  # there are more
    notes: tuple[str, ...] = ()  # for the person: what was searched for instead
    meant: Mapping[int, int] = field(
        default_factory=dict
    )  # assets alike in meaning: where in them (ms), -1 for nowhere
    said: frozenset[int] = frozenset()  # those of them in which the words occur, too
    of_all_kinds: Mask | None = None  # what would be found of every kind; None where that is the same or not known

    @property
    def total(self) -> int:
        """How many there are, at least."""
        return len(self.rows)

    @property
    def mask(self) -> Mask:
        """The same as a mask over the columns."""
        return _marked(self.columns, self.rows)

    def assets(self, start: int, end: int) -> tuple[int, ...]:
        """The numbers of the assets at these places."""
        return tuple(int(number) for number in self.columns.assets[self.rows[start:end]])


def find(member: Member, wanted: Wanted) -> Found:
    """All that fits: the best match first when there are words or a picture, else newest first or by `wanted.sort`.

    Raises NotAllowed for guests.
    """
    queries.refuse_guests(member)
    columns = columns_of(member.workspace_id)
    mask = _mask(member, columns, wanted)
    if wanted.words and not wanted.like:
        return _saying(member, columns, mask, wanted)
    if wanted.like:
        alike = columns.rows_of(likenesses.like(member, wanted.like))
        alike = alike[mask[alike]]
        rows = _resorted(columns, alike[_of_kinds(columns, wanted)[alike]], wanted)
        return Found(columns=columns, rows=rows, of_all_kinds=_marked(columns, alike))
    rows = _sorted(columns, mask & _of_kinds(columns, wanted), wanted)
    return Found(columns=columns, rows=rows, of_all_kinds=mask)


def _saying(member: Member, columns: Columns, mask: Mask, wanted: Wanted) -> Found:
    """Those in the mask in which the words occur, the newest of them, and those that are alike in meaning.

    The best match first, or as they are sorted.
    """
    sought = words.Sought(kinds=wanted.kinds, tags=wanted.tags, is_archived=wanted.is_archived)
    hits = words.hits(member.workspace, wanted.words, sought)
    meant = meanings.near(member.workspace_id, wanted.words, columns, mask) if _is_loose(wanted) else meanings.Meant()
    mask = mask & columns.mask_of(hits.assets)
    newest = columns.first_of("created_us", mask & _of_kinds(columns, wanted), words.MOST_HITS + 1)
    rows = newest[: words.MOST_HITS]
    if len(rows) and not wanted.sort:
        best = words.ranked(columns.assets[rows[: words.RANKED]].tolist(), hits.query)
        rows = np.concatenate([columns.rows_of(best), rows[words.RANKED :]])
    alike = [columns.rows_of(np.array([one.asset for one in some], np.int64)) for some in (meant.shown, meant.told)]
    moments = meant.moments()
    said = frozenset(columns.assets[rows].tolist()) & moments.keys()
    rows = _resorted(columns, _fused(columns, wanted, rows, alike), wanted)
    instead = tuple(
        _("Nothing says “%(word)s”. These say: %(meant)s.") % {"word": word, "meant": meant}
        for word, meant in hits.instead
    )
    is_cut = hits.is_cut or len(newest) > words.MOST_HITS
    of_all_kinds = None
    if wanted.kinds and hits.is_of_all_kinds:
        of_all_kinds = _marked(columns, columns.first_of("created_us", mask, words.MOST_HITS))
        of_all_kinds[np.concatenate(alike)] = True
    return Found(
        columns=columns,
        rows=rows,
        is_cut=is_cut,
        notes=(*instead, *meant.notes),
        meant=moments,
        said=said,
        of_all_kinds=of_all_kinds,
    )


def _is_loose(wanted: Wanted) -> bool:
    """Whether other words would do: a phrase in quotes is meant as it stands."""
    return not wanted.is_literal and not any(" " in word for word in wanted.words)


def _fused(columns: Columns, wanted: Wanted, said: Places, alike: Sequence[Places]) -> Places:
    """One order of those that say the words and those that are alike in meaning, by what they show and by their texts.

    By their places in each (reciprocal rank fusion): their scores are of three scales that nothing makes one. What is
    high in two of them comes first; where they are equal, what says the words does.
    """
    if not any(map(len, alike)):
        return said
    kinds = _of_kinds(columns, wanted)
    scores: dict[int, float] = {}
    for rows in (said[: words.RANKED], *(some[kinds[some]] for some in alike)):
        for place, row in enumerate(rows.tolist()):
            scores[row] = scores.get(row, 0.0) + 1 / (_STEADY + place)
    best = np.array(sorted(scores, key=lambda row: -scores[row]), np.intp)
    rest = said[words.RANKED :]
    return np.concatenate([best, rest[~np.isin(rest, best)]])


def _resorted(columns: Columns, rows: Places, wanted: Wanted) -> Places:
    """The rows as they stand, or by `wanted.sort`."""
    if not wanted.sort:
        return rows
    return _sorted(columns, _marked(columns, rows), wanted)


def _marked(columns: Columns, rows: Places) -> Mask:
    """The rows as a mask over the columns."""
    mask = np.zeros(len(columns), np.bool_)
    mask[rows] = True
    return mask


def window(member: Member, wanted: Wanted, *, cursor: str = "", size: int = WINDOW) -> Window:
    """The found assets from the cursor on.

    Newest first goes by the last row seen, so that a file that arrives meanwhile shifts nothing. Raises NotAllowed for
    guests, Invalid for a cursor that is not ours.
    """
    return window_of(member, find(member, wanted), cursor=cursor, size=size)


def window_of(member: Member, found: Found, *, cursor: str = "", size: int = WINDOW) -> Window:
    """A stretch of what was found."""
    place = _read_cursor(cursor)
    start = place["start"]
    if last := place.get("last"):  # go on behind the row that was seen last, wherever it stands now
        seen = found.columns.rows_of(np.array([last], np.int64))
        places = np.flatnonzero(found.rows == (seen[0] if len(seen) else -1))
        start = int(places[0]) + 1 if len(places) else start
    assets = read(member, found.assets(start, start + size))
    has_more = start + size < found.total
    end = {"start": start + size, "last": found.assets(start + size - 1, start + size)[0]} if has_more else {}
    return Window(assets=assets, next_cursor=_cursor(end) if has_more else "")


def read(member: Member, numbers: Sequence[int]) -> tuple[Asset, ...]:
    """The assets with what cards show, in this order, as far as the member may see them."""
    known = queries.with_card_parts(queries.assets_for(member).filter(pk__in=numbers)).order_by().in_bulk()
    return tuple(known[number] for number in numbers if number in known)


def narrowing(member: Member, wanted: Wanted) -> Narrowing:
    """How many assets fit, and the clicks that narrow the search further.

    A click's count is how many assets it would leave; a kind's is how many there are when only that kind is wanted.
    """
    return narrowing_of(member, wanted, find(member, wanted))


def narrowing_of(member: Member, wanted: Wanted, found: Found) -> Narrowing:
    """The same of what was found already."""
    today = _day(queries.today_in(member.workspace))

    def count() -> tuple[Facet, ...]:
        every = found.of_all_kinds if wanted.kinds else found.mask
        if every is None:  # the database was asked for these kinds only
            other = find(member, replace(wanted, kinds=()))
            return facets.counted(member, found.columns, found.mask, today, kinds=(other.columns, other.mask))
        return facets.counted(member, found.columns, found.mask, today, kinds=(found.columns, every))

    # Without words the most is found, and the same few clicks are asked for most: that is counted once for each change.
    is_usual = not (wanted.words or wanted.like or wanted.tags or wanted.subjects)
    asked = ("facets", replace(wanted, sort="", notes=()), today, get_language())
    counted = found.columns.once(asked, count) if is_usual else count()
    return Narrowing(total=found.total, facets=counted, is_cut=found.is_cut)


def _sorted(columns: Columns, mask: Mask, wanted: Wanted) -> Places:
    if wanted.sort == "name":
        return _by_name(columns, mask)
    rows = columns.ordered(_ORDERS.get(wanted.sort, "created_us"))
    return rows[mask[rows]]


def _by_name(columns: Columns, mask: Mask) -> Places:
    """By title, as the database orders titles: their order is not kept in memory."""
    numbers = columns.assets[mask]
    ordered = Asset.objects.filter(pk__in=numbers[: words.MOST_HITS].tolist()).order_by("title", "pk")
    return columns.rows_of(np.array(ordered.values_list("pk", flat=True), np.int64))


def _mask(member: Member, columns: Columns, wanted: Wanted) -> Mask:
    """The rows that pass every filter but that of kinds, which `_of_kinds` has."""
    today = queries.today_in(member.workspace)
    mask: Mask = columns.alive & (((columns.flags & ARCHIVED) != 0) == wanted.is_archived)
    for condition in (_by_live, _by_tags, _by_people, _by_shape, _by_colour, _by_gaps):
        if (passed := condition(member, columns, wanted)) is not None:
            mask &= passed
    if wanted.rights or wanted.expires_within_days is not None:
        mask &= _by_rights(columns, wanted, _day(today))
    return mask


Condition = Callable[[Member, Columns, Wanted], Mask | None]


def _of_kinds(columns: Columns, wanted: Wanted) -> Mask:
    if not wanted.kinds:
        return np.ones(len(columns), np.bool_)
    return np.isin(columns.kinds, [KINDS.index(kind) for kind in wanted.kinds])


def _by_live(_member: Member, columns: Columns, wanted: Wanted) -> Mask | None:
    if not wanted.live:
        return None
    hashes = facets.tag_hashes(wanted.live)
    return np.asarray(np.logical_and.reduce([columns.live.having(value, len(columns)) for value in hashes]))


def _by_tags(_member: Member, columns: Columns, wanted: Wanted) -> Mask | None:
    if not wanted.tags:
        return None
    hashes = facets.tag_hashes(wanted.tags)
    return np.asarray(np.logical_and.reduce([columns.tags.having(value, len(columns)) for value in hashes]))


def _by_people(member: Member, columns: Columns, wanted: Wanted) -> Mask | None:
    if not wanted.subjects:
        return None
    masks = []
    for name in wanted.subjects:
        rows = queries.subjects_for(member).filter(name__iexact=name).values_list("pk", flat=True)
        shown = [columns.subjects.having(pk, len(columns)) for pk in rows]
        masks.append(np.logical_or.reduce([np.zeros(len(columns), np.bool_), *shown]))
    return np.asarray(np.logical_and.reduce(masks))


def _by_shape(_member: Member, columns: Columns, wanted: Wanted) -> Mask | None:
    masks = [facets.shape_mask(columns, wanted.shape)] if wanted.shape else []
    if wanted.length:
        masks.append(facets.length_mask(columns, wanted.length))
    if wanted.years:
        masks.append((columns.years >= wanted.years[0]) & (columns.years <= wanted.years[1]))
    return np.asarray(np.logical_and.reduce(masks)) if masks else None


def _by_colour(_member: Member, columns: Columns, wanted: Wanted) -> Mask | None:
    if not wanted.hues:
        return None
    return np.asarray((columns.hues & wanted.hues) == wanted.hues)


def _by_gaps(_member: Member, columns: Columns, wanted: Wanted) -> Mask | None:
    gaps = NO_CREDIT * wanted.lacks_credit | NO_ALT * wanted.lacks_alt
    return np.asarray((columns.flags & gaps) == gaps) if gaps else None


def _by_rights(columns: Columns, wanted: Wanted, today: int) -> Mask:
    valid = columns.licensed(today)
    mask = np.ones(len(columns), np.bool_)
    if wanted.rights == "none":
        mask &= ~columns.entered()
    elif wanted.rights == "valid":
        mask &= valid
    elif wanted.rights == "expired":
        mask &= columns.entered() & ~valid
    if wanted.expires_within_days is not None:
        mask &= valid & ~columns.licensed(today, until=today + wanted.expires_within_days)
    return mask


def _day(day: date) -> int:
    return day.toordinal() - _DAY_ZERO


def cursor_at(start: int) -> str:
    """The cursor of a place in the list: of what is found then, whatever came meanwhile."""
    return _cursor({"start": start, "last": 0}) if start else ""


def _cursor(place: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_cursor(cursor: str) -> dict[str, int]:
    if not cursor:
        return {"start": 0}
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return {"start": max(0, int(place["start"])), "last": int(place["last"])}
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Invalid.at(
            "cursor", phrase("This is not a place in the list. Start again from the beginning.")
        ) from fault
