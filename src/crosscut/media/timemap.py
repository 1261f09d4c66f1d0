"""Where each moment of a master is after stretches of it were taken out, so that captions and chapters move with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of media time: from its start up to, and without, its end."""

    start_s: Fraction
    end_s: Fraction  # never before start_s

    @property
    def duration_s(self) -> Fraction:
        """How long it lasts."""
        return self.end_s - self.start_s


@dataclass(frozen=True, kw_only=True)
class TimeMap:
    """Old to new time and back. Times are in seconds from the start, of the master (old) and of what is left (new)."""

    duration_s: Fraction  # of the master
    removed: tuple[Span, ...] = ()  # in order, apart from each other, none empty, all inside the master

    def __post_init__(self) -> None:
        edges = [Fraction(0), *(edge for span in self.removed for edge in (span.start_s, span.end_s)), self.duration_s]
        if any(later < earlier for earlier, later in pairwise(edges)):
            raise Invalid(
                phrase("The removed stretches must be in order, apart from each other and inside the master.")
            )

    @property
    def kept(self) -> tuple[Span, ...]:
        """What is left of the master, in old time and in order.

        >>> [(str(span.start_s), str(span.end_s)) for span in without(Fraction(9), [(Fraction(2), Fraction(4))]).kept]
        [('0', '2'), ('4', '9')]
        """
        edges = [Fraction(0), *(edge for span in self.removed for edge in (span.start_s, span.end_s)), self.duration_s]
        spans = (Span(start_s=start_s, end_s=end_s) for start_s, end_s in zip(edges[::2], edges[1::2], strict=True))
        return tuple(span for span in spans if span.duration_s)

    @property
    def new_duration_s(self) -> Fraction:
        """How long the result lasts."""
        return self.duration_s - sum((span.duration_s for span in self.removed), Fraction(0))

    def is_kept(self, old_s: Fraction) -> bool:
        """Whether this moment of the master is still there."""
        return 0 <= old_s < self.duration_s and not any(span.start_s <= old_s < span.end_s for span in self.removed)

    def new(self, old_s: Fraction) -> Fraction:
        """When a moment of the master comes now. One that was removed becomes the moment of the cut.

        >>> shorter = without(Fraction(9), [(Fraction(2), Fraction(4))])
        >>> [str(shorter.new(Fraction(old_s))) for old_s in (1, 3, 5, 99)]
        ['1', '2', '3', '7']
        """
        held_s = min(max(old_s, Fraction(0)), self.duration_s)
        gone_s = (min(held_s, span.end_s) - span.start_s for span in self.removed if span.start_s < held_s)
        return held_s - sum(gone_s, Fraction(0))

    def old(self, new_s: Fraction) -> Fraction:
        """Which moment of the master comes at this time of the result; at a cut, the first one after it.

        >>> shorter = without(Fraction(9), [(Fraction(2), Fraction(4))])
        >>> [str(shorter.old(Fraction(new_s))) for new_s in (1, 2, 3, 99)]
        ['1', '4', '5', '9']
        """
        found_s = max(new_s, Fraction(0))
        for span in self.removed:
            if span.start_s > found_s:
                break
            found_s += span.duration_s
        return min(found_s, self.duration_s)

    def span(self, start_s: Fraction, end_s: Fraction) -> Span | None:
        """What is left of a stretch of the master, in new time; None when all of it was removed.

        >>> shorter = without(Fraction(9), [(Fraction(2), Fraction(4))])
        >>> shorter.span(Fraction(1), Fraction(5)), shorter.span(Fraction(2), Fraction(3))
        (Span(start_s=Fraction(1, 1), end_s=Fraction(3, 1)), None)
        """
        left = Span(start_s=self.new(start_s), end_s=self.new(end_s))
        return left if left.duration_s > 0 else None

    def then(self, later: "TimeMap") -> "TimeMap":
        """Both in one: first what this one takes out, then what `later` takes out of the result.

        >>> first, second = without(Fraction(9), [(2, 4)]), without(Fraction(7), [(1, 3)])
        >>> first.then(second) == without(Fraction(9), [(1, 5)])
        True
        """
        gone = [(self.old(span.start_s), self._old_end(span.end_s)) for span in later.removed]
        return without(self.duration_s, [*((span.start_s, span.end_s) for span in self.removed), *gone])

    def _old_end(self, new_s: Fraction) -> Fraction:
        """The same as `old`, but at a cut the last moment before it."""
        found_s = new_s
        for span in self.removed:
            if span.start_s >= found_s:
                break
            found_s += span.duration_s
        return found_s


def without(duration_s: Fraction, stretches: Iterable[tuple[Fraction | int, Fraction | int]]) -> TimeMap:
    """The map of a master of this length less the stretches, which may be in any order, overlap and reach outside.

    >>> without(Fraction(9), [(4, 6), (5, 20), (2, 2), (-3, 1)]).removed == (
    ...     Span(start_s=Fraction(0), end_s=Fraction(1)), Span(start_s=Fraction(4), end_s=Fraction(9)))
    True
    """
    joined: list[tuple[Fraction, Fraction]] = []
    for start, end in sorted(stretches):
        start_s, end_s = max(Fraction(start), Fraction(0)), min(Fraction(end), duration_s)
        if end_s <= start_s:
            continue
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return TimeMap(
        duration_s=duration_s, removed=tuple(Span(start_s=start_s, end_s=end_s) for start_s, end_s in joined)
    )
