"""What `npm run build` made of the pages' styles, scripts and icons, read from `static/build`."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = Path(__file__).resolve().parent / "static" / "build"


@dataclass(frozen=True, kw_only=True)
class Files:
    """What one entry needs in the page's head, in order."""

    styles: tuple[str, ...]  # paths below static/build
    scripts: tuple[str, ...]  # the entry's module
    preloads: tuple[str, ...]  # modules it imports


def is_built() -> bool:
    """Whether the pages were built at all."""
    return (FOLDER / "manifest.json").exists()


def files(entry: str) -> Files:
    """The files of one entry; nothing when the pages are not built.

    Raises KeyError for an entry that the build does not have.
    """
    if not is_built():
        return Files(styles=(), scripts=(), preloads=())
    manifest = _read("manifest.json")
    chunk = manifest[f"scripts/{entry}.ts"]
    imported = _imports(manifest, chunk)
    styles = [css for part in (*imported, chunk) for css in part.get("css", ())]
    return Files(
        styles=tuple(dict.fromkeys(styles)),
        scripts=(chunk["file"],),
        preloads=tuple(part["file"] for part in imported),
    )


def drawing(icon: str) -> str | None:
    """The inside of the icon's SVG; None when the build has no such icon; empty when nothing is built."""
    if not is_built():
        return ""
    found = _read("icons.json").get(icon)
    return None if found is None else str(found)


def _imports(manifest: dict[str, Any], chunk: dict[str, Any]) -> list[dict[str, Any]]:
    """Every chunk the given one imports, the deepest first, each once."""
    found: dict[str, dict[str, Any]] = {}
    for name in chunk.get("imports", ()):
        for part in (*_imports(manifest, manifest[name]), manifest[name]):
            found.setdefault(part["file"], part)
    return list(found.values())


def _read(name: str) -> dict[str, Any]:
    path = FOLDER / name
    stamp = path.stat().st_mtime_ns if settings.DEBUG or settings.IS_TESTING else 0
    return _parse(path, stamp)


@cache
def _parse(path: Path, stamp: int) -> dict[str, Any]:
    """The file's content, read again when it was built again during development (`stamp`)."""
    content: dict[str, Any] = json.loads(path.read_text())
    return content
