"""A day for a piece that is not ready yet: where it stands on the calendar. Nothing goes out by it."""

from datetime import UTC, datetime

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.models import Piece
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@transaction.atomic
def wish_for(by: Member, piece: Piece, at: datetime | None) -> Piece:
    """The piece, wished for at that moment (aware), or with None for no day. Its words stay, and so does an approval.

    Raises Invalid for a moment nobody living sees, Conflict for an archived piece.
    """
    demand(by, "draft")
    if at is not None and not _EARLIEST <= at < _LATEST:
        raise Invalid.at("at", phrase("Choose a time that somebody living may see."))
    row = Piece.objects.select_for_update().get(pk=piece.pk, workspace=by.workspace_id)
    if row.archived_at is not None:
        raise Conflict(phrase("This piece is archived. Bring it back first."))
    if row.wished_at != at:
        row.wished_at = at
        row.save(update_fields=["wished_at"])
        record("piece.wished", row, by=by, at=at.isoformat() if at else "")
    return row
