"""Posts sent one after the other, in the test's own thread, which alone sees the test's own rows."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from crosscut.apps.publish.services.side_by_side import SideBySide

IN_THREADS = SideBySide.begin


@pytest.fixture(autouse=True)
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be done side by side is done at once, where it is begun."""
    monkeypatch.setattr(SideBySide, "begin", _at_once)


def _at_once(threads: SideBySide, work: Callable[..., Any], *given: Any) -> Future[Any]:
    done: Future[Any] = Future()
    try:
        done.set_result(work(*given))
    except BaseException as error:  # noqa: BLE001 - as a thread does: its result raises it
        done.set_exception(error)
    return done
