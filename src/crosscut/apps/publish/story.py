"""A post's story in order: approved by whom, checked, made ready, sent, answered, settled, proven, taken down."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.preflight.models import Check
from crosscut.apps.preflight.queries import findings_of
from crosscut.apps.produce.models import Approval
from crosscut.apps.publish.cards import safe_link
from crosscut.apps.publish.models import Attempt, Proof, Target
from crosscut.apps.publish.queries import History
from crosscut.apps.publish.services.keep_one import Others
from crosscut.apps.publish.services.parts import awaits_comment, is_comment, post_count
from crosscut.apps.publish.wording import VERDICTS, part_word
from crosscut.kernel.findings import Finding, blocking

State = Target.State
_MARKED_WORDS = 1500  # comparing longer texts word by word would keep the page waiting
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One compared part: what was sent beside what the public sees."""

    name: str
    sent: SafeString  # differences marked
    seen: SafeString
    is_same: bool
    is_read: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened, or is to happen."""

    at: datetime | None
    state: str  # gives the colour: a state of the design system
    icon: str
    title: str
    words: str = ""
    hash: str = ""  # what exactly: an approved version, or what was handed to the channel
    hash_label: str = ""
    url: str = ""  # where the public sees it
    answer: str = ""  # the channel's answer as JSON, shown on demand
    findings: tuple[Finding, ...] = ()
    parts: tuple[Part, ...] = field(default=())  # of a proof
    is_ahead: bool = False


def story_of(target: Target, history: History, check: Check | None, *, hold: str = "") -> list[Step]:
    """Every step in the order of its time, then what comes next. `hold` is the reason of a hold that stops it."""
    steps = [
        *(_approval(approval) for approval in history.approvals),
        *_checked(target, check),
        *(step for attempt in history.attempts for step in _attempt(target, attempt, of=len(history.attempts))),
        *(step for event in history.events if (step := _event(target, event))),
        *_proof(history),
    ]
    now = timezone.now()
    return [*sorted(steps, key=lambda step: step.at or now), *_ahead(target, hold)]


def parts_of(proof: Proof) -> tuple[Part, ...]:
    """The proof's comparison, differing words marked."""
    return tuple(_part(data) for data in proof.parts if "sent" in data)


def marked(text: str, other: str) -> SafeString:
    """The text with the words marked that the other text does not have in that place.

    >>> str(marked("half the reef", "all the reef"))
    '<mark>half</mark> the reef'
    """
    mine, theirs = text.split(), other.split()
    if len(mine) + len(theirs) > _MARKED_WORDS:
        return conditional_escape(text)
    shown = []
    for kind, start, end, _from, _to in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        words = " ".join(mine[start:end])
        if words:
            shown.append(conditional_escape(words) if kind == "equal" else format_html("<mark>{}</mark>", words))
    return mark_safe(" ".join(shown))  # noqa: S308 - each part is escaped above


def _approval(approval: Approval) -> Step:
    who = str(approval.member.user)
    decision = Approval.Decision
    titles = {
        decision.REQUESTED: _("%(who)s asked for approval"),
        decision.APPROVED: _("Approved by %(who)s"),
        decision.CHANGES: _("%(who)s wants changes"),
        decision.WITHDRAWN: _("%(who)s took the approval back"),
    }
    looks = {
        decision.REQUESTED: ("needs-approval", "user-check"),
        decision.APPROVED: ("approved", "circle-check"),
        decision.CHANGES: ("needs-approval", "edit"),
        decision.WITHDRAWN: ("blocked", "hand-stop"),
    }
    state, icon = looks[decision(approval.decision)]
    return Step(
        at=approval.at,
        state=state,
        icon=icon,
        title=titles[decision(approval.decision)] % {"who": who},
        words=approval.note,
        hash=approval.edition.digest if approval.decision == decision.APPROVED else "",
        hash_label=_("Exactly this version"),
    )


def _checked(target: Target, check: Check | None) -> Iterator[Step]:
    if check is None:
        return
    findings = findings_of(check)
    stopping = len(blocking(findings))
    yield Step(
        at=check.checked_at,
        state="blocked" if stopping else "done",
        icon="shield-check",
        title=_("Checked"),
        words=_counted(stopping, len(findings) - stopping),
        findings=tuple(finding.said_in(translation) for finding in findings),
    )


def _counted(stopping: int, advice: int) -> str:
    if not stopping and not advice:
        return _("Nothing to object to.")
    stops = ngettext("%(n)d thing must be repaired", "%(n)d things must be repaired", stopping) % {"n": stopping}
    hints = ngettext("%(n)d piece of advice", "%(n)d pieces of advice", advice) % {"n": advice}
    return f"{stops}, {hints}." if stopping else _("Nothing stops it; %(hints)s.") % {"hints": hints}


def _attempt(target: Target, attempt: Attempt, *, of: int) -> Iterator[Step]:
    which = _("Try %(n)d") % {"n": attempt.number} if of > 1 else ""
    if target.part_count > 1:
        which = _part_words(target, attempt)
    if attempt.by is None:
        yield Step(at=attempt.prepared_at, state="running", icon="stack-2", title=_("Made ready"), words=which)
    if attempt.sent_at and attempt.by:
        title = _("%(who)s took it, to post it") % {"who": attempt.by.user}
        yield Step(
            at=attempt.sent_at,
            state="sending",
            icon="user-check",
            title=title,
            words=which,
            hash=attempt.digest,
            hash_label=_("Exactly what was handed over"),
        )
    elif attempt.sent_at:
        title = _("Sent to %(account)s") % {"account": target.account.name}
        yield Step(
            at=attempt.sent_at,
            state="sending",
            icon="send",
            title=title,
            words=which,
            hash=attempt.digest,
            hash_label=_("Exactly what was handed over"),
        )
    if attempt.answered_at:
        yield _answer(target, attempt)


def _part_words(target: Target, attempt: Attempt) -> str:
    """Which part a try is of."""
    if is_comment(target, attempt.part):
        return _("The first comment")
    count = post_count(target)
    return _("Part %(part)d of %(count)d") % {"part": attempt.part, "count": count} if count > 1 else _("The post")


def _answer(target: Target, attempt: Attempt) -> Step:
    account = target.account.name
    made = Attempt.State
    looks = {
        made.ACCEPTED: ("sent", "check", _("%(account)s took it")),
        made.CONFIRMED: ("sent", "checks", _("Settled: %(account)s has it")),
        made.UNKNOWN: ("unknown", "help-circle", _("No clear answer from %(account)s")),
        made.REFUSED: ("refused", "circle-x", _("Not published on %(account)s")),
    }
    state, icon, title = looks[made(attempt.state)]
    words = attempt.problem
    if attempt.by and attempt.state == made.CONFIRMED:
        title = _("%(who)s says that it is on %(account)s")
        why_no_link = str(attempt.answer.get("why_no_link") or "")
        who = {"who": attempt.by.user, "account": account}
        return Step(
            at=attempt.answered_at,
            state="sent",
            icon="user-check",
            title=title % who,
            words=_("There is no link: %(why)s") % {"why": why_no_link} if why_no_link else "",
            url=safe_link(attempt.url),
        )
    if attempt.state == made.ACCEPTED and attempt.sent_at and attempt.answered_at:
        took_s = (attempt.answered_at - attempt.sent_at).total_seconds()
        words = _("It answered after %(seconds).1f s.") % {"seconds": took_s}
    elif attempt.state == made.CONFIRMED:
        words = _("There was no clear answer at first: %(problem)s") % {"problem": words} if words else ""
    if target.part_count > 1:
        words = f"{_part_words(target, attempt)}. {words}".strip()
    return Step(
        at=attempt.answered_at,
        state=state,
        icon=icon,
        title=title % {"account": account},
        words=words,
        url=safe_link(attempt.url),
        answer=json.dumps(attempt.answer, indent=2, ensure_ascii=False, sort_keys=True) if attempt.answer else "",
    )


def _event(target: Target, event: AuditEvent) -> Step | None:
    """What somebody, or Crosscut by itself, did; None for what the tries and proofs tell already."""
    tell = _TOLD.get(event.verb)
    if tell is None:
        return None
    state, icon, title, words = tell(event, str(event.member.user) if event.member else "Crosscut")
    is_beginning = event.verb == "post.scheduled"
    return Step(
        at=event.at,
        state=state,
        icon=icon,
        title=title,
        words=words,
        hash=target.edition.digest if is_beginning else "",
        hash_label=_("Exactly this version"),
    )


_Told = tuple[str, str, str, str]  # state, icon, title, words


def _scheduled(event: AuditEvent, who: str) -> _Told:
    return "scheduled", "calendar-plus", _("Scheduled by %(who)s") % {"who": who}, ""


def _handed(event: AuditEvent, who: str) -> _Told:
    return "handed", "hand-stop", _("Due: it waits for a person"), ""


def _reminded(event: AuditEvent, who: str) -> _Told:
    return "done", "bell", _("The team was told in %(chat)s") % {"chat": event.detail.get("chat", "")}, ""


def _not_reminded(event: AuditEvent, who: str) -> _Told:
    title = _("The team could not be told in %(chat)s") % {"chat": event.detail.get("chat", "")}
    return "failed", "bell", title, str(event.detail.get("problem", ""))


def _given_back(event: AuditEvent, who: str) -> _Told:
    return "handed", "arrow-back-up", _("%(who)s gave it back") % {"who": who}, str(event.detail.get("note", ""))


def _second_link(event: AuditEvent, who: str) -> _Told:
    title = _("%(who)s says that it is somewhere else as well") % {"who": who}
    return "unknown", "alert-triangle", title, str(event.detail.get("url", ""))


def _recalled_by_word(event: AuditEvent, who: str) -> _Told:
    words = _("Nobody without a login can read it there, so this could not be looked at.")
    return "recalled", "user-check", _("It is gone, a person says"), words


def _moved(event: AuditEvent, who: str) -> _Told:
    words = _("From %(before)s to %(after)s") % {name: _moment(event.detail.get(name)) for name in ("before", "after")}
    return "scheduled", "calendar-event", _("Moved by %(who)s") % {"who": who}, words


def _resolved_anew(event: AuditEvent, who: str) -> _Told:
    told = {name: _moment(event.detail.get(name)) for name in ("before", "after")}
    words = _("Clocks in %(zone)s follow other rules by now: from %(before)s to %(after)s")
    return "scheduled", "clock", _("Its moment was worked out anew"), words % {"zone": event.detail.get("zone"), **told}


def _cancelled(event: AuditEvent, who: str) -> _Told:
    return "cancelled", "x", _("Cancelled by %(who)s") % {"who": who}, ""


def _blocked(event: AuditEvent, who: str) -> _Told:
    return "blocked", "hand-stop", _("Stopped before it went out"), str(event.detail.get("reason", ""))


def _interrupted(event: AuditEvent, who: str) -> _Told:
    return "unknown", "alert-triangle", _("Interrupted"), str(event.detail.get("why", ""))


def _released(event: AuditEvent, who: str) -> _Told:
    return "scheduled", "refresh", _("Settled: it is not there, so it may go out"), str(event.detail.get("why", ""))


def _settled(event: AuditEvent, who: str) -> _Told:
    found = _("it is there") if event.detail.get("is_there") else _("it is not there")
    title = _("%(who)s looked: %(found)s") % {"who": who, "found": found}
    words = " ".join(str(event.detail.get(name) or "") for name in ("note", "url")).strip()
    return "done", "eye", title, words


def _kept_one(event: AuditEvent, who: str) -> _Told:
    is_gone = event.detail.get("others") == Others.TAKE_DOWN
    rest = _("The other one is to be taken down.") if is_gone else _("The other one is gone or not ours.")
    words = " ".join(str(part) for part in (event.detail.get("url"), rest, event.detail.get("note")) if part)
    return "done", "eye", _("%(who)s looked and said which one is ours") % {"who": who}, words


def _late_answer(event: AuditEvent, who: str) -> _Told:
    title = _("An answer came late: an earlier try had succeeded as well")
    return "unknown", "alert-triangle", title, str(event.detail.get("url", ""))


def _copy_removed(event: AuditEvent, who: str) -> _Told:
    return "done", "arrow-back-up", _("The second post is gone"), _("Reading the channel shows it.")


def _sent_on(event: AuditEvent, who: str) -> _Told:
    return "sending", "player-play", _("%(who)s let the rest of the thread go out") % {"who": who}, ""


def _recall_asked(event: AuditEvent, who: str) -> _Told:
    reason = str(event.detail.get("reason", ""))
    return "recalling", "arrow-back-up", _("%(who)s has it taken down") % {"who": who}, reason


def _recalled_by_rights(event: AuditEvent, who: str) -> _Told:
    return "recalling", "arrow-back-up", _("Taken down because its rights ended"), str(event.detail.get("reason", ""))


def _recalled(event: AuditEvent, who: str) -> _Told:
    return "recalled", "arrow-back-up", _("It is gone"), _("Reading the channel shows that it is not there any more.")


def _no_longer_proven(event: AuditEvent, who: str) -> _Told:
    return "unknown", "alert-triangle", _("The public no longer saw what was sent"), ""


def _staged(event: AuditEvent, who: str) -> _Told:
    return "done", "stack-2", _("Ready on the channel"), _("It has all it needs. Nobody can see it before its time.")


def _not_staged(event: AuditEvent, who: str) -> _Told:
    return "refused", "circle-x", _("The channel does not take it"), str(event.detail.get("why", ""))


def _rest_changed(event: AuditEvent, who: str) -> _Told:
    parts = ", ".join(str(part) for part in event.detail.get("parts", ()))
    words = _("Changed: part %(parts)s.") % {"parts": parts} if parts else ""
    return "sending", "edit", _("%(who)s let it go on with what the piece said then") % {"who": who}, words


def _comment_left_out(event: AuditEvent, who: str) -> _Told:
    return "sent", "x", _("%(who)s left the first comment out") % {"who": who}, ""


_TOLD: dict[str, Callable[[AuditEvent, str], _Told]] = {
    "post.scheduled": _scheduled,
    "post.moved": _moved,
    "post.resolved_anew": _resolved_anew,
    "post.handed": _handed,
    "post.reminded": _reminded,
    "post.not_reminded": _not_reminded,
    "post.given_back": _given_back,
    "post.second_link": _second_link,
    "post.recalled_by_word": _recalled_by_word,
    "post.cancelled": _cancelled,
    "post.blocked": _blocked,
    "post.staged": _staged,
    "post.not_staged": _not_staged,
    "post.interrupted": _interrupted,
    "post.released": _released,
    "post.settled_by_hand": _settled,
    "post.kept_one": _kept_one,
    "post.late_answer": _late_answer,
    "post.copy_removed": _copy_removed,
    "post.sent_on": _sent_on,
    "post.rest_changed": _rest_changed,
    "post.comment_left_out": _comment_left_out,
    "post.recall_asked": _recall_asked,
    "post.recalled_by_rights": _recalled_by_rights,
    "post.recalled": _recalled,
    "post.no_longer_proven": _no_longer_proven,
}


def _moment(text: Any) -> str:
    """A moment of the audit trail for a person, with its zone."""
    try:
        local = timezone.localtime(datetime.fromisoformat(str(text)))
    except ValueError:
        return "…"
    return f"{local:%Y-%m-%d %H:%M}"


def _proof(history: History) -> Iterator[Step]:
    proof = history.proof
    if proof is None:
        return
    looks = {
        Proof.Verdict.SAME: ("proven", "rosette-discount-check"),
        Proof.Verdict.PARTLY: ("sent", "eye"),
        Proof.Verdict.DIFFERS: ("blocked", "alert-triangle"),
        Proof.Verdict.MISSING: ("refused", "eye-off"),
        Proof.Verdict.UNREADABLE: ("unknown", "help-circle"),
    }
    state, icon = looks[Proof.Verdict(proof.verdict)]
    notes = [str(data.get("note", "")) for data in proof.parts if "sent" not in data]
    yield Step(
        at=proof.at,
        state=state,
        icon=icon,
        title=str(VERDICTS[Proof.Verdict(proof.verdict)]),
        words=" ".join([*notes, _looked(history)]).strip(),
        url=safe_link(proof.url),
        parts=parts_of(proof),
    )


def _looked(history: History) -> str:
    if history.proof_count < 2:
        return ""
    count = ngettext("Looked at %(n)d time.", "Looked at %(n)d times.", history.proof_count)
    return count % {"n": history.proof_count}


def _part(data: dict[str, Any]) -> Part:
    sent, seen = str(data.get("sent", "")), str(data.get("seen", ""))
    is_same = bool(data.get("is_same"))
    is_plain = is_same or bool(_HASH.fullmatch(sent))
    return Part(
        name=part_word(str(data.get("part", ""))),
        sent=conditional_escape(sent) if is_plain else marked(sent, seen),
        seen=conditional_escape(seen) if is_plain else marked(seen, sent),
        is_same=is_same,
        is_read=bool(data.get("is_read", True)),
        note=str(data.get("note", "")),
    )


def _ahead(target: Target, hold: str) -> Iterator[Step]:
    """What has not happened yet."""
    account = {"account": target.account.name}
    if target.state in Target.WAITING_STATES:
        words = _("A hold stops it: %(reason)s") % {"reason": hold} if hold else target.problem
        title = _("Goes out to %(account)s") % account
        if target.state == State.HANDED:
            title = _("Somebody posts it on %(account)s") % account
        yield Step(at=target.due_at, state="scheduled", icon="clock", title=title, words=words, is_ahead=True)
    elif target.state == State.PARTLY:
        words = _("A hold stops it: %(reason)s") % {"reason": hold} if hold else target.problem
        title = _("Part %(n)d goes out to %(account)s") % {**account, "n": target.parts_out + 1}
        if awaits_comment(target):
            title = _("The first comment is written on %(account)s") % account
        yield Step(at=None, state="scheduled", icon="clock", title=title, words=words, is_ahead=True)
    elif target.state == State.SENT:
        title = _("Is read back as the public sees it")
        yield Step(at=None, state="sent", icon="eye", title=title, words=target.problem, is_ahead=True)
    elif target.state in (State.UNKNOWN, State.RECALLING):
        title = _("Settled by reading %(account)s") if target.state == State.UNKNOWN else _("Gone from %(account)s")
        yield Step(at=None, state="waiting", icon="eye", title=title % account, words=target.problem, is_ahead=True)
