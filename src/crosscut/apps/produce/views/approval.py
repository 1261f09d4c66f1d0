"""Approval: asking, looking at exactly what is approved, saying yes or what should change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce import queries
from crosscut.apps.produce.approving import is_asked_in, makers_of, may_speak, next_of
from crosscut.apps.produce.compare import differences
from crosscut.apps.produce.models import Approval, Piece
from crosscut.apps.produce.services import approve as services
from crosscut.apps.produce.services.freeze import content_of
from crosscut.kernel.records import digest

Decision = Approval.Decision
_SAID = {
    Decision.REQUESTED: gettext_lazy("The seniors are asked."),
    Decision.APPROVED: gettext_lazy("Approved, exactly as you saw it."),
    Decision.CHANGES: gettext_lazy("Said. The note stands with the piece."),
    Decision.WITHDRAWN: gettext_lazy("The approval is taken back."),
}


@members_only
@require_GET
def approval(request: MemberRequest, piece_id: int) -> HttpResponse:
    """How the piece stands, and what this person may say about it."""
    row = queries.piece_for(request.member, piece_id)
    return render(request, "produce/approval.html", approval_context(request.member, row))


@members_only
@require_POST
def decide(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Keeps the word that was said about what the person saw; 409 when the piece is not that any more."""
    row = queries.piece_for(request.member, piece_id)
    note, word = request.POST.get("note", ""), request.POST.get("decision", "")
    said = services.say(request.member, row, word, digest=request.POST.get("digest", ""), note=note)
    answer = render(request, "produce/approval.html", approval_context(request.member, row))
    trigger_client_event(answer, "piece-decided", {})
    return trigger_client_event(answer, "say", {"words": str(_SAID[Decision(said.decision)]), "level": "success"})


def approval_context(member: Member, row: Piece) -> dict[str, Any]:
    """The state as it is now, the last word about it, and what changed since the last yes."""
    content = content_of(row)
    now = digest(content)
    words = list(queries.approvals_of(row)[:20])
    about_now = next((word for word in words if word.edition.digest == now), None)
    yes = _last_yes(words)
    steps = services.standing_in_steps(row)
    waiting = next_of(steps)
    senior_yes = about_now if about_now and about_now.decision == Decision.APPROVED and not steps else None
    is_approved = waiting is None if steps else bool(senior_yes and services.holds(senior_yes))
    makers = makers_of([row])[row.pk] if waiting else set()
    has_step = any(may_speak(member, one.step) for one in steps)
    is_my_turn = is_asked_in(member, waiting, makers) if waiting else not steps and can(member, "approve")
    is_open = row.archived_at is None
    return {
        "piece": row,
        "digest": now,
        "word": about_now,
        "steps": steps,
        "waiting": waiting,
        "is_approved": is_approved,
        "is_void": bool(senior_yes) and not is_approved,
        "is_asked": bool(about_now and about_now.decision == Decision.REQUESTED),
        "last_word": words[0] if words and about_now is None else None,
        "yes": yes if yes and yes.edition.digest != now else None,
        "differences": differences(yes.edition.content, content) if yes and yes.edition.digest != now else [],
        "content": content,
        "can_approve": is_my_turn and is_open,
        "can_object": is_open and (is_my_turn or has_step),
        "can_withdraw": is_open and can(member, "approve") and (is_approved or any(one.yeses for one in steps)),
        "can_ask": can(member, "draft") and is_open,
        "wrote_it": bool(
            waiting and waiting.step.four_eyes and member.pk in makers and may_speak(member, waiting.step)
        ),
        "needs_approval": services.needs_approval(member, row),
    }


def _last_yes(words: list[Approval]) -> Approval | None:
    """The newest yes that nobody took back since."""
    said: set[int] = set()
    for word in words:
        if word.decision == Decision.APPROVED and word.edition_id not in said:
            return word
        said.add(word.edition_id)
    return None
