"""Gathers observations, frame by frame, into stretches of time."""

from collections import deque
from fractions import Fraction

from crosscut.kernel.facts import Span


class Spans:
    """Stretches in which something is so."""

    def __init__(self, *, least_s: Fraction = Fraction(0), bridged_s: Fraction = Fraction(0)) -> None:
        self.least_s = least_s  # shorter stretches are dropped
        self.bridged_s = bridged_s  # gaps up to this do not end a stretch
        self.found: list[Span] = []
        self.start_s: Fraction | None = None
        self.end_s = Fraction(0)

    def add(self, start_s: Fraction, end_s: Fraction, is_so: bool) -> None:  # noqa: FBT001 - the observation itself
        """One frame: when it is up, and whether it is so."""
        if is_so:
            self.start_s = start_s if self.start_s is None else self.start_s
            self.end_s = end_s
        elif self.start_s is not None and end_s - self.end_s > self.bridged_s:
            self._close()

    def _close(self) -> None:
        if self.start_s is not None and self.end_s - self.start_s >= self.least_s:
            self.found.append(Span(start_s=self.start_s, end_s=self.end_s))
        self.start_s = None

    def result(self) -> tuple[Span, ...]:
        """All stretches, with the one that lasts to the end."""
        self._close()
        return tuple(self.found)


class Enduring:
    """Whether something was so for most of the last seconds."""

    def __init__(self, *, at_least_s: Fraction, within_s: Fraction) -> None:
        self.at_least_s = at_least_s
        self.within_s = within_s
        self.recent: deque[tuple[Fraction, Fraction]] = deque()  # start and end of the frames in which it was so
        self.total_s = Fraction(0)

    @property
    def since_s(self) -> Fraction:
        """When the first of them was."""
        return self.recent[0][0] if self.recent else Fraction(0)

    def add(self, start_s: Fraction, end_s: Fraction, is_so: bool) -> bool:  # noqa: FBT001 - the observation itself
        """One frame more; whether the sum within the window is now enough."""
        if is_so:
            self.recent.append((start_s, end_s))
            self.total_s += end_s - start_s
        while self.recent and self.recent[0][0] < end_s - self.within_s:
            gone = self.recent.popleft()
            self.total_s -= gone[1] - gone[0]
        return self.total_s >= self.at_least_s
