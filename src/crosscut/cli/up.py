"""`crosscut up`: the whole product on this machine, until Ctrl-C."""

import contextlib
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from crosscut.cli.answers import AsJson, say
from crosscut.cli.beside import start_beside
from crosscut.kernel.errors import Conflict
from crosscut.site import home as homes
from crosscut.site.supervisor import state
from crosscut.site.supervisor.events import Event, Tell
from crosscut.site.supervisor.parts import DEFAULT_WORKERS
from crosscut.site.supervisor.ports import DESK_PORT
from crosscut.site.supervisor.supervisor import Supervisor, Wishes

COLOUR = {"stopped": "green", "child.ended": "yellow", "database.ended": "yellow", "ports.moved": "yellow"}
Port = Annotated[int, typer.Option(envvar="CROSSCUT_PORT", help="Where people work; the public gets the next one.")]
Workers = Annotated[int, typer.Option(envvar="CROSSCUT_WORKERS", min=1, help="How many job workers.")]
NOT_FOR_PEOPLE = {"web.answers"}  # followed at once by "ready"


def up(
    port: Port = DESK_PORT,
    workers: Workers = DEFAULT_WORKERS,
    home: Annotated[Path | None, typer.Option(help="Where the installation's data is.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start everything and keep it running: database, web, workers, ticker. Ctrl-C stops it."""
    if home:
        os.environ["CROSSCUT_HOME"] = str(home.absolute())
    folder = homes.home()
    tell = _to_program if as_json else teller(Console())
    try:
        Supervisor(Wishes(home=folder, port=port, workers=workers), tell).run()
    except Conflict:
        running = state.running(folder)
        if running is None:  # the conflict was about something else, or has gone meanwhile
            raise
        message = f"Crosscut is running already at {running.desk_url}"
        tell(Event(kind="already", message=message, values={"pid": running.pid}))


def teller(console: Console) -> Tell:
    """What shows events to a person."""

    def tell(event: Event) -> None:
        if event.kind in NOT_FOR_PEOPLE:
            return
        with contextlib.suppress(BrokenPipeError, OSError):  # the terminal was closed: go on, or stop, without it
            if event.kind == "ready":
                console.print(_welcome(event))
                start_beside(event, "welcome")
            else:
                console.print(event.message, style=COLOUR.get(event.kind, "dim"), highlight=False, markup=False)

    return tell


def _to_program(event: Event) -> None:
    with contextlib.suppress(BrokenPipeError, OSError):
        say(event.as_json())


def _welcome(event: Event) -> Panel:
    lines = [f"Work at        {event.values['desk_url']}", f"The public at  {event.values['public_url']}"]
    return Panel(
        "\n".join([*lines, "", "Ctrl-C stops everything."]), title="Crosscut is up", border_style="green", expand=False
    )
