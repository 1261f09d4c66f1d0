"""Which of many posts must be looked at closely: a sieve that lets nothing through which the full look would stop."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.holdings import HELD, holdings_of
from crosscut.apps.produce.markets import territories_of
from crosscut.apps.publish.models import Target
from crosscut.channels.registry import channels
from crosscut.specs.rights import Edits, Holdings, Use, allowed_windows
from crosscut.specs.rights.windows import Window

AT_ONCE = 5000  # posts and assets read in one go: memory stays small


class _Row(NamedTuple):
    """What the sieve needs of a post, once for each of its files."""

    target: int
    channel: str
    due_at: datetime
    zone: str
    territory: str
    asset: int


def to_be_judged(target_ids: Iterable[int]) -> list[int]:
    """Those of the posts whose files' rights say anything but a plain yes, in order.

    A file's use is asked for every channel of its post; credits and limits to changes need the post's own words and
    files, so posts with such a licence are always among them.
    """
    ids, found = sorted(target_ids), []
    for start in range(0, len(ids), AT_ONCE):
        found += _judged(ids[start : start + AT_ONCE])
    return found


def _judged(ids: list[int]) -> list[int]:
    now, rows = timezone.now(), _rows(ids)
    held = _holdings({row.asset for row in rows})
    plain: dict[tuple[object, ...], tuple[Window, ...]] = {}
    doubted: set[int] = set()
    for row in rows:
        question = (row.asset, row.channel, row.zone, row.territory)
        if question not in plain:
            plain[question] = _plain_windows(held[row.asset], row)
        at = max(row.due_at, now)
        if not any(start <= at < end for start, end in plain[question]):
            doubted.add(row.target)
    return [target for target in ids if target in doubted]


def _plain_windows(holdings: Holdings, row: _Row) -> tuple[Window, ...]:
    """When the answer is yes, whatever the post says and however its file was cut."""
    if any(licence.credit_line or licence.edits is not Edits.ANY for licence in holdings.licences):
        return ()
    at = row.due_at.astimezone(ZoneInfo(row.zone))
    return allowed_windows(holdings, Use(channel=_platform(row.channel), at=at, territory=row.territory))


def _platform(slug: str) -> str:
    """The name by which licences know the channel."""
    known = channels().get(slug)
    return known.platform if known else slug


def _rows(ids: list[int]) -> list[_Row]:
    fields = (
        *("pk", "account__channel", "due_at", "workspace__time_zone", "workspace__territory"),
        *("edition__media__version__asset", "workspace", "edition__content__language"),
    )
    rows = list(Target.objects.filter(pk__in=ids).exclude(edition__media=None).values_list(*fields))
    markets = territories_of(row[6] for row in rows)
    return [_row(markets, *row) for row in rows]


def _row(markets: Mapping[tuple[int, str], str], *read: Any) -> _Row:
    """What was read, with the country of its language's market where that names one."""
    target, channel, due_at, zone, territory, asset, workspace, language = read
    territory = markets.get((workspace, str(language).lower()), territory)
    return _Row(target, channel, due_at, zone, territory, asset)


def _holdings(asset_ids: set[int]) -> Mapping[int, Holdings]:
    assets = Asset.objects.filter(pk__in=asset_ids).prefetch_related(*HELD)
    return {asset.pk: holdings_of(asset) for asset in assets.defer("search")}
