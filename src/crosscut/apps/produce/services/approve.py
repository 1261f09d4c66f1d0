"""Approval binds to an edition: to these exact words and bytes, and to nothing that came later."""

from django.db import transaction

from crosscut.apps.accounts.models import ApprovalRule, Member, Role
from crosscut.apps.accounts.permissions import can, demand, roles_that_may
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.guests import guests_in_the_way
from crosscut.apps.produce.models import Approval, Edition, Piece
from crosscut.apps.produce.services.freeze import digests_of, freeze
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed
from crosscut.kernel.phrases import phrase

Decision = Approval.Decision
_CHANGED = phrase("The piece changed after this was frozen. Look at the difference and approve the new state.")


@transaction.atomic
def freeze_seen(by: Member, piece: Piece, digest: str) -> Edition:
    """The edition of the piece as it is now, when that is what the person looked at. Raises Conflict when it is not."""
    edition = freeze(_held(piece.pk), by=by)
    if edition.digest != digest:
        raise Conflict(_CHANGED)
    return edition


@transaction.atomic
def ask_for_approval(by: Member, piece: Piece, *, note: str = "") -> Approval:
    """Freezes the piece as it is and asks the seniors to look at it."""
    demand(by, "draft")
    return _decide(by, freeze(_held(piece.pk), by=by), Decision.REQUESTED, note)


@transaction.atomic
def approve(by: Member, edition: Edition, *, note: str = "") -> Approval:
    """A senior's yes to exactly this edition. Raises Conflict when the piece has changed since it was frozen."""
    demand(by, "approve")
    # Held until the yes is written: nobody can change the piece between the look and the word.
    if freeze(_held(edition.piece_id)).pk != edition.pk:
        raise Conflict(_CHANGED)
    return _decide(by, edition, Decision.APPROVED, note)


@transaction.atomic
def want_changes(by: Member, edition: Edition, *, note: str) -> Approval:
    """A senior's no, with what to change."""
    demand(by, "approve")
    if not note.strip():
        raise Invalid.at("note", phrase("Say what should change."), code="approval.note")
    return _decide(by, edition, Decision.CHANGES, note)


@transaction.atomic
def withdraw_approval(by: Member, edition: Edition, *, note: str = "") -> Approval:
    """Takes a yes back. What has not gone out yet will not. Raises Conflict when there is no yes to take back."""
    demand(by, "approve")
    last = edition.approvals.order_by("-id").first()
    if last is None or last.decision != Decision.APPROVED:
        raise Conflict(phrase("This state is not approved, so there is nothing to take back."))
    return _decide(by, edition, Decision.WITHDRAWN, note)


@transaction.atomic
def say(by: Member, piece: Piece, decision: str, *, digest: str = "", note: str = "") -> Approval:
    """One of the words above, about the piece as the person saw it: `digest` names that; asking needs none.

    Raises Conflict when the piece is not that any more, Invalid for a word there is none of.
    """
    if decision == Decision.REQUESTED:
        return ask_for_approval(by, piece, note=note)
    if decision not in Decision.values:
        raise Invalid.at(
            "decision", phrase("Nobody knows the word {decision}.", decision=repr(decision)), code="approval.decision"
        )
    demand(by, "approve")
    edition = freeze_seen(by, piece, digest)
    if decision == Decision.APPROVED:
        return approve(by, edition, note=note)
    if decision == Decision.CHANGES:
        return want_changes(by, edition, note=note)
    return withdraw_approval(by, edition, note=note)


def is_approved(edition: Edition) -> bool:
    """Whether the last word on the edition is a yes by somebody who may still approve here."""
    last = edition.approvals.select_related("member__user").order_by("-id").first()
    return last is not None and last.decision == Decision.APPROVED and holds(last)


def holds(word: Approval) -> bool:
    """Whether who said it could approve then and still can: still a member, still signing in, still senior enough.

    A yes counts for what goes out from now on, so it is worth as much as the person's standing now; and making somebody
    senior later does not turn what they said before into an approval.
    """
    by = word.member
    could = word.role in roles_that_may("approve")
    return could and can(by, "approve") and by.left_at is None and by.user.is_active


def needs_approval(member: Member, piece: Piece) -> bool:
    """Whether this member's scheduling of this piece needs a senior's approval of the edition."""
    if piece.workspace.approval_rule == ApprovalRule.EVERYONE:
        return True
    if can(member, "approve"):
        return False
    owns = piece.campaign is not None and piece.campaign.owner_id == member.pk
    return not (member.role == Role.SPECIALIST and owns)


def may_schedule(member: Member, piece: Piece) -> bool:
    """Whether the member may put the piece on its way as it is now, as far as approval goes."""
    if not needs_approval(member, piece):
        return True
    now = piece.editions.filter(digest=digests_of([piece])[piece.pk]).first()
    return now is not None and is_approved(now)


def demand_publishable(member: Member, edition: Edition) -> None:
    """Raises NotAllowed unless the member may send this edition out: approved by the house where that is needed, and
    by every guest who is asked to."""
    demand_allowed(member, edition)
    if names := guests_in_the_way(edition):
        who = ", ".join(names)
        raise NotAllowed(
            phrase("{who} has not approved exactly this. Wait for the guest, or end the sharing.", who=who)
        )


def demand_allowed(member: Member, edition: Edition) -> None:
    """The same without the guests: enough to take a post off the calendar, which no guest may hinder."""
    if member.role == Role.GUEST:
        raise NotAllowed(phrase("Guests cannot schedule posts."))
    if needs_approval(member, edition.piece) and not is_approved(edition):
        raise NotAllowed(phrase("This needs a senior's approval before it can be scheduled. Ask for approval first."))


def _held(piece_id: int) -> Piece:
    """The piece as the database has it now, held until the transaction ends."""
    return Piece.objects.select_for_update().get(pk=piece_id)


def _decide(by: Member, edition: Edition, decision: Decision, note: str) -> Approval:
    approval = Approval.objects.create(
        edition=edition, member=by, role=by.role, decision=decision, note=note.strip()[:5000]
    )
    record(f"piece.{decision.value}", edition.piece, by=by, digest=edition.digest, note=note.strip()[:5000])
    return approval
