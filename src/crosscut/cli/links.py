"""`crosscut links`: addresses marked, short links made, and which lead nowhere."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.errors import Invalid

app = typer.Typer(no_args_is_help=True, help="Mark addresses; make short links; say which lead nowhere.")


@app.command("mark")
def mark(
    address: Annotated[str, typer.Argument(help="The address to mark.")],
    how: Annotated[list[str] | None, typer.Option(help="A mark: source=poster, medium=print, campaign=reef.")] = None,
    channel: Annotated[str, typer.Option(help="Whose defaults fill what is left open.")] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Print the address with its marks. A value nobody agreed on is refused, and the nearest one named."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.services.link_rules import build_address  # Django is set up by acting_member

    tags = _said(how, "source", "medium", "campaign")
    say(build_address(by, address, tags, channel=channel))


@app.command("shorten")
def shorten(
    address: Annotated[str, typer.Argument(help="Where it leads.")],
    how: Annotated[
        list[str] | None,
        typer.Option(help="code=poster (without it one is drawn), name=What you call it, until=2027-01-31 (in UTC)."),
    ] = None,
    qr: Annotated[Path | None, typer.Option(help="Also write its QR code: a .svg or .png file.")] = None,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Make a short link and print its address."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.services import short_links  # Django is set up by acting_member

    kind = qr.suffix.lower().lstrip(".") if qr else ""
    if kind not in ("", "svg", "png"):
        raise Invalid.at("--qr", "Name a file that ends in .svg or .png.")
    told = _said(how, "code", "name", "until")
    ends_at = _end_of(told.pop("until"))
    row = short_links.make_link(by, short_links.Wish(leads_to=address, ends_at=ends_at, **told))
    short = short_links.address_of(row)
    if qr:
        qr.write_bytes(short_links.qr_code(short, kind))
    if as_json:
        say_json({"id": row.pk, "address": short, "leads_to": row.leads_to, "ends_at": str(row.ends_at or "")})
    else:
        say(short)


@app.command("list")
def listed(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List short links, the newest first, with how often each was followed."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.queries import short_links_for  # Django is set up by acting_member
    from crosscut.apps.produce.services.short_links import address_of

    rows = [(address_of(row), row.visits, row.leads_to) for row in short_links_for(by)]  # type: ignore[attr-defined]
    if as_json:
        say_json([{"address": short, "visits": visits, "leads_to": to} for short, visits, to in rows])
    for short, visits, to in () if as_json else rows:
        say(f"{visits:>8}  {short}  {to}")


@app.command("check")
def check(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List addresses of pieces and short links that do not answer. Ends with 1 when posts that are out lead there."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.queries import dead_links_for, link_checks_for  # Django is set up by acting_member

    rows = list(link_checks_for(by).filter(state__in=["dead", "silent"]))
    if as_json:
        say_json([{"address": row.address, "state": row.state, "problem": row.problem} for row in rows])
    for row in () if as_json else rows:
        say(f"{row.get_state_display()}: {row.address} {row.problem}")
    if dead_links_for(by).exists():
        raise typer.Exit(Exit.BLOCKED)


def _said(how: list[str] | None, *names: str) -> dict[str, str]:
    """What was said of each of these; empty where nothing was."""
    parts = [part.partition("=") for part in how or ()]
    for name, _equals, _value in parts:
        if name not in names:
            raise Invalid.at("--how", f"There is no {name!r}: say {', '.join(names)}.")
    return dict.fromkeys(names, "") | {name: value for name, _equals, value in parts}


def _end_of(day: str) -> datetime | None:
    try:
        last = date.fromisoformat(day) if day else None
    except ValueError:
        raise Invalid.at("--how", f"{day!r} is no day. Write it as 2027-01-31.") from None
    return datetime.combine(last + timedelta(days=1), time.min, UTC) if last else None
