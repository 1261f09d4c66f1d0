"""`crosscut demo`: everything on this machine, and the worked campaign played on real media."""

import os
import time
from importlib import resources
from pathlib import Path

import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn

from crosscut.cli import desk
from crosscut.cli.answers import Exit
from crosscut.cli.beside import start_beside
from crosscut.cli.up import Port, Workers, teller
from crosscut.kernel.errors import Conflict, CrosscutError, NotFound
from crosscut.site.home import home
from crosscut.site.supervisor import state
from crosscut.site.supervisor.events import Event
from crosscut.site.supervisor.parts import DEFAULT_WORKERS
from crosscut.site.supervisor.ports import DESK_PORT
from crosscut.site.supervisor.supervisor import Supervisor, Wishes


def demo(port: Port = DESK_PORT, workers: Workers = DEFAULT_WORKERS) -> None:
    """Start everything, play the worked campaign, print the address and sign-in, and stay up. Ctrl-C stops it."""
    os.environ.setdefault("CROSSCUT_LEDGER_PACE", "0.2")
    console, folder = Console(), home()
    show = teller(console)

    def tell(event: Event) -> None:
        if event.kind == "ready":
            start_beside(event, "play")
        else:
            show(event)

    try:
        Supervisor(Wishes(home=folder, port=port, workers=workers), tell).run()
    except Conflict:
        running = state.running(folder)
        if running is None:
            raise
        console.print(f"Crosscut is running already at {running.desk_url}. Stop it there with Ctrl-C.")


def play() -> None:
    """Play the worked campaign in the installation that is running. `demo` calls it."""
    began_s = time.monotonic()
    desk.set_up()
    from crosscut.site.demo.people import sign_in  # Django is set up from here on
    from crosscut.site.demo.story import Story

    console = Console(highlight=False)
    columns = (TextColumn("  [dim]{task.description}[/]"), BarColumn(bar_width=30))
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("", total=1.0)

            def show(label: str, done: float) -> None:
                progress.update(bar, description=label[:60], completed=done)

            for step in Story(home=home(), example=_example(), show=show).steps():
                progress.console.print(f"[green]✓[/] [bold]{step.title}[/]")
                for detail in step.details:
                    progress.console.print(f"    {detail}", soft_wrap=True, markup=False)
                show("", 0)
    except CrosscutError as error:
        console.print(f"[red]✗[/] The campaign stopped: {error}", soft_wrap=True)
        raise typer.Exit(Exit.OUTSIDE_FAILED) from error
    except KeyboardInterrupt:
        raise typer.Exit(Exit.FINE) from None
    running, way_in = state.last(home()), sign_in(home())
    console.print(_welcome(running.desk_url if running else "", way_in.email, way_in.password, began_s))


def _example() -> Path:
    """The worked campaign's folder: beside the source in a checkout, inside the package when installed."""
    packaged = Path(str(resources.files("crosscut"))) / "examples" / "reef"
    checkout = Path(str(resources.files("crosscut"))).parents[1] / "examples" / "reef"
    found = next((folder for folder in (packaged, checkout) if (folder / "campaign.yaml").is_file()), None)
    if found is None:
        raise NotFound("The worked campaign's files are not installed.")
    return found


def _welcome(url: str, email: str, password: str, began_s: float) -> Panel:
    lines = (
        f"Open       {url}",
        f"Sign in    {email}",
        f"Password   {password}",
        "",
        f"Played in {time.monotonic() - began_s:.0f} s. Ctrl-C stops everything.",
    )
    return Panel("\n".join(lines), title="Reef week is published", border_style="green", expand=False)
