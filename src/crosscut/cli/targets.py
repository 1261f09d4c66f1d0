"""`crosscut targets`: what is planned, under way, live or in trouble."""

from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli import desk, showing
from crosscut.cli.answers import AsJson, say_json


def targets(
    state: Annotated[str, typer.Option(help="Only these states: scheduled,unknown")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """List the workspace's posts with their state, the latest first."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.queries import targets_for  # Django is set up by acting_member

    rows = targets_for(by).order_by("-due_at", "-id")
    wanted = [part.strip() for part in state.split(",") if part.strip()]
    shown = [showing.as_row(target) for target in (rows.filter(state__in=wanted) if wanted else rows)[:limit]]
    if as_json:
        say_json(shown)
    elif shown:
        Console().print(showing.table(shown))
    else:
        Console().print("Nothing is planned or published yet.")
