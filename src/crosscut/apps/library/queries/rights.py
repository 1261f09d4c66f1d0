"""Papers, places outside, and rights that end soon, as far as the asker may see them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import Asset, Consent, Licence, Paper, Placement
from crosscut.apps.library.queries.assets import assets_for, today_in
from crosscut.apps.library.rights import rights_of
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs.house import house

_LOOKED_AT = 200  # assets of which the next end is worked out for one page; the API pages through all


@dataclass(frozen=True, kw_only=True)
class Ending:
    """An asset that may be used now, and no longer after a day that is near."""

    asset: Asset
    last_on: date  # the last day
    days: int  # until then; 0 today
    act_by: date | None  # the last day to renew or end what it is used by; None: nobody entered one


def papers_for(member: Member) -> QuerySet[Paper]:
    """The workspace's papers; none for guests."""
    rows = Paper.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def paper_for(member: Member, paper_id: int) -> Paper:
    """One paper. Raises NotFound."""
    paper = papers_for(member).filter(pk=paper_id).first()
    if paper is None:
        raise NotFound(phrase("There is no such paper in this workspace."))
    return paper


def placement_for(member: Member, placement_id: int) -> Placement:
    """One place outside. Raises NotFound."""
    rows = Placement.objects.filter(asset__in=assets_for(member).order_by()).select_related("asset")
    placement = rows.filter(pk=placement_id).first()
    if placement is None:
        raise NotFound(phrase("There is no such place in this workspace."))
    return placement


def ending_in(workspace_today: date, *, days: int) -> Q:
    """The condition that something an asset is used by ends, or must be renewed, by then. Others may go on."""
    last = workspace_today + timedelta(days=days)
    soon = Q(ends_on__range=(workspace_today, last))
    licences = Licence.objects.filter(soon | Q(notice_on__range=(workspace_today, last)), withdrawn_at=None)
    consents = Consent.objects.filter(soon, withdrawn_at=None)
    return Q(pk__in=licences.values("asset")) | Q(subjects__in=consents.values("subject"))


def endings_for(member: Member, *, days: int | None = None, first: int | None = None) -> list[Ending]:
    """The workspace's assets whose use comes to its end within so many days, the first first; all, or the `first` few.

    Where another licence goes on, nothing ends. The standard is the longest of the reminders in house.yaml.
    """
    today = today_in(member.workspace)
    ahead = days if days is not None else max(house("rights")["remind_days"])
    candidates = _earliest(member, today, ahead)
    size = first or _LOOKED_AT
    found: list[Ending] = []
    for at in range(0, len(candidates), size):
        nearest = (candidates[at][0] - today).days  # nothing from here on ends before
        if first and sum(one.days <= nearest for one in found) >= first:
            break
        keys = [pk for _day, pk in candidates[at : at + size]]
        rows = assets_for(member).filter(pk__in=keys).select_related("workspace", "current")
        endings = (_ending(asset, today) for asset in rows.prefetch_related("licences", "subjects__consents"))
        found += [one for one in endings if one and one.days <= ahead]
    return sorted(found, key=lambda one: (one.days, one.asset.pk))[:first]


def _earliest(member: Member, today: date, days: int) -> list[tuple[date, int]]:
    """The assets of which something ends or must be renewed by then, with the first such day: none ends before it."""
    last = today + timedelta(days=days)
    assets = assets_for(member).filter(archived_at=None).order_by()
    licences = Licence.objects.filter(asset__in=assets, withdrawn_at=None)
    ends = licences.filter(ends_on__range=(today, last)).values_list("ends_on", "asset")
    acts = licences.filter(notice_on__range=(today, last)).values_list("notice_on", "asset")
    consents = Consent.objects.filter(ends_on__range=(today, last), withdrawn_at=None, subject__assets__in=assets)
    first_days: dict[int, date] = {}
    for day, asset in (*ends, *acts, *consents.values_list("ends_on", "subject__assets")):
        if day and asset:  # always, by the ranges and the joins
            first_days[asset] = min(day, first_days.get(asset, day))
    return sorted((day, asset) for asset, day in first_days.items())[:_LOOKED_AT]


def _ending(asset: Asset, today: date) -> Ending | None:
    until = rights_of(asset, today).until
    acts = [row.notice_on for row in asset.licences.all() if row.notice_on and row.withdrawn_at is None]
    act_by = min((day for day in acts if day >= today), default=None)
    last_on = _last_day(until, asset) if until else None
    near = min((day for day in (last_on, act_by) if day), default=None)
    if near is None:
        return None
    return Ending(asset=asset, last_on=last_on or near, days=(near - today).days, act_by=act_by)


def _last_day(end: datetime, asset: Asset) -> date:
    return (end.astimezone(ZoneInfo(asset.workspace.time_zone)) - timedelta(seconds=1)).date()
