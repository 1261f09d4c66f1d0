"""`crosscut calendar`: views kept under a name, holidays, and calendars kept elsewhere."""

from datetime import date, datetime
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, say, say_json
from crosscut.kernel.errors import Invalid

app = typer.Typer(no_args_is_help=True, help="Views kept under a name, holidays, and calendars kept elsewhere.")
views = typer.Typer(no_args_is_help=True, help="Layouts and filters of the calendar, kept under a name.")
holidays = typer.Typer(no_args_is_help=True, help="Holidays of countries and their parts, kept in sight.")
elsewhere = typer.Typer(no_args_is_help=True, help="Calendars kept elsewhere, whose events stand beside the posts.")
app.add_typer(views, name="views")
app.add_typer(holidays, name="holidays")
app.add_typer(elsewhere, name="elsewhere")
_Effect = Annotated[str, typer.Option(help="What they mean for posts: show, warn or close.")]


@views.command("list")
def list_views(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List your views and the shared ones; a star marks the one that your calendar begins with."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.kept_views import kept_views_for  # Django is set up by acting_member

    rows = list(kept_views_for(by))
    if as_json:
        say_json(
            [
                {"id": row.pk, "name": row.name, "layout": row.layout, "filters": row.filters,
                 "is_shared": row.is_shared, "is_first": bool(vars(row)["is_first"])}
                for row in rows
            ]
        )  # fmt: skip
    for row in () if as_json else rows:
        filters = " ".join(f"{name}={value}" for name, value in sorted(row.filters.items()))
        first = "*" if vars(row)["is_first"] else " "
        say(f"{row.pk:>6} {first} {row.name}  {row.layout}  {filters}{'  shared' if row.is_shared else ''}".rstrip())


@views.command("keep")
def keep_view(
    name: Annotated[str, typer.Argument(help="Yours of that name is changed and keeps its address.")],
    layout: Annotated[str, typer.Option(help="dayGridMonth, timeGridWeek, timeGridDay, listWeek or board.")],
    how: Annotated[
        list[str] | None, typer.Option("--filter", help="state=sent, channel=bluesky, account=7, campaign=3, q=reef …")
    ] = None,
    is_shared: Annotated[bool, typer.Option("--shared", help="For everybody in the workspace.")] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Keep a layout and filters under a name."""
    by = desk.acting_member(member, workspace)
    from django.http import QueryDict  # Django is set up by acting_member

    from crosscut.apps.publish.kept_views import filters_in
    from crosscut.apps.publish.services import kept_views

    query = QueryDict(mutable=True)
    said = dict(part.partition("=")[::2] for part in how or ())
    query.update(said)
    filters = filters_in(query)
    if lost := next((one for one in said if one not in filters), ""):
        raise Invalid.at("--filter", f"{lost}={said[lost]} filters nothing: say state, channel, account, campaign, …")
    say(f"{kept_views.keep_view(by, name, layout, filters, is_shared=is_shared).pk}")


@views.command("begin")
def begin_with(
    number: Annotated[int, typer.Argument(help="The view's number; 0 for none of them.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Have your calendar begin with a view."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.services import kept_views  # Django is set up by acting_member

    view = kept_views.begin_with(by, number or None)
    say(f"Your calendar begins with {view.name}." if view else "Your calendar begins as everybody's.")


@views.command("forget")
def forget_view(
    number: Annotated[int, typer.Argument(help="The view's number.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Forget a view of yours; leads every shared one."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.services import kept_views  # Django is set up by acting_member

    kept_views.forget_view(by, number)
    say("Forgotten.")


@holidays.command("list")
def list_holidays(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List whose holidays are kept in sight, and what they mean."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.holiday_calendars import (  # Django is set up by acting_member
        holiday_calendars_for,
        place_name,
    )

    rows = [
        {"id": row.pk, "country": row.country, "part": row.part, "place": place_name(row), "effect": row.effect,
         "market": row.market.language if row.market else ""}
        for row in holiday_calendars_for(by)
    ]  # fmt: skip
    if as_json:
        say_json(rows)
    for row in () if as_json else rows:
        say(f"{row['id']:>6}  {row['place']}  {row['effect']}  {row['market'] or 'all posts'}")


@holidays.command("keep")
def keep_holidays(
    country: Annotated[str, typer.Argument(help="A code of ISO 3166: DE")],
    part: Annotated[str, typer.Argument(help="One of its parts: BY")] = "",
    effect: _Effect = "warn",
    market: Annotated[int | None, typer.Option(help="For posts in that market's language alone: its number.")] = None,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Keep holidays in sight; kept already, only what they mean is changed."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.holiday_calendars import keep_holidays as keep  # Django is set up by acting_member

    say(f"{keep(by, country, part, effect, market_id=market).pk}")


@holidays.command("drop")
def drop_holidays(
    number: Annotated[int, typer.Argument(help="Their number, as `crosscut calendar holidays list` prints it.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Take holidays out of sight again."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.holiday_calendars import drop_holidays as drop  # Django is set up by acting_member

    drop(by, number)
    say("Out of sight.")


@holidays.command("days")
def list_days(
    first: Annotated[str, typer.Argument(help="2026-12-01")],
    last: Annotated[str, typer.Argument(help="2026-12-31")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """List the days they are, from one to another."""
    start, end = _day("first", first), _day("last", last)
    if not start <= end <= date(start.year + 5, 12, 31):
        raise Invalid.at("last", "Say a last day that is not before the first, and at most five years after it.")
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.holiday_calendars import holidays_on_calendar  # Django is set up by acting_member

    found = holidays_on_calendar(by.workspace, start, end)
    if as_json:
        say_json([{"on": str(one.on), "name": one.name, "place": one.place} for one in found])
    for one in () if as_json else found:
        say(f"{one.on}  {one.name}  ({one.place})")


@elsewhere.command("list")
def list_calendars(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List the calendars, when each was read last, and what was wrong then."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.foreign_calendars import foreign_calendars_for  # Django is set up by acting_member

    rows = list(foreign_calendars_for(by))
    if as_json:
        say_json(
            [
                {"id": row.pk, "name": row.name, "kind": row.kind, "host": row.host, "effect": row.effect,
                 "read_at": _stamp(row.read_at), "problem": row.problem}
                for row in rows
            ]
        )  # fmt: skip
    for row in () if as_json else rows:
        say(f"{row.pk:>6}  {row.name}  {row.host}  {row.effect}  {row.problem or _stamp(row.read_at)}".rstrip())


@elsewhere.command("subscribe")
def subscribe(
    name: Annotated[str, typer.Argument(help="What to call it here.")],
    address: Annotated[str, typer.Option(envvar="CROSSCUT_CALENDAR_ADDRESS", help="Where it is.")],
    is_caldav: Annotated[bool, typer.Option("--caldav", help="It is a calendar on a CalDAV server.")] = False,
    login: Annotated[
        str, typer.Option(envvar="CROSSCUT_CALENDAR_LOGIN", help="user:password, better by the environment.")
    ] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Subscribe to a calendar, whose events are shown; what cannot be read is not subscribed to."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight import foreign_calendars as foreign  # Django is set up by acting_member

    user, _colon, password = login.partition(":")
    told = {"user": user, "password": password, "kind": "caldav" if is_caldav else "file"}
    say(f"{foreign.subscribe(by, foreign.Subscription(name=name, address=address, **told)).pk}")


@elsewhere.command("mean")
def mean(
    number: Annotated[int, typer.Argument(help="The calendar's number.")],
    effect: Annotated[str, typer.Argument(help="show, warn or close.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Say what its events mean for posts."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.foreign_calendars import set_effect  # Django is set up by acting_member

    say(f"{set_effect(by, number, effect).name}: {effect}")


@elsewhere.command("drop")
def drop_calendar(
    number: Annotated[int, typer.Argument(help="The calendar's number.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Unsubscribe: its events are here no more."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.preflight.foreign_calendars import unsubscribe  # Django is set up by acting_member

    unsubscribe(by, number)
    say("Its events are here no more.")


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid.at(where, "Say a day: 2026-12-31") from None


def _stamp(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
