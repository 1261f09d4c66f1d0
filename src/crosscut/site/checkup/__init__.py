"""What `crosscut doctor` looks at."""

import os
from pathlib import Path

from crosscut.site.checkup import machine
from crosscut.site.checkup.outcome import Outcome
from crosscut.site.checkup.services import services


def examine(home: Path) -> list[Outcome]:
    """Everything worth knowing about this installation, in the order a person would ask."""
    looks = (machine.python, machine.built_pages, machine.node, machine.postgresql, machine.ffmpeg, machine.chromium)
    about_machine = [look() for look in (*looks, machine.meaning_model)]
    return [*about_machine, machine.home_folder(home), machine.ports(home), *services(home, _database_url(home))]


def _database_url(home: Path) -> str | None:
    """Where the database is now: DATABASE_URL, or what the embedded server wrote when it started."""
    note = home / "run" / "database.url"
    return os.environ.get("DATABASE_URL") or (note.read_text().strip() if note.exists() else None)
