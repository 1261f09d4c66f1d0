"""Bringing back an earlier state of a piece."""

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset
from crosscut.apps.produce.models import Edition, Outlet, Piece, PieceMedia
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import held_for_writing, keep
from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase

_WORDS = ("title", "text", "summary", "link", "tags", "language")


@transaction.atomic
def bring_back(by: Member, piece: Piece, edition: Edition) -> Piece:
    """The piece with the words, channels and media it had in that state. What stands there now is kept first.

    Words that were the same on every channel come back as each channel's own where they differ from the shared ones.
    An asset keeps what is known of it today: its licences, its newest file. Raises Conflict while the piece is
    archived.
    """
    row = held_for_writing(by, piece)
    if edition.piece_id != row.pk:
        raise Conflict(phrase("This state belongs to another piece."))
    freeze(row, by=by)
    content = edition.content
    for name in _WORDS:
        setattr(row, name, content[name])
    _bring_back_outlets(row, edition)
    _bring_back_media(row, edition)
    record("piece.state_restored", row, by=by, digest=edition.digest)
    return keep(by, row, [*_WORDS, "channels", "media"])


def _bring_back_outlets(piece: Piece, edition: Edition) -> None:
    content = edition.content
    piece.outlets.all().delete()
    Outlet.objects.bulk_create(
        Outlet(
            piece=piece,
            channel=slug,
            post_type=outlet["post_type"],
            text=None if outlet["text"] == content["text"] else outlet["text"],
            title=None if outlet["title"] == content["title"] else outlet["title"],
            extra=outlet["extra"],
            further=[part["text"] for part in outlet.get("further", ())],
            is_numbered=outlet.get("is_numbered", False),
        )
        for slug, outlet in content["outlets"].items()
    )


def _bring_back_media(piece: Piece, edition: Edition) -> None:
    entries = edition.content["media"]
    known = Asset.objects.filter(workspace=piece.workspace_id).in_bulk([entry["asset"] for entry in entries])
    piece.media.all().delete()
    PieceMedia.objects.bulk_create(
        PieceMedia(
            piece=piece,
            asset=known[entry["asset"]],
            position=position,
            alt_text="" if entry["alt_text"] == known[entry["asset"]].alt_text else entry["alt_text"],
            is_decorative=entry["is_decorative"],
            focus_x=entry["focus"][0] if entry["focus"] else None,
            focus_y=entry["focus"][1] if entry["focus"] else None,
            channels=entry["channels"],
            parts=entry.get("parts", {}),
        )
        for position, entry in enumerate(entries)
        if entry["asset"] in known
    )
