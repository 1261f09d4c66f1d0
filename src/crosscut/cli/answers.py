"""How a command answers: words for a person, JSON for a program, and an exit code both can rely on."""

import json
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import typer

from crosscut.cli.language import translator
from crosscut.kernel.errors import ChannelError, CrosscutError, Unavailable

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


class Exit(IntEnum):
    """What the exit code says."""

    FINE = 0
    BLOCKED = 1  # by findings
    WRONG_USE = 2  # or unreadable input
    OUTSIDE_FAILED = 3  # something needed is missing or does not answer


def say(text: str) -> None:
    """Print to where answers go."""
    typer.echo(text)


def say_json(data: Any) -> None:
    """Print as JSON, readable and with a stable order."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def exit_code_of(error: CrosscutError) -> Exit:
    """What a command that met this error ends with.

    >>> exit_code_of(Unavailable("no")).name
    'OUTSIDE_FAILED'
    """
    return Exit.OUTSIDE_FAILED if isinstance(error, Unavailable | ChannelError) else Exit.WRONG_USE


def give_up(error: CrosscutError, *, as_json: bool) -> NoReturn:
    """Say every problem and end with the error's exit code."""
    if as_json:
        problems = [
            {"code": problem.code, "where": problem.where, "message": problem.message, "source": problem.source}
            for problem in error.problems_in(translator())
        ]
        say_json({"problems": problems})
    else:
        for problem in error.problems_in(translator()):
            typer.secho(str(problem), err=True, fg=typer.colors.RED)
    raise SystemExit(int(exit_code_of(error)))
