"""The parts the supervisor starts, each also startable alone: in containers, under another supervisor, or by hand."""

import os
import signal
import threading
from typing import Annotated

import typer

from crosscut.cli.answers import say
from crosscut.kernel.errors import Invalid
from crosscut.site.supervisor.migrations import migrate as bring_to_this_version


def web(
    fd: Annotated[list[int] | None, typer.Option(help="An open socket to answer on.")] = None,
    bind: Annotated[list[str] | None, typer.Option(help="An address to answer on: 0.0.0.0:8000.")] = None,
) -> None:
    """Answer web requests."""
    from crosscut.site.web import serve

    serve([*(f"fd://{number}" for number in fd or ()), *(bind or ())] or ["127.0.0.1:8000", "127.0.0.1:8001"])


def worker(name: Annotated[str, typer.Option(help="What it is called in lists.")] = "worker") -> None:
    """Run jobs."""
    from crosscut.site.worker import work

    work(name)


def ticker() -> None:
    """Hand the jobs that are about to be due to the workers."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    django.setup()
    from crosscut.apps.publish.ticker import run_forever

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    run_forever(stop)


def migrate() -> None:
    """Bring the database that DATABASE_URL names to this version; waits for it and for others who do the same."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise Invalid("Set DATABASE_URL. Without it `crosscut up` has its own database and brings it to this version.")
    has_changed = bring_to_this_version(url, os.environ)
    say("The database was brought to this version." if has_changed else "The database is of this version.")


def manage(context: typer.Context) -> None:
    """Run one of Django's own commands: `crosscut manage migrate`."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    execute_from_command_line(["crosscut manage", *context.args])
