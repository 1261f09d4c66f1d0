"""What only a person can say: whether a letter whose answer was lost has arrived."""

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import target_for
from crosscut.apps.readers.models import Letter, Mailing
from crosscut.apps.readers.queries import letters_for
from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase

State = Letter.State


@transaction.atomic
def say_arrived(by: Member, post_id: int, letter_ids: list[int]) -> int:
    """These unknown letters count as taken. Returns how many. Raises Conflict when one of them is unknown no more."""
    rows = _unknown(by, post_id, letter_ids)
    told = {"state": State.ACCEPTED, "settled_by": by, "answered_at": timezone.now()}
    Letter.objects.filter(pk__in=[row.pk for row in rows]).update(**told, answer=f"Told by {by}.")
    record("letters.settled", target_for(by, post_id), by=by, letters=len(rows), arrived=True)
    return len(rows)


@transaction.atomic
def send_again(by: Member, post_id: int, letter_ids: list[int]) -> int:
    """These unknown letters go out once more, because somebody says that they did not arrive. Returns how many.

    Raises Conflict when one is unknown no more, or the issue is out no longer.
    """
    target = target_for(by, post_id)
    rows = _unknown(by, post_id, letter_ids)
    if target.state not in Target.LIVE_STATES:
        raise Conflict(phrase("This issue is not out: no letters of it go out."))
    now = timezone.now()
    told = {"state": State.WAITING, "settled_by": by, "next_at": now, "answer": f"Sent again by {by}."}
    Letter.objects.filter(pk__in=[row.pk for row in rows]).update(**told, first_at=None)
    Mailing.objects.filter(target=target).update(state=Mailing.State.GOING, next_at=now, ended_at=None)
    record("letters.settled", target, by=by, letters=len(rows), arrived=False)
    return len(rows)


def _unknown(by: Member, post_id: int, letter_ids: list[int]) -> list[Letter]:
    demand(by, "settle")
    wanted = letters_for(by, post_id).filter(pk__in=letter_ids, state=State.UNKNOWN)
    rows = list(wanted.select_for_update(of=("self",)))
    if not rows or len(rows) < len(set(letter_ids)):
        raise Conflict(phrase("Some of these letters are not unknown any more. Look at the list again."))
    return rows
