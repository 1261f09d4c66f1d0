"""`crosscut ingest`: files and folders into the library."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say_json

COLOURS = {"stored": "green", "duplicate": "dim", "quarantined": "yellow", "refused": "red"}


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Take files and folders into the library, one by one; what is refused says why. Ends with 1 when some were."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library.services.arrive import ingest_paths  # Django is set up by acting_member

    job = desk.watch(by, ingest_paths(by, paths), quiet=as_json)
    rows = [
        {"file": row.filename, "state": row.state, "problem": row.problem, "asset": row.asset_id}
        for row in job.arrivals.order_by("id")
    ]
    if as_json:
        say_json({"job": job.pk, "state": job.state, "files": rows})
    else:
        console = Console(highlight=False)
        for row in rows:
            state = str(row["state"])
            console.print(f"[{COLOURS.get(state, 'default')}]{state:>11}[/]  {row['file']}  [dim]{row['problem']}[/]")
    if any(row["state"] in ("refused", "quarantined") for row in rows) or job.state == "failed":
        raise typer.Exit(Exit.BLOCKED)
