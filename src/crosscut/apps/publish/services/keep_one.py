"""A person's word on a post that is out twice: which one is ours, and what becomes of the other."""

from django.db import models, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Copy, Target
from crosscut.apps.publish.services import parts, stage
from crosscut.apps.publish.services.answers import adopt
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase

State = Target.State


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
    rows = Target.objects.select_for_update(of=("self",)).select_related("account", "workspace", "piece")
    row = rows.get(pk=target.pk, workspace=by.workspace_id)
    copies = list(row.copies.filter(state=Copy.State.OPEN).select_for_update())
    is_planned = row.state == State.BLOCKED and bool(copies)
    is_out = row.state in (*Target.LIVE_STATES, State.PARTLY) and bool(copies or row.needs_person)
    if not (is_planned or is_out):
        raise Conflict(phrase("Nothing is to be decided here: it is out once, or not at all."))
    if is_planned:
        _decide_planned(row, None if keep is None else _copy(copies, keep))
    elif keep is not None:
        _swap(row, _copy(copies, keep))
    state = Copy.State.REMOVING if others == Others.TAKE_DOWN else Copy.State.LEFT
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(state=state)
    row.needs_person, row.problem, row.proof_tries = False, "", 0
    row.next_at = row.next_at if row.state == State.SCHEDULED else timezone.now()
    row.save(update_fields=["needs_person", "problem", "next_at", "proof_tries", "remote_id", "url"])
    record("post.kept_one", row, by=by, url=row.url, others=str(others), note=note)
    return row


def _decide_planned(row: Target, kept: Copy | None) -> None:
    """One that has not left: it goes out as planned, and the other goes after that; or the other stands for it."""
    if kept is not None:
        adopt(row, kept)
        return
    row.state, row.next_at = State.SCHEDULED, stage.begins_at(row.account, row.due_at)
    row.save(update_fields=["state", "next_at"])


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
