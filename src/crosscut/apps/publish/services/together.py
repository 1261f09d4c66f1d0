"""Moving several posts as one: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.schedule import reschedule
from crosscut.kernel.errors import CrosscutError, Invalid, Problem
from crosscut.kernel.phrases import phrase

MOST = 200  # posts at once


@dataclass(frozen=True, kw_only=True)
class Move:
    """One post and its new time."""

    target: Target
    wall_time: datetime  # naive, as clocks show it
    zone: str  # IANA


@transaction.atomic
def reschedule_together(by: Member, moves: Sequence[Move]) -> list[Target]:
    """The posts at their new times. Raises Invalid with what stands against each that cannot move; none moves then."""
    if not 0 < len(moves) <= MOST:
        raise Invalid.at("posts", phrase("Move between one and {most} posts at once.", most=MOST))
    moved: list[Target] = []
    problems: list[Problem] = []
    for move in sorted(moves, key=lambda move: move.target.pk):  # held in one order, so that nobody waits in a circle
        try:
            moved.append(reschedule(by, move.target, wall_time=move.wall_time, zone=move.zone))
        except CrosscutError as error:
            problems += [_named(move.target, problem) for problem in error.problems]
    if problems:
        raise Invalid(problems=problems)
    return moved


def _named(target: Target, problem: Problem) -> Problem:
    message = phrase("{title}: {why}", title=target.piece.title, why=problem.message)
    return replace(problem, where=f"post {target.pk}", message=message)
