"""Brings a public folder into line with what it should show, writing only what changed.

Each sheet names its file and what it is made of. What was printed last is noted in `printed.json`, a cache: without it,
or after a kill, everything is drawn again and only differences are written.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crosscut.channels.folder import remove_empty, sweep, write

_NOTE = "printed.json"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One file of the public folder."""

    path: str  # under the public folder: "2026/half-of-the-reef/index.html"
    made_of: str  # a digest of all that decides what it says
    draw: Callable[[], bytes]


def bring_up_to_date(folder: Path, sheets: Iterable[Sheet], *, media: set[str]) -> None:
    """Prints the sheets in their order, then removes what earlier printings left and media no post has any more.

    Only for the holder of the folder's lock. Files that somebody else put there are left alone.
    """
    public = folder / "public"
    public.mkdir(parents=True, exist_ok=True)
    sweep(public)
    before = _printed(folder)
    now = {sheet.path: _print(public, sheet, before.get(sheet.path)) for sheet in sheets}
    for path in before.keys() - now.keys():
        _remove(public / path, public)
    for file in (public / "media").glob("*"):
        if file.name not in media:
            file.unlink(missing_ok=True)
    write(folder / _NOTE, json.dumps(now).encode())


def _print(public: Path, sheet: Sheet, before: list[object] | None) -> list[object]:
    """What was printed: digest and size. The size betrays a file that a loss of power left empty."""
    path = public / sheet.path
    if before and before[0] == sheet.made_of and _size(path) == before[1]:
        return before
    content = sheet.draw()
    write(path, content)
    return [sheet.made_of, len(content)]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _printed(folder: Path) -> Mapping[str, list[object]]:
    try:
        noted = json.loads((folder / _NOTE).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _remove(path: Path, public: Path) -> None:
    path.unlink(missing_ok=True)
    remove_empty(path.parent, public)
