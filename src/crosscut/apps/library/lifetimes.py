"""How long copies of files may be kept by browsers and caches: never longer than the rights last."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.models import Asset, Rendition
from crosscut.apps.library.services.holdings import HELD, edits_of, holdings_of
from crosscut.specs.rights import Answer, Use, Verdict, may, standing

YEAR_S = 31_536_000  # the longest a copy may be kept: RFC 9111 knows no limit, older caches do not believe more
HOUR_S = 3600
GUEST_S = 600  # for which a guest's browser may keep a file: the address itself ends soon
_NAME_BYTES = 32  # of the hash that public files are called by


def private_s(asset: Asset) -> int:
    """For how many seconds a member's browser may keep a file of the asset; 0: it asks again each time.

    To the end of what may be done with it; an hour where nobody has entered any right yet, so that nothing can end.
    """
    now = timezone.now().astimezone(ZoneInfo(asset.workspace.time_zone))
    holdings = holdings_of(asset)
    if not (holdings.licences or holdings.subjects or holdings.embargo_until):
        return HOUR_S
    stand = standing(holdings, now)
    return seconds_to(stand.until, now) if stand.verdict is Verdict.YES else 0


def seconds_to(end: datetime | None, now: datetime, *, most_s: int = YEAR_S) -> int:
    """The whole seconds that are left, 0 to `most_s`; `most_s` without an end."""
    return most_s if end is None else max(0, min(most_s, int((end - now).total_seconds())))


def guest_s(ends_at: datetime) -> int:
    """For how many seconds a guest's browser may keep a file at most: never beyond the end of the link."""
    return seconds_to(ends_at, timezone.now(), most_s=GUEST_S)


def private_header(left_s: int) -> str:
    """The Cache-Control of a file that members see.

    >>> private_header(YEAR_S), private_header(60), private_header(0)
    ('private, max-age=31536000, immutable', 'private, max-age=60', 'private, no-cache')
    """
    if not left_s:
        return "private, no-cache"
    return f"private, max-age={left_s}" + (", immutable" if left_s == YEAR_S else "")


def public_answer(workspace: Workspace, name: str, channel: str) -> Answer | None:
    """What the rights say now to showing a file on that channel, of which the name begins with its hash.

    None for a file that the library does not know. Where several assets share the bytes, the one that may counts.
    """
    prefix = name[:_NAME_BYTES]
    now = timezone.now().astimezone(ZoneInfo(workspace.time_zone))
    masters = Q(versions__sha256__startswith=prefix)
    derived = Rendition.objects.filter(sha256__startswith=prefix, version__asset__workspace=workspace)
    made = {row.version.asset_id: row for row in derived.select_related("version")}
    rows = Asset.objects.filter(masters | Q(pk__in=made), workspace=workspace).distinct().prefetch_related(*HELD)
    plain = Use(channel=channel, at=now, territory=workspace.territory)
    said = [may(holdings_of(row), replace(plain, edits=edits_of(made.get(row.pk)))) for row in rows]
    return max(said, key=lambda answer: _worth(answer, now), default=None)


def _worth(answer: Answer, now: datetime) -> int:
    return seconds_to(answer.allowed_until, now) if answer.verdict is Verdict.YES else -1
