"""Approval: asking, looking at exactly what is approved, saying yes or what should change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce import queries
from crosscut.apps.produce.compare import differences
from crosscut.apps.produce.models import Approval, Piece
from crosscut.apps.produce.services import approve as services
from crosscut.apps.produce.services.freeze import content_of
from crosscut.kernel.errors import Invalid
from crosscut.kernel.records import digest

Decision = Approval.Decision


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
    if word == Decision.REQUESTED:
        services.ask_for_approval(request.member, row, note=note)
        said = _("The seniors are asked.")
    else:
        said = _say(request.member, row, word, digest_=request.POST.get("digest", ""), note=note)
    answer = render(request, "produce/approval.html", approval_context(request.member, row))
    trigger_client_event(answer, "piece-decided", {})
    return trigger_client_event(answer, "say", {"words": said, "level": "success"})


def approval_context(member: Member, row: Piece) -> dict[str, Any]:
    """The state as it is now, the last word about it, and what changed since the last yes."""
    content = content_of(row)
    now = digest(content)
    words = list(queries.approvals_of(row)[:20])
    about_now = next((word for word in words if word.edition.digest == now), None)
    yes = _last_yes(words)
    return {
        "piece": row,
        "digest": now,
        "word": about_now,
        "is_approved": bool(about_now and about_now.decision == Decision.APPROVED),
        "is_asked": bool(about_now and about_now.decision == Decision.REQUESTED),
        "last_word": words[0] if words and about_now is None else None,
        "yes": yes if yes and yes.edition.digest != now else None,
        "differences": differences(yes.edition.content, content) if yes and yes.edition.digest != now else [],
        "content": content,
        "can_approve": can(member, "approve") and row.archived_at is None,
        "can_ask": can(member, "draft") and row.archived_at is None,
        "needs_approval": services.needs_approval(member, row),
    }


def _say(member: Member, row: Piece, word: str, *, digest_: str, note: str) -> str:
    edition = services.freeze_seen(member, row, digest_)
    if word == Decision.APPROVED:
        services.approve(member, edition, note=note)
        return _("Approved, exactly as you saw it.")
    if word == Decision.CHANGES:
        services.want_changes(member, edition, note=note)
        return _("Said. The note stands with the piece.")
    if word == Decision.WITHDRAWN:
        services.withdraw_approval(member, edition, note=note)
        return _("The approval is taken back.")
    raise Invalid.at("decision", _("Nobody knows this word."))


def _last_yes(words: list[Approval]) -> Approval | None:
    """The newest yes that nobody took back since."""
    said: set[int] = set()
    for word in words:
        if word.decision == Decision.APPROVED and word.edition_id not in said:
            return word
        said.add(word.edition_id)
    return None
