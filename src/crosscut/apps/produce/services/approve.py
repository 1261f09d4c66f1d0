"""Approval binds to an edition: to these exact words and bytes, and to nothing that came later."""

from django.db import transaction

from crosscut.apps.accounts.models import ApprovalRule, Member, Role
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.models import Approval, Edition, Piece
from crosscut.apps.produce.services.freeze import freeze
from crosscut.kernel.errors import Conflict, NotAllowed

Decision = Approval.Decision


@transaction.atomic
def ask_for_approval(by: Member, piece: Piece, *, note: str = "") -> Approval:
    """Freezes the piece as it is and asks the seniors to look at it."""
    demand(by, "draft")
    return _decide(by, freeze(piece, by=by), Decision.REQUESTED, note)


@transaction.atomic
def approve(by: Member, edition: Edition, *, note: str = "") -> Approval:
    """A senior's yes to exactly this edition. Raises Conflict when the piece has changed since it was frozen."""
    demand(by, "approve")
    if freeze(edition.piece).pk != edition.pk:
        raise Conflict("The piece changed after this was frozen. Look at the difference and approve the new state.")
    return _decide(by, edition, Decision.APPROVED, note)


@transaction.atomic
def want_changes(by: Member, edition: Edition, *, note: str) -> Approval:
    """A senior's no, with what to change."""
    demand(by, "approve")
    return _decide(by, edition, Decision.CHANGES, note)


@transaction.atomic
def withdraw_approval(by: Member, edition: Edition, *, note: str = "") -> Approval:
    """Takes a yes back. What has not gone out yet will not."""
    demand(by, "approve")
    return _decide(by, edition, Decision.WITHDRAWN, note)


def is_approved(edition: Edition) -> bool:
    """Whether the last word on the edition is a yes by somebody who may still approve here."""
    last = edition.approvals.select_related("member").order_by("-id").first()
    return last is not None and last.decision == Decision.APPROVED and last.member.left_at is None


def needs_approval(member: Member, piece: Piece) -> bool:
    """Whether this member's scheduling of this piece needs a senior's approval of the edition."""
    if piece.workspace.approval_rule == ApprovalRule.EVERYONE:
        return True
    if can(member, "approve"):
        return False
    owns = piece.campaign is not None and piece.campaign.owner_id == member.pk
    return not (member.role == Role.SPECIALIST and owns)


def demand_publishable(member: Member, edition: Edition) -> None:
    """Raises NotAllowed unless the member may send this edition out: approved, or of a kind that needs no approval."""
    if member.role == Role.GUEST:
        raise NotAllowed("Guests cannot schedule posts.")
    if needs_approval(member, edition.piece) and not is_approved(edition):
        raise NotAllowed("This needs a senior's approval before it can be scheduled. Ask for approval first.")


def _decide(by: Member, edition: Edition, decision: Decision, note: str) -> Approval:
    approval = Approval.objects.create(edition=edition, member=by, decision=decision, note=note.strip())
    record(f"piece.{decision.value}", edition.piece, by=by, digest=edition.digest, note=note.strip())
    return approval
