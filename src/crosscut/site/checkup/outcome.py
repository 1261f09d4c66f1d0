"""What one look at the installation found."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How it is."""

    FINE = "fine"
    ADVICE = "advice"  # works without; the repair says what it would bring
    MISSING = "missing"  # something needed is not there


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of the report."""

    name: str  # what was looked at
    grade: Grade  # how it is
    found: str  # what was seen, with its version or number
    repair: str = ""  # what to do, where there is something to do


def fine(name: str, found: str) -> Outcome:
    """It is as it should be."""
    return Outcome(name=name, grade=Grade.FINE, found=found)


def advice(name: str, found: str, repair: str) -> Outcome:
    """It works, and could be better."""
    return Outcome(name=name, grade=Grade.ADVICE, found=found, repair=repair)


def missing(name: str, found: str, repair: str) -> Outcome:
    """It must be repaired."""
    return Outcome(name=name, grade=Grade.MISSING, found=found, repair=repair)
