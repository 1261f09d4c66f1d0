"""Scheduling what a piece file asks for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.next_slot import schedule_next
from crosscut.apps.publish.services.schedule import schedule
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.piece_file import PieceFile, Schedule
from crosscut.kernel.zones import resolve


def schedule_from_file(by: Member, piece: Piece, file: PieceFile) -> list[Target]:
    """A target for every account the file names. What already stands for the same account and edition is left as it is.

    Raises what `schedule` raises at the first account that does not go; the accounts before it stay scheduled.
    """
    if file.schedule is None:
        return []
    return [
        _target(by, piece, find_account(by, posting.account), posting.at or file.schedule.at, file.schedule)
        for posting in file.schedule.to
    ]


def find_account(by: Member, name: str) -> Account:
    """The account of that name, or the only one of the channel of that name. Raises Invalid naming those there are."""
    accounts = list(accounts_for(by))
    named = [account for account in accounts if account.name.casefold() == name.casefold()]
    of_channel = [account for account in accounts if account.channel == name.casefold()]
    if named or len(of_channel) == 1:
        return (named or of_channel)[0]
    known = ", ".join(account.name for account in accounts) or "none yet"
    raise Invalid.at(
        "schedule.to", phrase("There is no account called {name}. There are: {known}.", name=repr(name), known=known)
    )


def _target(by: Member, piece: Piece, account: Account, at: datetime | None, plan: Schedule) -> Target:
    wall_time = at or timezone.now().astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None, microsecond=0)
    try:
        if plan.when:
            return schedule_next(by, piece, account, after=resolve(at, plan.zone) if at else None)
        return schedule(by, piece, account, wall_time=wall_time, zone=plan.zone)
    except Conflict:
        standing = Target.objects.exclude(state__in=Target.CLOSED_STATES).filter(piece=piece, account=account).first()
        if standing is None:
            raise
        return standing
