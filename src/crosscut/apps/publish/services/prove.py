"""Proof: what the public sees, fetched back and compared with what was sent."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for
from crosscut.apps.publish.models import Attempt, Copy, Proof, Target
from crosscut.apps.publish.services import copies, parts
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.services.takedowns import close_for_post, open_for_post
from crosscut.apps.publish.services.which import is_anothers, made_since, which_post
from crosscut.apps.publish.timing import timing
from crosscut.channels.markup import plain
from crosscut.channels.protocol import Adapter, Context, Post, Seen, Sent
from crosscut.channels.registry import adapter, is_by_hand, is_unreadable
from crosscut.kernel.errors import CrosscutError, Unsupported

State = Target.State
Verdict = Proof.Verdict
_REMOVE_AGAIN_S = 60.0  # between two tries to take a second post down
_log = structlog.get_logger(__name__)
_COMMENT = "first comment"
_FEWEST_WORDS = 4  # in a row, that show a page to be about this post
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One compared part of a post."""

    part: str  # "text", "title", "link", "media 1", "alt text 1"
    sent: str
    seen: str
    is_same: bool
    is_read: bool = True  # False: the channel does not show it, or not all of it, to the public
    note: str = ""  # what the channel is known to change, or what could not be read


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one look at the channel gave."""

    proof: Proof  # not stored
    named: Sent | None = None  # which post it is, where only a person had seen it, or its name was provisional
    named_parts: Mapping[int, Sent] = field(default_factory=dict)  # the same of a thread's parts after the first
    removal: copies.Removal = field(default_factory=copies.Removal)  # of second posts that were to go


def prove(target_id: int) -> Proof | None:
    """Reads a sent target back as the public, writes the proof and says when to look again.

    Where only a person has seen the post, the channel is asked first which one it is. Second posts that a person wants
    gone are taken down.
    """
    target = _claim(target_id)
    if target is None:
        return None
    reading = _read(target)
    return patiently(lambda: _write_down(target, reading))


def compare(post: Post, seen: Seen) -> tuple[Part, ...]:
    """What was sent beside what is seen, part by part.

    Words are compared in order, without markup, case and punctuation: a page may say more around them, and must not say
    less. Files are the same when their hashes are, or when the channel says that it re-encodes them. What the channel
    does not show to the public is never taken for the same, nor for a difference.
    """
    parts = [_text(plain(post.text), seen)]
    if post.title and seen.title:
        parts.append(_words("title", post.title, seen.title))
    if post.link:
        parts.append(_link(post, seen))
    if post.media and "media" in seen.unread:
        note = "Pictures, films and sound cannot be compared there."
        parts.append(Part(part="media", sent=str(len(post.media)), seen="", is_same=False, is_read=False, note=note))
    elif post.media:
        count = len(post.media)
        parts.append(Part(part="media", sent=str(count), seen=str(len(seen.media)), is_same=len(seen.media) >= count))
    for number, (sent, shown) in enumerate(zip(post.media, seen.media, strict=False), start=1):
        if shown.alt_text is not None:
            parts.append(_words(f"alt text {number}", sent.alt_text, shown.alt_text))
        if shown.sha256:
            parts.append(_file(number, sent.sha256, shown.sha256, changes="; ".join(seen.changes)))
    return tuple(parts)


def _read(target: Target) -> Reading:
    """What is seen now; unreadable also for a fault inside the adapter."""
    try:
        with ExitStack() as files, context_for(target.account) as context:
            if target.part_count > 1:
                return _thread_looked(context, target, files)
            return _looked(context, target, post_of(target, files))
    except CrosscutError as error:
        note = str(error)
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not leave the post without a proof of any kind
        _log.exception("channel_fault", channel=target.account.channel, target=target.pk)
        note = f"Reading broke off: {type(error).__name__}."
    return Reading(proof=_unreadable(target, note))


def _looked(context: Context, target: Target, post: Post) -> Reading:
    place = adapter(target.account.channel)
    named = None if target.remote_id else which_post(place, context, target, post)
    remote_id = target.remote_id or (named.remote_id if named else "")
    seen = place.read(context, remote_id) if remote_id else None
    if seen and seen.remote_id != remote_id:  # until now it went by a provisional name
        named = Sent(remote_id=seen.remote_id, url=seen.url)
    extra = target.copies.filter(state=Copy.State.REMOVING).exclude(remote_id__in=["", remote_id])
    removal = copies.take_down(place, context, extra if seen else ())  # never the last one that is there
    return Reading(proof=_proof(target, post, seen), named=named, removal=removal)


def _thread_looked(context: Context, target: Target, files: ExitStack) -> Reading:
    """Every part that is out, each compared by itself and with the one it answers."""
    place, named = adapter(target.account.channel), dict[int, Sent]()
    compared: list[Part] = []
    count, first = 0, ""
    for number, made in parts.out_of(target).items():
        post = post_of(target, files, number)
        if parts.is_comment(target, number):
            compared.append(_comment_compared(place, context, post, made))
            continue
        found = None if made.remote_id else which_post(place, context, target, post, made)
        remote_id = found.remote_id if found else made.remote_id
        seen = place.read(context, remote_id) if remote_id else None
        named |= {number: found} if found else {}
        first = first or (seen.url if seen and number == 1 else "")
        count += seen is not None
        found_there = _part_compared(post, seen, made.url)
        is_alone = parts.post_count(target) == 1
        compared += [one if is_alone else replace(one, part=f"{number}: {one.part}") for one in found_there]
    extra = target.copies.filter(state=Copy.State.REMOVING).exclude(remote_id="")
    removal = copies.take_down(place, context, extra if count else ())  # never the last one that is there
    verdict = _verdict(tuple(compared)) if count else Verdict.MISSING
    proof = Proof(
        target=target, verdict=verdict, url=first or target.url, parts=[asdict(one) for one in compared if count]
    )
    return Reading(proof=proof, named=named.pop(1, None), named_parts=named, removal=removal)


def _part_compared(post: Post, seen: Seen | None, url: str) -> tuple[Part, ...]:
    if seen is None:
        return (Part(part="post", sent=url or post.key, seen="", is_same=False),)
    if post.parent is None or seen.answers is None:
        return compare(post, seen)
    is_same = seen.answers == post.parent.remote_id
    chain = Part(part="answers", sent=post.parent.remote_id, seen=seen.answers, is_same=is_same)
    return (*compare(post, seen), chain)


def _comment_compared(place: Adapter, context: Context, post: Post, made: Attempt) -> Part:
    """The first comment beside what is seen of it; a login that may not read comments says nothing of the post."""
    try:
        found = None if made.remote_id else place.find(context, post, since=made_since(made))
        remote_id = found.remote_id if found else made.remote_id
        seen = place.read(context, remote_id) if remote_id else None
    except Unsupported as error:
        return Part(part=_COMMENT, sent=post.text, seen="", is_same=False, is_read=False, note=str(error))
    if seen is None:
        return Part(part=_COMMENT, sent=post.text, seen="", is_same=False)
    return _words(_COMMENT, post.text, seen.text)


def _unreadable(target: Target, note: str) -> Proof:
    return Proof(target=target, verdict=Verdict.UNREADABLE, parts=[{"part": "reading", "note": note}])


def _proof(target: Target, post: Post, seen: Seen | None) -> Proof:
    if seen is None:
        return Proof(target=target, verdict=Verdict.MISSING, url=target.url)
    parts = compare(post, seen)
    verdict = _verdict(parts)
    return Proof(target=target, verdict=verdict, url=seen.url or target.url, parts=[asdict(part) for part in parts])


def _verdict(parts: tuple[Part, ...]) -> Verdict:
    """A difference counts wherever it is; as sent is what was read wholly, and partly what was read in part."""
    if any(part.is_read and not part.is_same for part in parts):
        return Verdict.DIFFERS
    if all(part.is_read for part in parts):
        return Verdict.SAME
    return Verdict.PARTLY if any(part.is_same for part in parts) else Verdict.UNREADABLE


@transaction.atomic
def _claim(target_id: int) -> Target | None:
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    target = (
        rows.select_related("edition", "account__workspace", "workspace")
        .filter(pk=target_id, state__in=Target.LIVE_STATES, next_at__lte=timezone.now())
        .first()
    )
    if target is not None:
        Target.objects.filter(pk=target_id).update(next_at=timezone.now() + timedelta(seconds=timing().lease_s))
    return target


@transaction.atomic
def _write_down(target: Target, reading: Reading) -> Proof | None:
    rows = Target.objects.select_for_update(of=("self", "account")).select_related("workspace", "account")
    row = rows.get(pk=target.pk)  # the account is locked: of two posts with the same words one takes a name, not both
    if row.state not in Target.LIVE_STATES or row.remote_id != target.remote_id:
        return None
    copies.mark_gone(reading.removal)
    if reading.removal.gone:
        record("post.copy_removed", row, by=row.workspace)
    proof = _learn(row, reading)
    proof.pk = None  # a repeat after a lost answer stores it anew
    proof.save()
    waits, before = timing(), row.state
    is_fine = proof.verdict in (Verdict.SAME, Verdict.PARTLY)
    row.proof_tries = 0 if is_fine else row.proof_tries + 1
    is_final = row.proof_tries >= len(waits.proof_s)
    has_copies = copies.pending(row).exists()
    if proof.verdict == Verdict.SAME and not row.needs_person and not has_copies:
        row.state, row.problem = State.PROVEN, ""
    elif proof.verdict == Verdict.SAME:
        row.state = State.SENT  # there, and perhaps twice: not green until a person has looked
    elif proof.verdict == Verdict.PARTLY:
        row.problem = row.problem if row.needs_person else ""
    elif proof.verdict == Verdict.UNREADABLE and not _is_shown(row.account.channel):
        pass  # a person's word, or the channel's, stands, and is shown as no more than that
    elif proof.verdict != Verdict.UNREADABLE or before == State.SENT:
        row.state, row.problem = State.SENT, _what_is_wrong(proof) if is_final else row.problem
    _keep_task(row, reading.removal, has_copies=has_copies)
    if has_copies and not row.needs_person:
        row.problem = f"The second post is not gone yet. {reading.removal.problem}".strip()[:1000]
    wait_s = waits.reproof_s if is_final or is_fine else waits.proof_s[row.proof_tries]
    row.next_at = timezone.now() + timedelta(seconds=min(wait_s, _REMOVE_AGAIN_S) if has_copies else wait_s)
    row.url = row.url or proof.url
    row.save(update_fields=["state", "problem", "proof_tries", "next_at", "url", "remote_id", "needs_person"])
    if row.state != before:
        record("post.proven" if row.state == State.PROVEN else "post.no_longer_proven", row, by=row.workspace)
    return proof


def _keep_task(row: Target, removal: copies.Removal, *, has_copies: bool) -> None:
    """A second post that no program may take down is a person's task, until it is gone."""
    if has_copies and removal.needs_hand:
        listed = ", ".join(copy.url or copy.remote_id for copy in copies.pending(row))
        open_for_post(row, f"Take the second post down: {listed}. {removal.problem}")
    elif removal.gone and not has_copies:
        close_for_post(row)


def _learn(row: Target, reading: Reading) -> Proof:
    """Keeps the channel's own name for the post where it was not known; a name that another post has is no news."""
    for part, sent in reading.named_parts.items():
        row.attempts.filter(state__in=Attempt.OUT_STATES, remote_id="", part=part).update(
            remote_id=sent.remote_id, url=sent.url, answer=dict(sent.answer)
        )
    named = reading.named
    if named is None:
        return reading.proof
    if is_anothers(row, named):
        row.needs_person, row.problem = True, f"What was found at {row.url} is known as another post. Please look."
        return _unreadable(row, row.problem)
    row.remote_id, row.url = named.remote_id, named.url or row.url
    unnamed = row.attempts.filter(state=Attempt.State.CONFIRMED, remote_id="", part=1)
    unnamed.update(remote_id=named.remote_id, answer=dict(named.answer))
    copies.forget_copy(row, named)
    return reading.proof


def _is_shown(channel: str) -> bool:
    """Whether a program can expect to read there what the public sees."""
    return not (is_by_hand(channel) or is_unreadable(channel))


def _what_is_wrong(proof: Proof) -> str:
    if proof.verdict == Verdict.MISSING:
        return "The channel took it, and the public cannot see it."
    if proof.verdict == Verdict.UNREADABLE:
        return f"The channel took it, and what the public sees could not be read: {proof.parts[0]['note']}"[:1000]
    different = ", ".join(part["part"] for part in proof.parts if part["is_read"] and not part["is_same"])
    return f"What the public sees differs from what was sent: {different}."


def _text(sent: str, seen: Seen) -> Part:
    """The post's text. Of a page that shows a part, as many of its first words as are there count as read."""
    whole, wanted = _words("text", sent, seen.text), _WORD.findall(sent.casefold())
    if seen.is_part and not seen.is_certain and len(wanted) < _FEWEST_WORDS:
        return replace(whole, is_same=False, is_read=False, note="It has too few words to be told by them.")
    if whole.is_same or not seen.is_part:
        return whole
    shown = f" {' '.join(_WORD.findall(seen.text.casefold()))} "
    count = next((n for n in range(len(wanted), 0, -1) if f" {' '.join(wanted[:n])} " in shown), 0)
    if count >= _FEWEST_WORDS:
        note = f"Only the first {count} of {len(wanted)} words can be read there."
        return replace(whole, is_same=True, is_read=False, note=note)
    if seen.is_certain:
        return whole
    return replace(whole, is_read=False, note="What can be read there without signing in has none of these words.")


def _words(part: str, sent: str, seen: str) -> Part:
    wanted, shown = _WORD.findall(sent.casefold()), _WORD.findall(seen.casefold())
    is_same = not wanted or f" {' '.join(wanted)} " in f" {' '.join(shown)} "
    return Part(part=part, sent=sent, seen=seen, is_same=is_same)


def _link(post: Post, seen: Seen) -> Part:
    is_same = post.link in (seen.link, seen.text) or post.link in seen.text
    return Part(part="link", sent=post.link, seen=seen.link, is_same=is_same, is_read=is_same or not seen.is_part)


def _file(number: int, sent: str, seen: str, *, changes: str) -> Part:
    return Part(part=f"file {number}", sent=sent, seen=seen, is_same=sent == seen or bool(changes), note=changes)
