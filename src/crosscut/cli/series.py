"""`crosscut series`: pieces that go out again and again by a calendar rule."""

from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, say, say_json
from crosscut.kernel.calendar_rules import dates_of, last_day, parse_rule
from crosscut.kernel.errors import Invalid
from crosscut.kernel.zones import check_zone

app = typer.Typer(no_args_is_help=True, help="Repeat a piece by a calendar rule; say which dates a rule has.")
_Rule = Annotated[str, typer.Argument(help="A rule of RFC 5545: FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261224")]
_At = Annotated[str, typer.Option(help="From when on, as clocks show it: 2026-11-30T09:00")]
_Zone = Annotated[str, typer.Option(help="Whose clocks, such as Europe/Berlin.")]


@app.command("dates")
def dates(
    rule: _Rule,
    at: _At,
    zone: _Zone = "UTC",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many dates to print.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Print the dates of a rule, with those that clocks skip. Needs no installation."""
    start, parsed = _moment(at), parse_rule(rule)
    ends_on = last_day(parsed, start, check_zone(zone))
    found = list(islice(dates_of(parsed.text, start, zone, ends_on=ends_on), limit))
    if as_json:
        shown = [
            {"wall_time": one.wall_time.isoformat(), "at": one.at.isoformat() if one.at else None} for one in found
        ]
        say_json({"rule": parsed.text, "ends_on": str(ends_on or ""), "dates": shown})
    for one in () if as_json else found:
        say(f"{one.wall_time:%a %Y-%m-%d %H:%M}  {one.at.isoformat() if one.at else 'clocks skip this time'}")


@app.command("start")
def start(
    piece: Annotated[int, typer.Argument(help="The piece's number.")],
    rule: _Rule,
    how: Annotated[
        list[str],
        typer.Option(help="at=2026-11-30T09:00, account=Name (several times for several), zone=Europe/Berlin."),
    ],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Repeat a piece as it is now; prints the number of each series."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.queries import piece_for  # Django is set up by acting_member
    from crosscut.apps.publish.services.from_file import find_account
    from crosscut.apps.publish.services.series import Plan, start_on_all

    said = [part.partition("=")[::2] for part in how]
    told = {"zone": by.workspace.time_zone, "at": ""} | {name: value for name, value in said if name != "account"}
    if len(told) > 2:
        raise Invalid.at("--how", f"There is no {list(told)[2]!r}: say at, account or zone.")
    accounts = [find_account(by, value) for name, value in said if name == "account"]
    plan = Plan(rule=rule, wall_time=_moment(told["at"]), zone=told["zone"])
    made = start_on_all(by, piece_for(by, piece), accounts, plan)
    if as_json:
        say_json([{"id": row.pk, "account": row.account.name, "rule": row.rule} for row in made])
    for row in () if as_json else made:
        say(f"{row.pk}  {row.account.name}  {row.rule}")


@app.command("list")
def listed(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List the series that have dates to come, with what stands in their way."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.series import running_for  # Django is set up by acting_member
    from crosscut.apps.publish.services.series import obstacle_to

    rows = list(running_for(by))
    if as_json:
        say_json(
            [
                {"id": row.pk, "title": row.piece.title, "account": row.account.name, "rule": row.rule,
                 "wall_time": row.wall_time, "zone": row.zone, "ends_on": str(row.ends_on or ""),
                 "obstacle": str(obstacle_to(row))}
                for row in rows
            ]
        )  # fmt: skip
    for row in () if as_json else rows:
        say(f"{row.pk:>6}  {row.rule}  {row.wall_time[11:16]} {row.zone}  {row.account.name}: {row.piece.title}")


@app.command("end")
def end(
    number: Annotated[int, typer.Argument(help="The series' number, as `crosscut series list` prints it.")],
    keeps_posts: Annotated[bool, typer.Option("--keep", help="Leave posts that are on the calendar already.")] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """End a series; its posts that have not gone out go off the calendar."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.series import one_series_for  # Django is set up by acting_member
    from crosscut.apps.publish.services.series import end_series

    count = end_series(by, one_series_for(by, number), keeps_posts=keeps_posts)
    say(f"Ended. {count} posts went off the calendar.")


def _moment(text: str) -> datetime:
    """The wall-clock time. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo or not 1970 <= moment.year <= 2200:
        raise Invalid.at("at", "Say when, as clocks show it: 2026-11-30T09:00")
    return moment
