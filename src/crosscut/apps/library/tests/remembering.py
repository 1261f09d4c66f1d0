"""What fixtures take in is read, looked at and made smaller once per process; each test's store gets the same bytes.

Only while a fixture takes its file in. What a test does itself is really done, and the first of each file always is.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from crosscut.apps.library import storage
from crosscut.apps.library.models import Arrival, Version
from crosscut.apps.library.services import derive, fingerprints, prepare
from crosscut.apps.library.storage import Stored
from crosscut.media.recipes import Recipe

Key = tuple[str, ...]


class Memory:
    """What was found of each file, by the file's hash and by what was asked, and the files that were made of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder  # of the stored files' copies, each under its hash
        self._found: dict[Key, tuple[Any, tuple[str, ...]]] = {}

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Inside the block the library reads, looks and makes previews from memory."""
        really_prepare, really_look, really_make = prepare.prepare, fingerprints._seen, derive._made

        def prepared(arrival: Arrival, *rest: Any) -> Any:
            key = ("prepare", arrival.filename, storage.hash_of(Path(arrival.path)))
            return self._recalled(key, lambda: really_prepare(arrival, *rest), _stored_with)

        def looked_at(version: Version, *rest: Any) -> Any:
            return self._recalled(("look", version.sha256), lambda: really_look(version, *rest), lambda _seen: [])

        def made(version: Version, recipe: Recipe, *rest: Any, **options: Any) -> Any:
            key = ("make", version.sha256, recipe.digest)
            return self._recalled(key, lambda: really_make(version, recipe, *rest, **options), lambda found: [found[0]])

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prepare, "prepare", prepared)
            patch.setattr(fingerprints, "_seen", looked_at)
            patch.setattr(derive, "_made", made)
            yield

    def _recalled(self, key: Key, ask: Callable[[], Any], stored_by: Callable[[Any], list[Stored]]) -> Any:
        if key in self._found:
            found, hashes = self._found[key]
            for sha256 in hashes:
                storage.keep(self._folder / sha256)
            return deepcopy(found)
        found = ask()
        hashes = tuple(stored.sha256 for stored in stored_by(found))
        for sha256 in hashes:
            with storage.local_copy(sha256) as path:
                shutil.copyfile(path, self._folder / sha256)
        self._found[key] = deepcopy(found), hashes
        return found


def _stored_with(found: prepare.Prepared) -> list[Stored]:
    return [found.stored, *(made.stored for made in found.made)]
