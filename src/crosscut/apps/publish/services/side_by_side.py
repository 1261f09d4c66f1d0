"""Work that waits for others, done side by side in threads."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from django.db import connection


class SideBySide:
    """Threads for as long as the block lasts. Each piece of work has a connection to the database of its own."""

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="send")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._threads.shutdown(wait=kind is None, cancel_futures=True)

    def begin(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """The work, begun. What it raises, its result raises."""
        return self._threads.submit(_done, work, *given)


def _done(work: Callable[..., Any], *given: Any) -> Any:
    try:
        return work(*given)
    finally:
        connection.close()
