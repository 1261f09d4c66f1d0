"""What a person sees at the terminal that needs the apps: told by a process of its own beside the supervisor."""

import os
import signal
import subprocess

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.site.embedded.processes import ends_with_parent
from crosscut.site.supervisor.events import Event
from crosscut.site.supervisor.parts import crosscut


def start_beside(ready: Event, command: str) -> None:
    """Starts one of our commands in the installation that has just become ready.

    The supervisor goes on watching, a fault there stops nothing here, and it ends when the supervisor does.
    """
    told = {
        "CROSSCUT_URL": str(ready.values["desk_url"]),
        "CROSSCUT_PUBLIC_URL": str(ready.values["public_url"]),
    }
    subprocess.Popen(
        crosscut(command),
        env={**os.environ, **told},
        stdin=subprocess.DEVNULL,
        preexec_fn=ends_with_parent(signal.SIGTERM),
    )


def welcome() -> None:
    """Print how the first person gets in, while there is nobody yet. `up` calls it."""
    desk.set_up()
    from crosscut.apps.accounts.services.setup import setup_url  # Django is set up from here on

    if url := setup_url():
        Console(highlight=False).print(f"Nobody can sign in yet. Set Crosscut up at\n  {url}", soft_wrap=True)
    raise typer.Exit
