"""Approval binds to an edition: to these exact words and bytes, and to nothing that came later."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from crosscut.apps.accounts.models import ApprovalRule, Member, Role
from crosscut.apps.accounts.permissions import can, demand, roles_that_may
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.approving import (
    Progress,
    is_asked_in,
    is_here,
    makers_of,
    may_speak,
    next_of,
    progress_of,
    steps_of,
)
from crosscut.apps.produce.guests import guests_in_the_way_of
from crosscut.apps.produce.models import Approval, ApprovalStep, Edition, Piece
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
    """A yes to exactly this edition: a senior's, or where its campaign has steps, of who is asked in the next one.

    Raises Conflict when the piece has changed since it was frozen, or nothing is left to approve.
    """
    demand_say(by, edition.piece)
    # Held until the yes is written: nobody can change the piece between the look and the word.
    if freeze(_held(edition.piece_id)).pk != edition.pk:
        raise Conflict(_CHANGED)
    return _decide(by, edition, Decision.APPROVED, note, step=_turn(by, edition))


@transaction.atomic
def want_changes(by: Member, edition: Edition, *, note: str) -> Approval:
    """A no, with what to change. Where the campaign has steps, it stands against every other yes of its step."""
    demand_say(by, edition.piece)
    if not note.strip():
        raise Invalid.at("note", phrase("Say what should change."), code="approval.note")
    return _decide(by, edition, Decision.CHANGES, note, step=_own_step(by, edition))


@transaction.atomic
def withdraw_approval(by: Member, edition: Edition, *, note: str = "") -> Approval:
    """Takes the approval back, in every step: what has not gone out will not. Raises Conflict when there is none."""
    demand_say(by, edition.piece)
    last = edition.approvals.order_by("-id").first()
    yeses = [word for one in _progress(edition) for word in one.yeses]
    if not yeses and (last is None or last.decision != Decision.APPROVED):
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
    demand_say(by, piece)
    edition = freeze_seen(by, piece, digest)
    if decision == Decision.APPROVED:
        return approve(by, edition, note=note)
    if decision == Decision.CHANGES:
        return want_changes(by, edition, note=note)
    return withdraw_approval(by, edition, note=note)


def demand_say(by: Member, piece: Piece) -> None:
    """Raises NotAllowed unless the member may say yes or no here: a senior, or who is asked by the piece's campaign."""
    if not (can(by, "approve") or steps_of(piece.campaign).filter(people=by).exists()):
        demand(by, "approve")


def is_approved(edition: Edition) -> bool:
    """Whether all is said that is asked for: every step's yes where the campaign has steps, else a senior's."""
    return edition.pk in _approved([edition], progress_of([edition]))


def _approved(editions: Sequence[Edition], progress: Mapping[int, tuple[Progress, ...]]) -> set[int]:
    """The ids of those of the editions that are approved; `progress` knows them all."""
    ids = {edition.pk for edition in editions}
    plain = ids - progress.keys()
    words = Approval.objects.filter(edition__in=plain).select_related("member__user")
    last = words.order_by("edition_id", "-id").distinct("edition_id")
    approved = {word.edition_id for word in last if word.decision == Decision.APPROVED and holds(word)}
    return approved | {pk for pk in ids & progress.keys() if next_of(progress[pk]) is None}


def standing_in_steps(piece: Piece) -> tuple[Progress, ...]:
    """How the piece as it is now stands in its campaign's steps: nobody has said yes to what nobody saw."""
    now = piece.editions.filter(digest=digests_of([piece])[piece.pk]).select_related("piece").first()
    if now:
        return _progress(now)
    return tuple(Progress(step=step, yeses=(), objections=()) for step in steps_of(piece.campaign))


def holds(word: Approval) -> bool:
    """Whether who said it could say it then and still can: still a member, still signing in, still senior enough.

    A yes counts for what goes out from now on, so it is worth as much as the person's standing now; and making somebody
    senior later does not turn what they said before into an approval. Who is named in a step needs no rank for it.
    """
    by = word.member
    if word.step and word.step.people.all():
        return may_speak(by, word.step)
    return is_here(by) and word.role in roles_that_may("approve") and can(by, "approve")


def needs_approval(member: Member, piece: Piece) -> bool:
    """Whether this member's scheduling of this piece needs the edition to be approved; with steps everybody's does."""
    return _needs_senior(member, piece) or steps_of(piece.campaign).exists()


def _needs_senior(member: Member, piece: Piece) -> bool:
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
    _demand(*unpublishable([(member, edition)]))


def unpublishable(asked: Sequence[tuple[Member, Edition]]) -> list[str]:
    """Why each member may not send the edition out, in order; empty where they may."""
    waited_for = guests_in_the_way_of(edition for _member, edition in asked)
    return [
        why or _why_guests(waited_for.get(edition.pk, []))
        for (_member, edition), why in zip(asked, _not_allowed(asked), strict=True)
    ]


def demand_allowed(member: Member, edition: Edition) -> None:
    """The same without the guests: enough to take a post off the calendar, which no guest may hinder."""
    _demand(*_not_allowed([(member, edition)]))


def _not_allowed(asked: Sequence[tuple[Member, Edition]]) -> list[str]:
    progress = progress_of([edition for _member, edition in asked])
    needing = [one for member, one in asked if one.pk in progress or _needs_senior(member, one.piece)]
    waiting = {edition.pk for edition in needing} - _approved(needing, progress)
    return [
        _why_not(member, progress.get(edition.pk, ()), is_waiting=edition.pk in waiting) for member, edition in asked
    ]


def _why_not(member: Member, progress: tuple[Progress, ...], *, is_waiting: bool) -> str:
    if member.role == Role.GUEST:
        return phrase("Guests cannot schedule posts.")
    if not is_waiting:
        return ""
    turn = next_of(progress)
    if turn is None:
        return phrase("This needs a senior's approval before it can be scheduled. Ask for approval first.")
    return phrase("Before it can be scheduled it needs a yes in the step “{step}”.", step=turn.step.name)


def _why_guests(names: Sequence[str]) -> str:
    if not names:
        return ""
    return phrase("{who} has not approved exactly this. Wait for the guest, or end the sharing.", who=", ".join(names))


def _demand(why: str) -> None:
    if why:
        raise NotAllowed(why)


def _progress(edition: Edition) -> tuple[Progress, ...]:
    return progress_of([edition]).get(edition.pk, ())


def _turn(by: Member, edition: Edition) -> ApprovalStep | None:
    """The step in which the member says yes now; None where the campaign has none."""
    progress = _progress(edition)
    if not progress:
        return None
    waiting = next_of(progress)
    if waiting is None:
        raise Conflict(phrase("Everybody who is asked has approved this already."))
    makers, step = makers_of([edition.piece])[edition.piece_id], waiting.step
    if is_asked_in(by, waiting, makers):
        return step
    if may_speak(by, step) and step.four_eyes and by.pk in makers:
        raise NotAllowed(phrase("Whoever wrote a piece cannot approve it in the step “{step}”.", step=step.name))
    raise NotAllowed(phrase("It waits for the step “{step}”, in which nothing is asked of you now.", step=step.name))


def _own_step(by: Member, edition: Edition) -> ApprovalStep | None:
    """The step in which the member's no stands: the one whose turn it is, else the first of theirs."""
    progress = _progress(edition)
    own = [one for one in progress if may_speak(by, one.step)]
    if progress and not own:
        raise NotAllowed(phrase("No step asks you. A senior can take the whole approval back."))
    return next((one.step for one in own if not one.is_done), own[0].step if own else None)


def _held(piece_id: int) -> Piece:
    """The piece as the database has it now, held until the transaction ends."""
    return Piece.objects.select_for_update().get(pk=piece_id)


def _decide(
    by: Member, edition: Edition, decision: Decision, note: str, *, step: ApprovalStep | None = None
) -> Approval:
    words = note.strip()[:5000]
    approval = Approval.objects.create(
        edition=edition, member=by, role=by.role, decision=decision, note=words, step=step
    )
    about = {"step": step.name} if step else {}
    record(f"piece.{decision.value}", edition.piece, by=by, digest=edition.digest, note=words, **about)
    return approval
