"""Whose piece it is: who brings it on its way, and whom others ask about it."""

from django.db import transaction

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.write import held_for_writing
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


@transaction.atomic
def assign(by: Member, piece: Piece, owner: Member) -> Piece:
    """The piece, owned by that member of the team. Its words stay, and so do its posts.

    Raises Invalid for somebody who is not in the team (any more).
    """
    row = held_for_writing(by, piece)
    if owner.workspace_id != by.workspace_id or owner.left_at is not None or owner.role == Role.GUEST:
        raise Invalid.at("owner", phrase("There is nobody of that number in this team."))
    if row.owner_id != owner.pk:
        row.owner = owner
        row.save(update_fields=["owner"])
        record("piece.assigned", row, by=by, to=str(owner.user))
    return row
