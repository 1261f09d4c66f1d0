"""Write docs/reference (or the folder named) from the code: the command line, the API, the piece and campaign files."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from typer.main import get_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
django.setup()

from crosscut.cli.main import app  # noqa: E402 (Django is set up first)
from crosscut.kernel import piece_file  # noqa: E402
from crosscut.site.api import api  # noqa: E402

HEAD = """# The command line

Written by `make docs`. Exit codes: 0 fine, 1 blocked by findings, 2 wrong use or unreadable input, 3 outside failure.
"""


def command_line() -> Iterator[str]:
    """A section for each word of `crosscut`, in the order of its own help."""
    yield from (HEAD, *sections("##", "crosscut", get_command(app)))


def sections(level: str, group: str, command: Any) -> Iterator[str]:
    """What each command of a group does and takes, and those of the groups in it."""
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield f"\n{level} {group} {name}\n\n{(each.help or '').strip()}\n\n"
            yield from (f"- `{', '.join(one.opts)}` {one.help or ''}".rstrip() + "\n" for one in each.params)
            yield from sections(f"{level}#", f"{group} {name}", each)


def as_json(data: Any) -> str:
    """JSON with a stable order, so that a change shows as a change."""
    return json.dumps(json.loads(json.dumps(data, default=str)), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def pages() -> dict[str, str]:
    """Each reference file's name and whole text."""
    return {
        "command-line.md": "".join(command_line()),
        "openapi.json": as_json(api.get_openapi_schema()),
        "piece.schema.json": as_json(piece_file.schema(piece_file.PieceFile)),
        "campaign.schema.json": as_json(piece_file.schema(piece_file.CampaignFile)),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text)
