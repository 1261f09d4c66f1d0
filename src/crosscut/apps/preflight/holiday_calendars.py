"""Holidays that a workspace keeps in sight: setting them, which days they are, and what they say to a planned post."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.rights import territory_names
from crosscut.apps.preflight.models import HolidayCalendar
from crosscut.apps.produce.markets import markets_for
from crosscut.apps.produce.models import Market
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.holidays import check_place, holidays_between, source

CODE = "time.holiday"
MOST = 50  # of a workspace
Effect = HolidayCalendar.Effect


@dataclass(frozen=True, kw_only=True)
class HolidayOn:
    """One holiday on the calendar."""

    on: date
    name: str  # in the reader's language where it is known
    place: str  # "Germany, BY"
    calendar: HolidayCalendar


def holiday_calendars_for(member: Member) -> QuerySet[HolidayCalendar]:
    """The workspace's; none for guests."""
    rows = holiday_calendars_of(member.workspace)
    return rows.none() if member.role == Role.GUEST else rows


def holiday_calendars_of(workspace: Workspace) -> QuerySet[HolidayCalendar]:
    """The same for whoever plans in its name."""
    return HolidayCalendar.objects.filter(workspace=workspace).select_related("market")


@transaction.atomic
def keep_holidays(by: Member, country: str, part: str, effect: str, *, market_id: int | None = None) -> HolidayCalendar:
    """The holidays of that place from now on, for all posts or for those in a market's language.

    Kept already, only what they mean is changed. Raises Invalid, and NotFound for no such market.
    """
    demand(by, "timetable")
    place, region = country.strip().upper(), part.strip()
    check_place(place, region)
    if effect not in Effect.values:
        raise Invalid.at("effect", phrase("Say what they mean: show, warn or close."))
    market = None if market_id is None else _market(by, market_id)
    known = HolidayCalendar.objects.filter(workspace=by.workspace)
    where: dict[str, Any] = {"workspace": by.workspace, "market": market, "country": place, "part": region}
    if not known.filter(**where).exists() and known.count() >= MOST:
        raise Invalid.at("country", phrase("There are {most} of them already. Remove some first.", most=MOST))
    told = {"effect": effect, "set_by": by, "set_at": timezone.now()}
    row, _is_new = HolidayCalendar.objects.update_or_create(**where, defaults=told)
    record("holidays.kept", row, by=by, effect=effect, market=market.language if market else "")
    return row


@transaction.atomic
def drop_holidays(by: Member, calendar_id: int) -> None:
    """They are kept in sight no more. Raises NotFound."""
    demand(by, "timetable")
    row = holiday_calendars_for(by).filter(pk=calendar_id).first()
    if row is None:
        raise NotFound(phrase("There are no such holidays in this workspace."))
    record("holidays.dropped", row, by=by)
    row.delete()


def holidays_on_calendar(workspace: Workspace, first: date, last: date) -> list[HolidayOn]:
    """Every holiday of the workspace's places from `first` to `last`, in order, named for the reader."""
    found = [
        HolidayOn(on=one.on, name=one.name, place=place_name(row), calendar=row)
        for row in holiday_calendars_of(workspace)
        for one in holidays_between(row.country, row.part, first, last, language=translation.get_language() or "")
    ]
    return sorted(found, key=lambda one: (one.on, one.place))


def closed_days(workspace: Workspace, first: date, last: date) -> set[date]:
    """The holidays of all posts on which nothing is meant to go out."""
    rows = holiday_calendars_of(workspace).filter(market=None).exclude(effect=Effect.SHOW)
    return {one.on for row in rows for one in holidays_between(row.country, row.part, first, last)}


def holiday_findings(workspace: Workspace, at: datetime, language: str) -> Iterator[Finding]:
    """What the holidays say about a post in that language at that moment, each by its own clocks."""
    for row in holiday_calendars_of(workspace).exclude(effect=Effect.SHOW):
        if row.market is not None and row.market.language.casefold() != language.casefold():
            continue
        zone = (row.market.time_zone if row.market else "") or workspace.time_zone
        day = at.astimezone(ZoneInfo(zone)).date()
        for one in holidays_between(row.country, row.part, day, day, language="en"):
            yield Finding(
                code=CODE,
                level=Level.BLOCK if row.effect == Effect.CLOSE else Level.ADVICE,
                where="at",
                message=phrase(
                    "{day} is a holiday in {place}: {name}.", day=str(day), place=place_name(row), name=one.name
                ),
                repair=phrase("Choose another day."),
                source=source(),
                values={"holidays": row.pk},
            )


def place_name(row: HolidayCalendar) -> str:
    """Whose holidays: “Germany, BY”."""
    country = territory_names().get(row.country, row.country)
    return f"{country}, {row.part}" if row.part else country


def _market(by: Member, market_id: int) -> Market:
    row = markets_for(by).exclude(language="").filter(pk=market_id).first()
    if row is None:
        raise NotFound(phrase("There is no such market in this workspace."))
    return row
