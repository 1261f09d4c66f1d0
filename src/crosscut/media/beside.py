"""Where a file is made until it is whole: in a folder beside its place, so that moving it there is one step."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def making_beside(out: Path) -> Iterator[Path]:
    """A folder beside the target for what is half-done; whatever happens, it is gone afterwards.

    Its path is absolute, for programs that run in another folder. The target's own folder is made where it is missing.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent.resolve(), prefix=".making-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
