"""How long work tells how far it is and learns that it should stop."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a piece of work is."""

    done: Fraction  # 0 to 1
    label: str = ""  # what is being done now, for a person


Report = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def ignore(progress: Progress) -> None:
    """A report nobody listens to."""


def never() -> bool:
    """A stop nobody asks for."""
    return False
