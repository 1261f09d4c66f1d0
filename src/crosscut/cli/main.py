"""The command's first step: which words there are, and what happens when one of them meets an error."""

import sys
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from crosscut.cli import (
    answers,
    beside,
    check,
    demo,
    doctor,
    ingest,
    parts,
    probe,
    publish,
    render,
    report,
    seed,
    targets,
    up,
)
from crosscut.kernel.errors import CrosscutError

app = typer.Typer(
    name="crosscut",
    help="Media work in one chain, from brief to result.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(doctor.doctor)
for command in (
    probe.probe,
    check.check,
    render.render,
    ingest.ingest,
    publish.publish,
    targets.targets,
    report.report,
    demo.demo,
    seed.seed,
):
    app.command()(command)
for part in (parts.web, parts.worker, parts.ticker, parts.migrate, demo.play, beside.welcome):
    app.command(hidden=True)(part)
app.command(hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(parts.manage)


def _version(is_asked: bool) -> None:  # noqa: FBT001 (typer calls it so)
    if is_asked:
        answers.say(version_of("crosscut"))
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line; errors raised on purpose become words and an exit code, others keep their traceback."""
    try:
        app()
    except CrosscutError as error:
        answers.give_up(error, as_json="--json" in sys.argv)
