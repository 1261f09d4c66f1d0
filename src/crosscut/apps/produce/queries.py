"""Pieces and editions, as far as the asker may see them."""

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.produce.models import Approval, Edition, Outlet, Piece, PieceMedia
from crosscut.kernel.errors import NotFound


def pieces_for(member: Member) -> QuerySet[Piece]:
    """The workspace's pieces that are not archived, last changed first; none for guests."""
    rows = Piece.objects.filter(workspace=member.workspace_id, archived_at=None).select_related(
        "campaign", "owner__user"
    )
    return rows.none() if member.role == Role.GUEST else rows.order_by("-updated_at", "-id")


def piece_for(member: Member, piece_id: int) -> Piece:
    """One piece, archived or not. Raises NotFound."""
    rows = Piece.objects.filter(workspace=member.workspace_id, pk=piece_id).select_related("workspace", "campaign")
    piece = None if member.role == Role.GUEST else rows.first()
    if piece is None:
        raise NotFound("There is no such piece in this workspace.")
    return piece


def edition_for(member: Member, piece_id: int, digest: str) -> Edition:
    """One frozen state of a piece, by its whole digest. Raises NotFound."""
    edition = piece_for(member, piece_id).editions.filter(digest=digest).first()
    if edition is None:
        raise NotFound("There is no such frozen state of this piece.")
    return edition


def media_of(piece: Piece) -> list[PieceMedia]:
    """The piece's media in order, each with its asset and the asset's current version."""
    return list(piece.media.select_related("asset__current").order_by("position", "id"))


def outlets_of(piece: Piece) -> list[Outlet]:
    """What each channel shows of the piece, in the order they were added."""
    return list(piece.outlets.order_by("id"))


def waiting_approvals_for(member: Member) -> list[Approval]:
    """Editions somebody asked to have approved and nobody has answered, oldest first."""
    latest = Approval.objects.filter(edition__piece__workspace=member.workspace_id, edition__piece__archived_at=None)
    rows = latest.order_by("edition_id", "-id").distinct("edition_id").select_related("edition__piece", "member__user")
    waiting = [row for row in rows if row.decision == Approval.Decision.REQUESTED]
    return sorted(waiting, key=lambda row: row.at)
