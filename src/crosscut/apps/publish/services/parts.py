"""The parts of a target: which are out, which comes next, and what it answers. A post that is no thread has one.

A first comment is a part like any other, the last one: it answers the post it stands below.

Each part is sent by an attempt of its own, and none before all before it are known to be out. So the ledger's promise
for one post holds for each of them, and nothing of a thread has to be remembered by a process that can die.
"""

from dataclasses import dataclass

from crosscut.apps.produce.threads import first_comment, part_count
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.channels.protocol import Sent

State = Target.State


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What a part answers."""

    parent: Sent | None = None  # the part before it; None for the first
    root: Sent | None = None  # the first part


def is_comment(target: Target, part: int) -> bool:
    """Whether that part is the first comment."""
    return target.has_comment and part == target.part_count


def awaits_comment(target: Target) -> bool:
    """Whether all is out but the first comment."""
    return target.has_comment and target.parts_out == target.part_count - 1


def post_count(target: Target) -> int:
    """How many parts it has without a first comment."""
    return target.part_count - int(target.has_comment)


def out_of(target: Target) -> dict[int, Attempt]:
    """The attempt that made each part which is out, by its number from 1, in order."""
    rows = target.attempts.filter(state__in=Attempt.OUT_STATES).order_by("part")
    return {row.part: row for row in rows}


def next_part(target: Target) -> int:
    """The first part that is not known to be out; one more than there are when all are."""
    known = set(out_of(target)) if target.parts_out else set()
    return next(part for part in range(1, target.part_count + 2) if part not in known)


def chain_of(target: Target, part: int) -> Chain:
    """What that part answers."""
    if part == 1:
        return Chain()
    known = out_of(target)
    return Chain(parent=as_sent(known[part - 1]), root=as_sent(known[1]))


def key_of(target: Target, part: int) -> str:
    """What names the part to the channel, for ever: of the first it is the target's own key."""
    return target.key if part == 1 else f"{target.key}-{part}"


def as_sent(attempt: Attempt) -> Sent:
    """The post that the attempt made, as the channel named it."""
    return Sent(remote_id=attempt.remote_id, url=attempt.url, answer=attempt.answer)


def note_out(target: Target, attempt: Attempt, sent: Sent) -> bool:
    """Counts the part as out. Says whether all are. Does not save; call it with the target locked."""
    if attempt.part == 1:
        target.remote_id, target.url, target.sent_at = sent.remote_id, sent.url, attempt.answered_at
    target.parts_out = 1 if target.part_count == 1 else len(out_of(target))
    return target.parts_out >= target.part_count


def wait_for_turn(target: Target) -> None:
    """Back to where it waited before it was being sent. Does not save."""
    target.state = State.PARTLY if target.parts_out else State.SCHEDULED


def stop(target: Target, state: str, why: str) -> None:
    """Ends the way there: in that state where nothing is out, else a person says what becomes of the rest.

    Does not save.
    """
    target.state, target.problem = State(state), why[:1000]
    if target.parts_out:
        target.state, target.needs_person = State.PARTLY, True


def count(target: Target) -> None:
    """How many parts its edition has on its channel. Does not save."""
    content, slug = target.edition.content, target.account.channel
    target.has_comment = bool(first_comment(content, slug))
    target.part_count = part_count(content, slug) + int(target.has_comment)


def answered_in(target: Target, copy: Copy) -> bool:
    """Whether a later part answers the post which that copy would replace."""
    return copy.attempt.part in out_of(target) and copy.attempt.part + 1 in out_of(target)
