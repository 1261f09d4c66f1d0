"""The parts of the product that run as processes, and how each is started."""

import os
import sys
from collections.abc import Mapping

from crosscut.site.supervisor.child import Plan
from crosscut.site.supervisor.ports import Doors

DEFAULT_WORKERS = 2  # one can render for minutes while the other publishes on time


def crosscut(*arguments: str) -> list[str]:
    """The command line that runs our own command with this Python."""
    return [sys.executable, "-m", "crosscut.cli", *arguments]


def part(*arguments: str) -> list[str]:
    """The command line that runs one part, without loading the other commands."""
    return [sys.executable, "-m", "crosscut.cli.within", *arguments]


def environment(doors: Doors, database_url: str) -> dict[str, str]:
    """What every part is told: where the database is and under which addresses the product is seen.

    Addresses set from outside win, for an installation behind a proxy.
    """
    told = {"CROSSCUT_URL": doors.desk_url, "CROSSCUT_PUBLIC_URL": doors.public_url}
    told = {name: os.environ.get(name, value) for name, value in told.items()}
    return {**told, "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}


def plans(doors: Doors, shared: Mapping[str, str], workers: int) -> list[Plan]:
    """The parts in the order they are started: what people wait for first."""
    lent = (doors.desk.fileno(), doors.public.fileno())
    web = [f"--fd={number}" for number in lent]
    return [
        Plan(name="web", command=part("web", *web), environment=shared, lent=lent),
        *(
            Plan(name=f"worker-{number}", command=part("worker", "--name", f"worker-{number}"), environment=shared)
            for number in range(1, workers + 1)
        ),
        Plan(name="ticker", command=part("ticker"), environment=shared),
    ]
