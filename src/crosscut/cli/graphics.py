"""`crosscut graphics`: pictures from a drawing with slots and a table."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from crosscut.cli.answers import AsJson, Exit, say_json
from crosscut.kernel.progress import Progress
from crosscut.kernel.records import as_data
from crosscut.media.graphics import Batch, LogoRule, make_all


def graphics(
    template: Annotated[Path, typer.Argument(help="An SVG drawing, or a folder with one per layout and fonts/.")],
    table: Annotated[Path, typer.Argument(help="Rows as CSV, XLSX or JSON; its columns name the slots.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the pictures.")],
    logo_clear: Annotated[
        int, typer.Option(min=0, max=500, help="Per cent of the logo's height that stay free around it.")
    ] = 0,
    logo_least: Annotated[
        int, typer.Option(min=0, max=360, help="Least width of the logo in px on a phone 360 px wide.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a picture of every row in every layout, and check each. Needs no database. Run again, it goes on."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=as_json, transient=True) as bar:
        task = bar.add_task("Graphics", total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=float(progress.done), description=progress.label)

        logo = LogoRule(clear_percent=logo_clear, least_px=logo_least)
        batch = make_all(template, table, out, logo=logo, report=report)
    if as_json:
        say_json({**as_data(batch), "blocked": len(batch.blocked)})
    else:
        _show(batch, out)
    if batch.blocked:
        raise typer.Exit(int(Exit.BLOCKED))


def _show(batch: Batch, out: Path) -> None:
    console = Console(highlight=False)
    for graphic in batch.graphics:
        for finding in graphic.findings:
            console.print(f"{finding.where}: {finding.message} {finding.repair}", soft_wrap=True, markup=False)
    made = sum(bool(graphic.file) for graphic in batch.graphics)
    counts = f"{made} pictures, {batch.kept} of them from before, {len(batch.blocked)} to be repaired"
    console.print(f"{counts} → {out} (see {batch.sheet})" if batch.sheet else counts, soft_wrap=True, markup=False)
