"""What happened to the piece, and the states it was in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import audit_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.compare import differences
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.freeze import content_of
from crosscut.apps.produce.services.restore import bring_back
from crosscut.apps.produce.wording import history_of

EVENTS = 120  # read; the saves of one sitting become one line
STATES = 12  # frozen states shown


@members_only
@require_GET
def history(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The part of the page."""
    row = queries.piece_for(request.member, piece_id)
    return render(request, "produce/history.html", history_context(request.member, row))


@members_only
@require_GET
def state(request: MemberRequest, piece_id: int, digest: str) -> HttpResponse:
    """One earlier state beside what stands there now."""
    edition = queries.edition_for(request.member, piece_id, digest)
    row = queries.piece_for(request.member, piece_id)
    context = {
        "piece": row,
        "edition": edition,
        "differences": differences(edition.content, content_of(row)),
        "can_draft": can(request.member, "draft") and row.archived_at is None,
        "crumbs": _crumbs(row),
    }
    return render(request, "produce/state.html", context)


@members_only
@require_POST
def restore_state(request: MemberRequest, piece_id: int, digest: str) -> HttpResponse:
    """Brings an earlier state back."""
    edition = queries.edition_for(request.member, piece_id, digest)
    bring_back(request.member, queries.piece_for(request.member, piece_id), edition)
    messages.success(request, _("The earlier state is back. What stood there before is in the history."))
    return redirect("piece", piece_id)


def history_context(member: Member, row: Piece) -> dict[str, Any]:
    """Lines of the history and the frozen states, newest first."""
    events = audit_for(member).filter(subject=f"piece:{row.pk}")[:EVENTS]
    return {
        "piece": row,
        "happenings": history_of(events)[:20],
        "states": queries.editions_of(row).defer("content")[:STATES],
    }


def _crumbs(row: Piece) -> list[tuple[str, str]]:
    return [(_("Pieces"), "/pieces/"), (row.title, f"/pieces/{row.pk}/"), (_("Earlier state"), "")]
