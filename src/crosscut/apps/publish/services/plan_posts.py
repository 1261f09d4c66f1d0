"""Putting one piece on its way to several accounts at once, each for itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.produce.models import Piece
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.next_slot import schedule_next
from crosscut.apps.publish.services.schedule import publish_now, schedule
from crosscut.kernel.errors import CrosscutError, Invalid, Problem
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class When:
    """A moment as a person says it."""

    wall_time: datetime  # naive, as clocks show it
    zone: str  # IANA


@dataclass(frozen=True, kw_only=True)
class NextSlot:
    """The first slot of each account that no post has."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one account's post."""

    account: Account
    target: Target | None  # None when it could not be scheduled
    problems: tuple[Problem, ...]  # why not


def plan_posts(by: Member, piece: Piece, accounts: Sequence[Account], when: When | NextSlot | None) -> list[Outcome]:
    """A post for each account, at that time, in its next free slot, or now.

    What stops one does not stop the others; each is told. Raises Invalid when no account was chosen.
    """
    if not accounts:
        raise Invalid.at("account", phrase("Choose at least one account."), code="schedule.no_account")
    return [_planned(by, piece, account, when) for account in accounts]


def _planned(by: Member, piece: Piece, account: Account, when: When | NextSlot | None) -> Outcome:
    try:
        if when is None:
            target = publish_now(by, piece, account)
        elif isinstance(when, NextSlot):
            target = schedule_next(by, piece, account)
        else:
            target = schedule(by, piece, account, wall_time=when.wall_time, zone=when.zone)
    except CrosscutError as error:
        return Outcome(account=account, target=None, problems=error.problems)
    return Outcome(account=account, target=target, problems=())
