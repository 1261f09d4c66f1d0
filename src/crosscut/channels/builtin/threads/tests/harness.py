"""A strict server of the Graph API over real HTTP, with a memory, limits and login of its own: tests/faults/bench."""

from contextlib import AbstractContextManager
from pathlib import Path

from crosscut.channels.builtin.threads.settings import Settings
from crosscut.channels.graph.tests import strictly
from crosscut.channels.kit import Running


def running(folder: Path) -> AbstractContextManager[Running]:
    """The server, for as long as the test runs."""
    return strictly.running(folder, "Threads", Settings, "carousel")
