"""`crosscut doctor`: what is here, what is missing, and how to get it."""

from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from crosscut.cli.answers import AsJson, Exit, say_json
from crosscut.site.checkup import examine
from crosscut.site.checkup.outcome import Grade, Outcome
from crosscut.site.home import home

MARKS = {Grade.FINE: "[green]✓[/]", Grade.ADVICE: "[yellow]·[/]", Grade.MISSING: "[red]✗[/]"}


def doctor(as_json: AsJson = False) -> None:
    """Say what is present, what is missing and how to get it. Ends with 3 when something needed is missing."""
    outcomes = examine(home())
    if as_json:
        say_json([asdict(outcome) for outcome in outcomes])
    else:
        Console().print(_table(outcomes))
    if any(outcome.grade is Grade.MISSING for outcome in outcomes):
        raise typer.Exit(Exit.OUTSIDE_FAILED)


def _table(outcomes: list[Outcome]) -> Table:
    table = Table.grid(padding=(0, 2))
    for outcome in outcomes:
        table.add_row(MARKS[outcome.grade], outcome.name, outcome.found)
        if outcome.repair:
            table.add_row("", "", f"→ {outcome.repair}", style="dim")
    return table
