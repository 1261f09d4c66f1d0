"""The clicks that narrow a search, each with how many assets it would leave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import colours, queries
from crosscut.apps.library.columns import KINDS, NO_ALT, NO_CREDIT, Columns, Mask
from crosscut.apps.library.models import Asset, Subject
from crosscut.apps.library.outlines import LENGTHS, LENGTHS_S, SHAPES
from crosscut.apps.library.rights import SOON_DAYS
from crosscut.channels.icons import name_of
from crosscut.channels.registry import channels

TAG_FACETS, SUBJECT_FACETS, YEAR_FACETS = 20, 12, 8
_LABELS: dict[tuple[str, int], str] = {}  # of tags by their hash; a hash never means another tag


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One click that narrows the search."""

    group: str  # "type", "rights", "live", "missing", "tag", "person", "place", "thing", "shape", "length" and the like
    token: str  # what it puts into the search box: "type:video"
    label: str
    count: int
    swatch: str = ""  # of a colour, how it looks


def counted(
    member: Member, columns: Columns, mask: Mask, today: int, *, kinds: tuple[Columns, Mask]
) -> tuple[Facet, ...]:
    """The facets of the rows in the mask; of the kinds, among those that `kinds` holds."""
    return (
        *_kinds(*kinds),
        *_subjects(member, columns, mask),
        *_tags(columns, mask),
        *_rights(columns, mask, today),
        *_live(columns, mask),
        *_gaps(columns, mask),
        *_colours(columns, mask),
        *_shapes(columns, mask),
        *_lengths(columns, mask),
        *_years(columns, mask),
    )


def quoted(key: str, value: str) -> str:
    """The filter as it stands in the search box.

    >>> quoted("tag", "reef"), quoted("person", "Rosa Diaz")
    ('tag:reef', 'person:"Rosa Diaz"')
    """
    return f'{key}:"{value}"' if " " in value else f"{key}:{value}"


def tag_hashes(tags: Sequence[str]) -> list[int]:
    """The tags, or the slugs of channels, as the columns have them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(hashtextextended(tag, 0) ORDER BY at) FROM unnest(%s::text[])"
            " WITH ORDINALITY AS asked (tag, at)",
            [list(tags)],
        )
        return list(cursor.fetchone()[0] or [])


def shape_mask(columns: Columns, shape: str) -> Mask:
    """The rows of this shape."""
    return np.asarray(columns.rows["shape"] == SHAPES.index(shape))


def length_mask(columns: Columns, length: str) -> Mask:
    """The rows of this length."""
    return np.asarray(columns.rows["length"] == LENGTHS.index(length))


def _kinds(columns: Columns, mask: Mask) -> list[Facet]:
    counts = np.bincount(columns.kinds[mask], minlength=len(KINDS))
    return [
        Facet(group="type", token=f"type:{kind}", label=str(Asset.Kind(kind).label), count=int(count))
        for kind, count in zip(KINDS, counts, strict=True)
        if count
    ]


def _rights(columns: Columns, mask: Mask, today: int) -> list[Facet]:
    entered, valid = columns.entered(), columns.licensed(today)
    ends_soon = valid & ~columns.licensed(today, until=today + SOON_DAYS)
    rows = (
        ("rights:expired", _("Rights ended"), entered & ~valid),
        (f"rights:expires<{SOON_DAYS}d", _("Rights end within %(days)d days") % {"days": SOON_DAYS}, ends_soon),
        ("rights:none", _("No licence"), ~entered),
    )
    return _some("rights", [(token, label, int((found & mask).sum())) for token, label, found in rows])


def _live(columns: Columns, mask: Mask) -> list[Facet]:
    counts = dict(columns.live.counted(mask, len(columns.live.values)))
    if not counts:
        return []
    slugs = sorted(channels())
    found = zip(slugs, tag_hashes(slugs), strict=True)
    rows = [(f"live:{slug}", name_of(slug), counts[code]) for slug, code in found if code in counts]
    return _some("live", rows)


def _gaps(columns: Columns, mask: Mask) -> list[Facet]:
    flags = columns.flags[mask]
    return _some(
        "missing",
        [
            ("credit:missing", _("No credit"), int(((flags & NO_CREDIT) != 0).sum())),
            ("alt:missing", _("No alt text"), int(((flags & NO_ALT) != 0).sum())),
        ],
    )


def _colours(columns: Columns, mask: Mask) -> list[Facet]:
    counts = np.bincount(columns.hues[mask], minlength=1)
    patterns = np.flatnonzero(counts)
    found = [int(counts[patterns[(patterns >> bit) & 1 == 1]].sum()) for bit in range(len(colours.HUES))]
    return [
        Facet(group="colour", token=f"colour:{name}", label=str(label), count=count, swatch=swatch)
        for (name, label, swatch), count in zip(colours.HUES, found, strict=True)
        if count
    ]


def _shapes(columns: Columns, mask: Mask) -> list[Facet]:
    names = {
        "landscape": _("Landscape"),
        "portrait": _("Portrait"),
        "square": _("Square"),
        "panorama": _("Panorama"),
    }
    counts = np.bincount(columns.rows["shape"][mask], minlength=len(SHAPES))
    return _some("shape", [(f"shape:{name}", names[name], int(counts[at])) for at, name in enumerate(SHAPES)])


def _lengths(columns: Columns, mask: Mask) -> list[Facet]:
    names = {
        "short": _("Up to 15 s"),
        "minute": _("15 to 60 s"),
        "minutes": _("1 to 10 min"),
        "long": _("Over 10 min"),
    }
    counts = np.bincount(columns.rows["length"][mask], minlength=len(LENGTHS_S))
    rows = [(f"length:{name}", names[name], int(counts[at])) for at, name in enumerate(LENGTHS)]
    return _some("length", rows)


def _years(columns: Columns, mask: Mask) -> list[Facet]:
    counts = np.bincount(np.clip(columns.years[mask], 0, 9999)) if mask.any() else np.zeros(0, np.int64)
    years = np.flatnonzero(counts)[::-1][:YEAR_FACETS]
    return [Facet(group="year", token=f"year:{year}", label=str(year), count=int(counts[year])) for year in years]


def _subjects(member: Member, columns: Columns, mask: Mask) -> list[Facet]:
    counts = columns.subjects.counted(mask, SUBJECT_FACETS * 3)
    shown = queries.subjects_for(member).in_bulk([number for number, _count in counts])
    facets = [_subject(shown[number], count) for number, count in counts if number in shown]
    kinds = [kind.value for kind in Subject.Kind]
    return [facet for kind in kinds for facet in [one for one in facets if one.group == kind][:SUBJECT_FACETS]]


def _subject(subject: Subject, count: int) -> Facet:
    token = quoted(subject.kind, subject.name)
    return Facet(group=subject.kind, token=token, label=subject.name, count=count)


def _tags(columns: Columns, mask: Mask) -> list[Facet]:
    counts = columns.tags.counted(mask, 2 * TAG_FACETS)
    if len(counts) > TAG_FACETS:  # a tie at the end is settled by the alphabet, as far as it is short
        counts = [pair for pair in counts if pair[1] >= counts[TAG_FACETS - 1][1]]
    labels = _labels(columns, [value for value, _count in counts])
    rows = sorted(((-count, labels[value]) for value, count in counts if value in labels))[:TAG_FACETS]
    return [Facet(group="tag", token=quoted("tag", tag), label=tag, count=-count) for count, tag in rows]


def _labels(columns: Columns, hashes: Sequence[int]) -> dict[int, str]:
    """The tags of these hashes; asked of one asset each that has it."""
    name = str(connection.settings_dict["NAME"])
    unknown = [value for value in hashes if (name, value) not in _LABELS]
    if unknown:
        carriers = [
            int(columns.assets[columns.tags.having(value, len(columns)) & columns.alive][0]) for value in unknown
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT hashtextextended(tag, 0), tag FROM library_asset, unnest(tags) AS tag"
                " WHERE id = ANY(%s) AND hashtextextended(tag, 0) = ANY(%s)",
                [carriers, unknown],
            )
            _LABELS.update({(name, value): tag for value, tag in cursor.fetchall()})
    return {value: _LABELS[name, value] for value in hashes if (name, value) in _LABELS}


def _some(group: str, rows: Sequence[tuple[str, str, int]]) -> list[Facet]:
    return [Facet(group=group, token=token, label=label, count=count) for token, label, count in rows if count]
