"""`crosscut metadata`: what is known about assets, out as a table and in from files."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.errors import Invalid

app = typer.Typer(no_args_is_help=True, help="Write what is known about assets as a table; bring metadata in.")


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="The table to write: .csv or .xlsx.")],
    words: Annotated[str, typer.Option("--find", help="Which assets, as in the search box; without it all.")] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Write every field of assets as a table for a spreadsheet."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library import queries, search, searchbox  # Django is set up by acting_member
    from crosscut.apps.library.services import sheets

    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise Invalid.at("out", "Name a .csv or .xlsx file.")
    if words:
        found = search.find(by, replace(searchbox.parse(words), is_literal=True))  # nobody looks it through first
        ids = list(found.assets(0, found.total))
    else:
        ids = list(queries.assets_for(by).filter(archived_at=None).order_by("pk").values_list("pk", flat=True))
    out.write_bytes((sheets.as_csv if out.suffix.lower() == ".csv" else sheets.as_xlsx)(by, ids))
    say(f"{len(ids)} assets in {out}")


@app.command("import")
def bring_in(
    path: Annotated[Path, typer.Argument(help="A table, an XMP file or a ZIP of them, a .lrcat, another export.")],
    kind: Annotated[str, typer.Option(help="sheet, sidecars, lightroom, bynder or resourcespace.")] = "sheet",
    is_applied: Annotated[
        bool, typer.Option("--apply", help="Apply it; without this only say what would change.")
    ] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Read metadata from a file, say what it would change, and with --apply change it. Ends with 1 when rows failed."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library.services import intake  # Django is set up by acting_member

    row = intake.begin_path(by, kind, path)
    desk.watch(by, intake.watched_job(row), quiet=as_json)
    row.refresh_from_db()
    if is_applied and row.state == row.State.READY:
        row = intake.confirm(by, row.pk)
        desk.watch(by, intake.watched_job(row), quiet=as_json)
        row.refresh_from_db()
    rows = row.rows.exclude(state="same").order_by("number")[:1000]
    if as_json:
        changes = [{"row": one.number, "name": one.name, "state": one.state, "changes": one.changes} for one in rows]
        say_json({"import": row.pk, "state": row.state, "counts": row.counts, "problem": row.problem, "rows": changes})
    else:
        console = Console(highlight=False)
        for one in rows:
            told = ", ".join(f"{change['field']}: {change['before']} → {change['after']}" for change in one.changes)
            console.print(f"{one.number:>6} {one.get_state_display()}: {one.name}  {told}{one.problem}", markup=False)
        say(f"{row.get_state_display()}: {row.counts} {row.problem}")
    if row.state == row.State.FAILED or row.counts.get("problem"):
        raise typer.Exit(Exit.BLOCKED)
