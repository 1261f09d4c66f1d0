"""`crosscut posts`: tables of posts, in from another scheduler and out for a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.errors import Invalid

app = typer.Typer(no_args_is_help=True, help="Bring posts in from a table; write all posts as one.")


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Write every post as a table that `crosscut posts import` can read."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.services.post_export import as_csv  # Django is set up by acting_member

    with out.open("wb") as file:
        file.writelines(as_csv(by))
    say(f"All posts in {out}")


@app.command("import")
def bring_in(
    path: Annotated[Path, typer.Argument(help="A CSV or XLSX file, one post a row.")],
    how: Annotated[
        list[str] | None,
        typer.Option(
            help="What the table leaves open: account=Name, zone=Europe/Berlin, date_order=dmy, undated=slot."
        ),
    ] = None,
    is_applied: Annotated[bool, typer.Option("--apply", help="Make them; without this nothing is made.")] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Read posts from a table, say what becomes of each row; --apply makes them. Ends with 1 when rows failed."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.services import post_import  # Django is set up by acting_member

    said = [part.partition("=") for part in how or ()]
    accounts = tuple(value for name, _equals, value in said if name == "account")
    rest = {"zone": "", "date_order": "", "undated": "draft"}
    rest |= {name: value for name, _equals, value in said if name != "account"}
    if len(rest) > 3:
        raise Invalid.at("--how", f"There is no {list(rest)[3]!r}: say account, zone, date_order or undated.")
    zone, date_order, undated = rest.values()
    choices = post_import.Choices(accounts=accounts, zone=zone, date_order=date_order, undated=undated)
    row = post_import.begin_path(by, path, choices)
    desk.watch(by, post_import.watched_job(row), quiet=as_json)
    row.refresh_from_db()
    if is_applied and row.state == row.State.READY:
        row = post_import.confirm(by, row.pk)
        desk.watch(by, post_import.watched_job(row), quiet=as_json)
        row.refresh_from_db()
    told = [one for one in row.rows.order_by("number") if one.notes]
    if as_json:
        rows = [{"row": one.number, "state": one.state, "notes": one.notes} for one in told]
        say_json({"import": row.pk, "state": row.state, "counts": row.counts, "problem": row.problem, "rows": rows})
    else:
        console = Console(highlight=False)
        for one in told:
            console.print(f"{one.number:>6} {one.get_state_display()}: {' '.join(one.notes)}", markup=False)
        say(f"{row.get_state_display()}: {row.counts} {row.problem}")
    if row.state == row.State.FAILED or row.counts.get("problem"):
        raise typer.Exit(Exit.BLOCKED)
