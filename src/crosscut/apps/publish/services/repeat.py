"""The same piece once more on the same account, at another time."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.models import Piece
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.schedule import schedule


@transaction.atomic
def repeat(by: Member, target: Target, *, wall_time: datetime, zone: str) -> Target:
    """A further post of the target's piece, as the piece is now. Raises what `schedule` raises."""
    Piece.objects.select_for_update().get(pk=target.piece_id, workspace=by.workspace_id)  # one repeat at a time
    known = Target.objects.filter(piece=target.piece_id, account=target.account_id)
    last = known.aggregate(last=Max("occurrence"))["last"] or 0
    return schedule(by, target.piece, target.account, wall_time=wall_time, zone=zone, occurrence=last + 1)
