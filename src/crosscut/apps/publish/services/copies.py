"""Second posts of a target: written down when an answer tells of one, taken down when a person says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.channels.protocol import Adapter, Context, Sent
from crosscut.kernel.errors import CrosscutError, Unsupported

_SEEN = "It can still be seen."
TWICE = "It may be out twice: the answer to an earlier try came late and names {}. Please look, and take one down."

HAS_TWIN = "It went out after all, at {}. Another post of this piece has its place: which one stays is said there."


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What became of taking copies down."""

    gone: tuple[int, ...] = ()  # ids of the copies that reading shows to be gone
    problem: str = ""  # why the first of the others may still be there
    needs_hand: bool = False  # no program may take one of them down


def is_same_post(known: Target | Attempt | Copy, sent: Sent) -> bool:
    """Whether both name one post: by the channel's name for it, or by its address where only a person saw it."""
    has_same_url = bool(sent.url) and known.url == sent.url
    return known.remote_id == sent.remote_id if known.remote_id and sent.remote_id else has_same_url


def note_copy(target: Target, attempt: Attempt, sent: Sent, *, state: Copy.State = Copy.State.OPEN) -> Copy:
    """The second post, written down once however often it is told."""
    told = {"attempt": attempt, "url": sent.url, "state": state}
    copy, _is_new = Copy.objects.get_or_create(target=target, remote_id=sent.remote_id, defaults=told)
    return copy


def forget_copy(target: Target, sent: Sent) -> None:
    """What was taken for a second post is the one that counts."""
    forget_copies({target.pk: sent})


def forget_copies(sent: Mapping[int, Sent]) -> dict[int, str]:
    """The same for many, by the target's id; says what a person is still asked to look at, where there is anything."""
    known = list(Copy.objects.filter(target__in=sent, state__in=Copy.PENDING_STATES))
    same = {copy.pk for copy in known if is_same_post(copy, sent[copy.target_id])}
    if same:
        Copy.objects.filter(pk__in=same).delete()
    left = [copy for copy in known if copy.pk not in same and copy.state == Copy.State.OPEN]
    return {copy.target_id: _words(copy) for copy in reversed(left)}  # of several the oldest


def pending(target: Target) -> QuerySet[Copy]:
    """The copies that stand between the target and green, oldest first."""
    return target.copies.filter(state__in=Copy.PENDING_STATES)


def words_for(target: Target) -> str:
    """What a person is asked to look at; empty when there is nothing."""
    first = target.copies.filter(state=Copy.State.OPEN).first()
    return _words(first) if first else ""


def _words(copy: Copy) -> str:
    return TWICE.format(copy.url or copy.remote_id)


def take_down(channel: Adapter, context: Context, copies: Iterable[Copy]) -> Removal:
    """Deletes each copy on its channel, and believes it only when reading shows that it is gone."""
    gone: list[int] = []
    problem, needs_hand = "", False
    for copy in copies:
        try:
            words = _delete(channel, context, copy)
            is_gone = channel.read(context, copy.remote_id) is None
        except CrosscutError as error:
            problem = problem or str(error)
        else:
            gone += [copy.pk] if is_gone else []
            problem = problem or ("" if is_gone else words)
            needs_hand = needs_hand or (not is_gone and words != _SEEN)
    return Removal(gone=tuple(gone), problem=problem, needs_hand=needs_hand)


def _delete(channel: Adapter, context: Context, copy: Copy) -> str:
    """What to say while it can still be seen. Where only a person can take it down, reading tells when that is done."""
    try:
        channel.delete(context, copy.remote_id)
    except Unsupported as error:
        return str(error)
    return _SEEN


def mark_gone(removal: Removal) -> None:
    """Writes down what is gone. Safe to repeat."""
    Copy.objects.filter(pk__in=removal.gone).update(state=Copy.State.REMOVED)
