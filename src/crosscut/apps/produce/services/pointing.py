"""Pieces that show one asset are made to show another: when duplicates become one, or somebody replaces it.

When duplicates become one, what is approved as it stands keeps its file: approved bytes are what is published.
"""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.pointing import Pointer, Shows
from crosscut.apps.produce.models import Edition, Piece, PieceMedia
from crosscut.apps.produce.services.approve import is_approved
from crosscut.apps.produce.services.freeze import digests_of, freeze
from crosscut.apps.produce.services.write import held_for_writing, keep
from crosscut.kernel.phrases import phrase

_FRAME = {"focus_x": None, "focus_y": None}  # they speak of the old picture's frame


def swap(by: Member, piece: Piece, old: Asset, new: Asset, cleared: Mapping[str, Any]) -> dict[str, Any] | None:
    """Puts the new asset in the old one's place in the held piece; gives what `swap_back` needs.

    `cleared` are the values that do not fit the new one. None where the piece shows both, or the old one no longer.
    """
    uses = {use.asset_id: use for use in piece.media.filter(asset__in=(old, new))}
    if set(uses) != {old.pk}:
        return None
    freeze(piece, by=by)  # the state before stays in the piece's history
    use = uses[old.pk]
    entry = {"use": use.pk, "old": old.pk, "new": new.pk, "before": {name: getattr(use, name) for name in cleared}}
    _set(by, piece, use, asset=new.pk, values=cleared)
    return entry


def swap_back(by: Member, entry: Mapping[str, Any]) -> bool:
    """Undoes one of these; False where somebody changed it since."""
    use = PieceMedia.objects.filter(pk=entry["use"], asset=entry["new"]).select_related("piece").first()
    if use is None or use.piece.archived_at or use.piece.media.filter(asset=entry["old"]).exists():
        return False
    _set(by, held_for_writing(by, use.piece), use, asset=entry["old"], values=entry["before"])
    return True


def _shown_by(member: Member, old: Asset, new: Asset) -> list[Shows]:
    uses = _uses(old)
    digests = digests_of(use.piece for use in uses)
    return [
        Shows(
            key=f"piece:{use.piece_id}",
            title=use.piece.title,
            url=reverse("piece", args=[use.piece_id]),
            obstacle=_obstacle(use.piece, digests[use.piece_id], new),
        )
        for use in uses
    ]


def _point(by: Member, old: Asset, new: Asset) -> list[dict[str, Any]]:
    """Alt text and place in the piece stay; the point that crops keep stays where the frame has the same shape."""
    moved, cleared = [], {} if _has_same_shape(old, new) else _FRAME
    for use in _uses(old):
        piece = held_for_writing(by, use.piece)
        if not _obstacle(piece, digests_of([piece])[piece.pk], new):
            moved.append(swap(by, piece, old, new, cleared))
    return [entry for entry in moved if entry]


def _set(by: Member, piece: Piece, use: PieceMedia, *, asset: int, values: Mapping[str, Any]) -> None:
    use.asset_id = asset
    for name, value in values.items():
        setattr(use, name, value)
    use.save(update_fields=["asset", *values])
    keep(by, piece, ["media"])


def _uses(asset: Asset) -> list[PieceMedia]:
    rows = PieceMedia.objects.filter(asset=asset, piece__archived_at=None).select_related("piece")
    return list(rows.order_by("piece_id"))


def _obstacle(piece: Piece, digest: str, new: Asset) -> str:
    """Why the piece goes on showing what it shows; empty where nothing stands in the way."""
    if piece.media.filter(asset=new).exists():
        return phrase("It shows both: take one out there.")
    edition = Edition.objects.filter(piece=piece, digest=digest).first()
    if edition and is_approved(edition):
        return phrase("It is approved with this file, and keeps it.")
    return ""


def _has_same_shape(old: Asset, new: Asset) -> bool:
    sides = [(row.width_px, row.height_px) for row in (old.current, new.current) if row]
    if len(sides) < 2 or not all(all(pair) for pair in sides):
        return False
    (width, height), (other_width, other_height) = sides
    return bool(abs(width * other_height / (other_width * height) - 1) < 0.03)


PIECES = Pointer(kind="pieces", shown_by=_shown_by, point=_point, point_back=swap_back)
