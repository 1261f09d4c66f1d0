"""A person's word on a post that is out twice: which one is ours, and what becomes of the other."""

from django.db import models, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Copy, Target
from crosscut.apps.publish.services import parts
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase


class Others(models.TextChoices):
    """What becomes of the posts that are not kept."""

    TAKE_DOWN = "take_down", "Take it down"
    LEAVE = "leave", "Leave it: it is gone already, or it is not ours"


@transaction.atomic
def keep_one(by: Member, target: Target, *, keep: int | None = None, others: str, note: str = "") -> Target:
    """The post with one address. `keep` is the id of the copy that is ours; None for the one known already.

    What is taken down is deleted while the post is proven again, and the post is not green before reading shows that
    it is gone. Raises Conflict when nothing is to be decided, Invalid for a copy that is none of this post's.
    """
    demand(by, "settle")
    row = Target.objects.select_for_update(of=("self",)).get(pk=target.pk, workspace=by.workspace_id)
    copies = list(row.copies.filter(state=Copy.State.OPEN).select_for_update())
    if row.state not in (*Target.LIVE_STATES, Target.State.PARTLY) or not (copies or row.needs_person):
        raise Conflict(phrase("Nothing is to be decided here: it is out once, or not at all."))
    if keep is not None:
        _swap(row, _copy(copies, keep))
    state = Copy.State.REMOVING if others == Others.TAKE_DOWN else Copy.State.LEFT
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(state=state)
    row.needs_person, row.problem, row.next_at, row.proof_tries = False, "", timezone.now(), 0
    row.save(update_fields=["needs_person", "problem", "next_at", "proof_tries", "remote_id", "url"])
    record("post.kept_one", row, by=by, url=row.url, others=str(others), note=note)
    return row


def _copy(copies: list[Copy], keep: int) -> Copy:
    found = next((copy for copy in copies if copy.pk == keep), None)
    if found is None:
        raise Invalid.at("keep", phrase("That is not one of the posts that were found."))
    return found


def _swap(row: Target, copy: Copy) -> None:
    kept = copy.remote_id, copy.url
    known = parts.out_of(row).get(copy.attempt.part) if row.part_count > 1 else None
    if known and parts.answered_in(row, copy):
        raise Conflict(phrase("The next part of the thread answers the other one: keep that."))
    if known:
        copy.remote_id, copy.url = known.remote_id, known.url
        known.remote_id, known.url, known.answer = *kept, copy.attempt.answer
        known.save(update_fields=["remote_id", "url", "answer"])
    else:
        copy.remote_id, copy.url = row.remote_id, row.url
    copy.save(update_fields=["remote_id", "url"])
    if copy.attempt.part == 1:
        row.remote_id, row.url = kept
