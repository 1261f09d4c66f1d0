"""A clock that only moves when somebody moves it, for the ledger, the guarded client and the servers alike."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from crosscut.apps.accounts.services import connections
from crosscut.apps.publish.services import patience, send
from crosscut.channels import http


class Clock:
    """Time as our side has it: what clocks show, and what has passed since it began."""

    def __init__(self, start: datetime) -> None:
        self.shown, self.passed_s = start, 0.0

    def now(self) -> datetime:
        return self.shown

    def monotonic(self) -> float:
        return self.passed_s

    def go_on(self, seconds: float) -> None:
        """Time passes."""
        self.shown += timedelta(seconds=seconds)
        self.passed_s += seconds

    def step(self, seconds: float) -> None:
        """Somebody sets the clock; no time passes."""
        self.shown += timedelta(seconds=seconds)


class RealClock(Clock):
    """The real one, for servers that are asked by something which waits for real."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@contextmanager
def installed(clock: Clock) -> Iterator[Clock]:
    """The clock in every place that asks for the time; waiting makes it go on and nobody really waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", clock.now)
        patch.setattr(connections, "monotonic", clock.monotonic)
        patch.setattr(http, "time", SimpleNamespace(monotonic=clock.monotonic))
        patch.setattr(patience, "time", SimpleNamespace(sleep=clock.go_on))
        patch.setattr(send, "time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.go_on))
        yield clock
