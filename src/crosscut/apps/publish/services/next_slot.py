"""A post in the next free slot of its account, which nobody else gets."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.produce.models import Piece
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.slots import next_free

NEXT = "next free slot"  # how piece files and programs say it


@transaction.atomic
def schedule_next(
    by: Member, piece: Piece, account: Account, *, after: datetime | None = None, occurrence: int = 0
) -> Target:
    """A post of the piece in the account's first free slot from `after` (aware) or now on.

    Whoever asks at the same moment waits until this post stands, and gets the slot after it. Raises what `next_free`
    and `schedule` raise.
    """
    one_asker_at_a_time(account)
    place = next_free(account, after=after)
    return schedule(by, piece, account, wall_time=place.wall_time, zone=place.zone, occurrence=occurrence)


def one_asker_at_a_time(account: Account) -> None:
    """Waits until nobody else looks for a slot of the account; lasts until the transaction ends."""
    about: list[Any] = [f"slots of account {account.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", about)
