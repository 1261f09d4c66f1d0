"""Watched folders: what is put there is taken in once it has settled, read where it lies, and left there."""

import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as site
from django.db import transaction
from django.utils import timezone

from crosscut.apps.library.models import WayIn, WayItem
from crosscut.apps.library.services import arrive
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase

SETTLES_IN = timedelta(seconds=15)  # unchanged for so long, a file is taken to be whole
MOST_FILES = 200_000  # in one folder
AT_ONCE = 2000  # taken in by one look; the next look takes the next
_RUBBISH = frozenset({"thumbs.db", "desktop.ini"})
_RUBBISH_ENDINGS = (".part", ".crdownload", ".tmp", ".filepart", ".thm", ".ctg")  # half-done, and what cameras keep


def checked(settings: Mapping[str, Any], _password: str) -> dict[str, Any]:
    """The settings of a watched folder. Raises Invalid for one that the server's keeper did not allow."""
    path = Path(str(settings.get("path", "")))
    if not path.is_absolute():
        raise Invalid.at("path", phrase("Give the whole path of the folder, from / on."))
    real = Path(os.path.realpath(path))
    if not any(real == root or real.is_relative_to(root) for root in _roots()):
        allowed = ", ".join(map(str, _roots())) or phrase("none is")
        message = phrase(
            "This folder may not be watched. Allowed: {allowed}. CROSSCUT_WATCH_FOLDERS of the server names them.",
            allowed=allowed,
        )
        raise Invalid.at("path", message, code="way_in.not_allowed")
    if not real.is_dir():
        raise Invalid.at("path", phrase("There is no such folder."))
    return {"path": str(real)}


def look(way: WayIn) -> int:
    """How many files are taken in by this look: those that have not changed since an earlier one.

    What was seen is kept, so that nothing is taken twice, also after a restart; a file that is changed later is taken
    again. Raises NotFound when the folder is gone, Invalid when it holds too much.
    """
    root = Path(checked(way.settings, "")["path"])
    known = {item.name: item for item in way.items.all()}
    now = timezone.now()
    new, changed, ready = [], [], []
    for number, (name, mark) in enumerate(_files(root)):
        if number >= MOST_FILES:
            raise Invalid.at(
                "path", phrase("More than {most:,} files are in it. Watch its folders one by one.", most=MOST_FILES)
            )
        item = known.get(name)
        if item is None:
            new.append(WayItem(way=way, name=name, mark=mark, noticed_at=now))
        elif item.mark != mark:
            item.mark, item.noticed_at, item.is_taken = mark, now, False
            changed.append(item)
        elif not item.is_taken and now - item.noticed_at >= SETTLES_IN:
            ready.append(item)
    WayItem.objects.bulk_create(new, batch_size=1000)
    WayItem.objects.bulk_update(changed, ["mark", "noticed_at", "is_taken"], batch_size=1000)
    return _take(way, root, ready[:AT_ONCE])


@transaction.atomic
def _take(way: WayIn, root: Path, items: list[WayItem]) -> int:
    """Hands the files on and notes that they were taken, both or neither."""
    rows = WayItem.objects.select_for_update().filter(pk__in=[item.pk for item in items], is_taken=False)
    paths = [root / row.name for row in rows]
    here = [path for path in paths if path.is_file() and not path.is_symlink()]
    if here:
        arrive.ingest_paths(way.created_by, here)
    WayItem.objects.filter(pk__in=[row.pk for row in rows]).update(is_taken=True)
    return len(here)


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """The path of each file inside, and its mark. Links lead nowhere; what is hidden stays hidden."""
    if not root.is_dir():
        raise NotFound(phrase("{folder} is not there any more. Is its disk connected?", folder=str(root)))
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            if is_rubbish(name) or path.is_symlink():
                continue
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            inside = str(path.relative_to(root))
            if len(inside) <= 1000 and _is_text(inside):
                yield inside, f"{status.st_size}:{status.st_mtime_ns}"


def is_rubbish(name: str) -> bool:
    """Whether nobody means a file of this name: half-done, hidden, or what systems and cameras keep for themselves."""
    small = name.lower()
    return small.startswith(".") or small in _RUBBISH or small.endswith(_RUBBISH_ENDINGS)


def _is_text(name: str) -> bool:
    """Whether the name can be kept: file systems allow bytes that are no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _roots() -> list[Path]:
    return [Path(os.path.realpath(folder)) for folder in site.WATCH_FOLDERS]
