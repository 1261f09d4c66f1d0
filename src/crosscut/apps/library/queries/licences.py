"""Licences together: whose they are, what they are of, and when they end."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.queries.assets import assets_for, today_in

MOST = 500  # groups of one page, those with most files first


@dataclass(frozen=True, kw_only=True)
class LicenceGroup:
    """All licences of one holder on the same terms."""

    holder: str
    terms: str
    files: int  # that have it
    ended: int  # licences of it whose last day has passed
    next_end: date | None  # the first last day that is still to come; None where no end is known
    last_end: date | None  # the latest last day


def licence_groups_for(member: Member, *, text: str = "") -> list[LicenceGroup]:
    """The licences in force or ended of assets the member may see, by holder and terms; withdrawn ones are left out.

    `text` stands in the holder's name or the terms. None for guests.
    """
    today = today_in(member.workspace)
    rows = _of(member)
    if text:
        rows = rows.filter(Q(holder__icontains=text) | Q(terms__icontains=text))
    found = rows.values("holder", "terms").annotate(
        files=Count("asset", distinct=True),
        ended=Count("pk", filter=Q(ends_on__lt=today)),
        next_end=Min("ends_on", filter=Q(ends_on__gte=today)),
        last_end=Max("ends_on"),
    )
    return [LicenceGroup(**row) for row in found.order_by("-files", "holder", "terms")[:MOST]]


def assets_licensed(member: Member, holder: str, terms: str) -> QuerySet[Asset]:
    """The assets with a licence of that holder on these terms, the newest first."""
    return assets_for(member).filter(pk__in=_of(member).filter(holder=holder, terms=terms).values("asset"))


def _of(member: Member) -> QuerySet[Licence]:
    return Licence.objects.filter(asset__in=assets_for(member).order_by(), withdrawn_at=None).order_by()
