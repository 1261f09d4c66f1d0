"""The rows of long lists as plain values: made into objects first, they took as long as all the rest of an answer."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset, Licence, Subject
from crosscut.apps.library.queries.assets import assets_for
from crosscut.apps.library.services.holdings import holdings_from
from crosscut.specs.rights import Holdings

_OWN = ("id", "title", "kind", "description", "alt_text", "credit", "tags", "created_at", "archived_at")
_FILE = ("id", "number", "filename", "media_type", "size_bytes", "sha256", "facts", "created_at")
_HELD = ("rights_needed", "embargo_until")
_LICENCE = (
    *("asset", "holder", "terms", "territories", "channels", "uses", "starts_on", "ends_on", "right", "edits"),
    *("credit_line", "withdrawn_at"),
)
Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An asset as lists say it."""

    values: Values  # its own columns by their names
    file: Values | None  # those of its current version
    holdings: Holdings  # what its rights are judged by


def listed_for(member: Member, numbers: Sequence[int]) -> list[Listed]:
    """Those of the member's assets that have these numbers, in their order; in a fixed number of queries."""
    rows = assets_for(member).filter(pk__in=numbers).order_by()
    known = {row[0]: row for row in rows.values_list(*_OWN, *_HELD, *(f"current__{name}" for name in _FILE))}
    licences, shown = _licences_of(known), _shown_in(known)
    return [_listed(known[number], licences, shown) for number in numbers if number in known]


def _listed(
    row: Sequence[Any], licences: Mapping[int, Sequence[Licence]], shown: Mapping[int, Sequence[Subject]]
) -> Listed:
    number, (needed, embargo_until), file = row[0], row[len(_OWN) :][: len(_HELD)], row[-len(_FILE) :]
    return Listed(
        values=dict(zip(_OWN, row, strict=False)),
        file=dict(zip(_FILE, file, strict=True)) if file[0] is not None else None,
        holdings=holdings_from(
            number, licences.get(number, ()), shown.get(number, ()), needed=needed, embargo_until=embargo_until
        ),
    )


def _licences_of(assets: Collection[int]) -> Mapping[int, Sequence[Licence]]:
    found: dict[int, list[Licence]] = defaultdict(list)
    for licence in Licence.objects.filter(asset__in=assets, withdrawn_at=None).only(*_LICENCE):
        found[licence.asset_id].append(licence)
    return found


def _shown_in(assets: Collection[int]) -> Mapping[int, Sequence[Subject]]:
    """The people, places and things in each asset, by name, with their consents; most assets show none."""
    shows = Asset.subjects.through.objects.filter(asset__in=assets).values_list("asset_id", "subject_id")
    pairs = set(shows)
    if not pairs:
        return {}
    subjects = Subject.objects.filter(pk__in={subject for _asset, subject in pairs}).prefetch_related("consents")
    found: dict[int, list[Subject]] = defaultdict(list)
    for subject in subjects:  # in their order
        for asset in assets:
            if (asset, subject.pk) in pairs:
                found[asset].append(subject)
    return found
