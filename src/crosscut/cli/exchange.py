"""`crosscut exchange`: a timeline from one program's format to another's."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli.answers import AsJson, say_json
from crosscut.cli.cut import Rate
from crosscut.kernel.records import as_data
from crosscut.media import exchange as formats


def exchange(
    file: Annotated[Path, typer.Argument(help="The timeline: .otio, .edl, .xml, .fcpxml or .mlt.")],
    out: Annotated[Path, typer.Argument(help="The file to write; its ending says the format.")],
    rate: Rate = "",
    as_json: AsJson = False,
) -> None:
    """Bring a timeline into another program's format, and say what it could not carry."""
    timeline = formats.read(file, rate=formats.rate_of(rate))
    exported = formats.write(timeline, out)
    if as_json:
        say_json({**as_data(exported), "not_read": as_data(list(timeline.warnings))})
        return
    console = Console(highlight=False)
    console.print(f"→ {out} ({exported.format.value})", soft_wrap=True)
    if timeline.warnings:
        console.print(f"Not read from {file.name}:", soft_wrap=True, markup=False)
    for problem in timeline.warnings:
        console.print(f"  · {problem.message}", soft_wrap=True, markup=False)
    console.print("Not carried:" if exported.lost else "Everything was carried, as reading it back shows.")
    for problem in exported.lost:
        console.print(f"  · {problem.message}", soft_wrap=True, markup=False)
