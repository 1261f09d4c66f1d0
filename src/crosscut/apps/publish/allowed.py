"""What somebody may do with a post now: what its buttons are."""

from collections.abc import Callable
from dataclasses import dataclass

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce.models import Edition
from crosscut.apps.produce.services.approve import demand_allowed, demand_publishable
from crosscut.apps.publish.cards import MOVABLE
from crosscut.apps.publish.models import Copy, Target
from crosscut.apps.publish.services.look import LOOKED_AT
from crosscut.apps.publish.services.parts import awaits_comment
from crosscut.kernel.errors import NotAllowed

State = Target.State


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """The actions open to one person on one post. The services check again."""

    can_move: bool  # choose another time, send now
    can_cancel: bool
    can_take_down: bool
    can_settle: bool  # say what became of it
    can_keep_one: bool  # say which of several posts is ours
    can_go_on: bool  # let the rest of a thread that was stopped go out
    can_write_rest: bool  # change what has not gone out of it
    can_leave_out: bool  # let it be live without its first comment
    can_look: bool  # have the channel read now
    why_not: str  # why a post that could be moved cannot be moved by this person; empty otherwise


def allowed_to(member: Member, target: Target) -> Allowed:
    """What the member may do with the target as it is now."""
    is_movable = target.state in MOVABLE and not _asks_which(target)
    why_not = _refusal(demand_publishable, member, target) if is_movable else ""
    is_own = target.created_by_id == member.pk
    is_stopped = target.state == State.PARTLY and target.needs_person
    can_go_on = is_stopped and not _asks_which(target) and not _refusal(demand_publishable, member, target)
    return Allowed(
        can_move=is_movable and not why_not,
        can_cancel=is_movable and not _refusal(demand_allowed, member, target),
        can_take_down=target.state in (*Target.LIVE_STATES, State.PARTLY) and (is_own or can(member, "approve")),
        can_settle=target.state == State.UNKNOWN and can(member, "settle"),
        can_keep_one=_asks_which(target) and can(member, "settle"),
        can_go_on=can_go_on,
        can_write_rest=is_stopped and not _asks_which(target) and can(member, "draft"),
        can_leave_out=can_go_on and awaits_comment(target),
        can_look=target.state in LOOKED_AT,
        why_not=why_not,
    )


def _asks_which(target: Target) -> bool:
    """Whether a person has to say which of several posts is ours."""
    if target.state in (State.PARTLY, State.BLOCKED):
        return target.needs_person and target.copies.filter(state=Copy.State.OPEN).exists()
    return target.state in Target.LIVE_STATES and target.needs_person


def _refusal(demand: Callable[[Member, Edition], None], member: Member, target: Target) -> str:
    try:
        demand(member, target.edition)
    except NotAllowed as error:
        return str(error)
    return ""
