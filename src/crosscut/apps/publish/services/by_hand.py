"""A person posts: takes a post, and says where it is, that it has no link, or that they did not post it.

    handed → sending: attempt "sent", theirs → sent: confirmed with the link → proven, as far as it can be read

From the moment somebody takes it, it may be out: that is committed before they begin, and the one open attempt of a
target is a lock that everybody sees. Who says nothing leaves it unknown, and a person is asked.
"""

from contextlib import ExitStack
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.services import Question, blocking_of
from crosscut.apps.produce.services.approve import demand_publishable
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.queries import hold_on
from crosscut.apps.publish.services import copies, settle
from crosscut.apps.publish.services.answers import Taken, accept
from crosscut.apps.publish.services.post import digest_of, files_of, post_of
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Post, Sent
from crosscut.channels.registry import is_by_hand
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, Unsupported
from crosscut.kernel.phrases import phrase

State = Target.State
_OPEN = (Attempt.State.SENT, Attempt.State.UNKNOWN)


def take(by: Member, target: Target) -> Target:
    """The target in this person's hands alone; theirs already is fine.

    Raises Conflict naming who has it, or why it must not go out now.
    """
    demand(by, "draft")
    demand_by_hand(target)
    with ExitStack() as files:
        post = post_of(target, files)
    return _take(by, target, post)


@transaction.atomic
def give_back(by: Member, target: Target, *, note: str = "") -> Target:
    """Nothing was posted: the target waits for a person again. Whoever took it says so, or a senior."""
    demand(by, "draft")
    row = _locked(by, target)
    attempt = _open_attempt(row)
    if attempt is None:
        raise Conflict(phrase("Nobody has this: it is {state}.", state=row.get_state_display().lower()))
    _demand_theirs(by, attempt)
    words = f"{by} did not post it. {note}".strip()
    settle.release(row, attempt, words[:1000])
    record("post.given_back", row, by=by, note=note)
    return row


def confirm(by: Member, target: Target, *, url: str = "", why_no_link: str = "") -> Target:
    """The target, posted: at that address, or by this person's word where there can be none.

    Raises Invalid for an address that is no post's there, NotAllowed where somebody else has it, and Conflict when it
    was said to be somewhere else: both are kept then, and a senior is asked which one is ours.
    """
    demand(by, "draft")
    demand_by_hand(target)
    if bool(url.strip()) == bool(why_no_link.strip()):
        raise Invalid.at("url", phrase("Give the link of the post, or say why it has none."), code="by_hand.no_link")
    sent = settle.named(target, url) if url.strip() else Sent(remote_id="", answer={"why_no_link": why_no_link.strip()})
    row, why_not = _confirm(by, target, sent)
    if why_not:
        raise Conflict(why_not)
    return row


def demand_by_hand(target: Target) -> None:
    """Raises Unsupported where Crosscut posts by itself."""
    if not is_by_hand(target.account.channel):
        raise Unsupported(phrase("Crosscut posts this by itself: nobody has to."))


@transaction.atomic
def _take(by: Member, target: Target, post: Post) -> Target:
    row = _locked(by, target)
    attempt = _open_attempt(row)
    if attempt and attempt.by_id == by.pk:
        return row
    if attempt:
        raise Conflict(phrase("{who} has this already.", who=str(attempt.by)))
    if row.state != State.HANDED:
        raise Conflict(phrase("This does not wait for a person: it is {state}.", state=row.get_state_display().lower()))
    _demand_clear(row)
    now = timezone.now()
    _begin(by, row, digest=digest_of(post), files=files_of(post), deadline_at=now + timing().hand())
    row.state, row.problem = State.SENDING, ""
    row.save(update_fields=["state", "problem"])
    record("post.taken", row, by=by)
    return row


def _demand_clear(row: Target) -> None:
    """What Crosscut looks at before it sends: a hold, the account, the approval, the checks."""
    if hold := hold_on(row):
        raise Conflict(phrase("A hold stops it: {reason}", reason=hold.reason))
    if row.account.state != Account.State.CONNECTED:
        raise Conflict(phrase("{account} must be connected again first.", account=row.account.name))
    if row.created_by:
        demand_publishable(row.created_by, row.edition)
    asked = Question(edition=row.edition, channel=row.account.channel, post_type=row.post_type, at=timezone.now())
    if findings := blocking_of([asked])[0]:
        raise Conflict(" ".join(finding.message for finding in findings))


@transaction.atomic
def _confirm(by: Member, target: Target, sent: Sent) -> tuple[Target, str]:
    """The target, and what speaks against it being the only post, which is kept all the same; empty if nothing does."""
    row = _locked(by, target)
    settle.demand_own(row, sent.url)
    attempt, own = _open_attempt(row), _own(by, row)
    if row.state in Target.LIVE_STATES:
        is_second = _is_second(by, row, sent)
        words = phrase("It was said to be at {url}. Both are kept: a senior says which one is ours.", url=row.url)
        return row, words if is_second else ""
    if attempt and own and attempt.by_id != by.pk:
        accept([Taken(target=row, attempt=own, sent=sent)], state=Attempt.State.CONFIRMED)  # it may be out twice
        who = str(attempt.by)
        return row, phrase("{who} took this meanwhile. Yours is kept: a senior says which one is ours.", who=who)
    if attempt is None and row.state not in Target.WAITING_STATES:
        raise Conflict(phrase("This cannot be confirmed: it is {state}.", state=row.get_state_display().lower()))
    if attempt:
        _demand_theirs(by, attempt)
    else:  # posted without a word before: it is out, whatever would have stopped it
        attempt = _begin(by, row, digest="", files=[], deadline_at=timezone.now())
    accept([Taken(target=row, attempt=attempt, sent=sent)], state=Attempt.State.CONFIRMED)
    record("post.confirmed", row, by=by, url=sent.url, **sent.answer)
    return row, ""


def _is_second(by: Member, row: Target, sent: Sent) -> bool:
    """Whether that is another post than the one known. An address for one that was only told is taken over."""
    if not sent.url or sent.url == row.url:
        return False
    if not row.url:
        row.remote_id, row.url, row.next_at, row.proof_tries = sent.remote_id, sent.url, timezone.now(), 0
        row.save(update_fields=["remote_id", "url", "next_at", "proof_tries"])
        row.attempts.filter(state=Attempt.State.CONFIRMED).update(remote_id=sent.remote_id, url=sent.url)
        record("post.confirmed", row, by=by, url=sent.url)
        return False
    attempt = row.attempts.exclude(state=Attempt.State.REFUSED).last()
    if attempt is None or row.copies.filter(remote_id=sent.remote_id).exclude(state=Copy.State.OPEN).exists():
        return True
    copies.note_copy(row, attempt, sent)
    row.state, row.needs_person, row.problem = State.SENT, True, copies.words_for(row)
    row.save(update_fields=["state", "needs_person", "problem"])
    record("post.second_link", row, by=by, url=sent.url)
    return True


def _begin(by: Member, row: Target, **fields: Any) -> Attempt:
    number = row.attempts.count() + 1
    sent = {"state": Attempt.State.SENT, "sent_at": timezone.now(), "by": by, "worker": f"member {by.pk}"}
    return Attempt.objects.create(target=row, number=number, **sent, **fields)


def _open_attempt(row: Target) -> Attempt | None:
    return row.attempts.filter(state__in=_OPEN).select_related("by__user").last()


def _own(by: Member, row: Target) -> Attempt | None:
    """This person's own last try, given up or not."""
    return row.attempts.filter(by=by).last()


def _demand_theirs(by: Member, attempt: Attempt) -> None:
    if attempt.by_id != by.pk and not can(by, "settle"):
        raise NotAllowed(phrase("{who} has this. Ask them, or a senior.", who=str(attempt.by)))


def _locked(by: Member, target: Target) -> Target:
    rows = Target.objects.select_for_update(of=("self",))
    related = rows.select_related("edition__piece__workspace", "piece", "account", "workspace", "created_by")
    return related.get(pk=target.pk, workspace=by.workspace_id)
