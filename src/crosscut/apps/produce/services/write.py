"""Writing a piece: its shared words, what each channel shows, its media."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import Outlet, Piece, PieceMedia
from crosscut.channels.registry import channel
from crosscut.kernel.errors import Conflict, Invalid

EDITABLE = frozenset({"title", "text", "summary", "link", "tags", "language", "campaign", "source_file"})


@transaction.atomic
def create_piece(by: Member, *, title: str, campaign: Campaign | None = None, **fields: Any) -> Piece:
    """A new piece, owned by whoever makes it."""
    demand(by, "draft")
    _check_fields(by, {"title": title, "campaign": campaign, **fields})
    piece = Piece.objects.create(workspace=by.workspace, owner=by, title=title.strip(), campaign=campaign, **fields)
    record("piece.created", piece, by=by)
    return piece


@transaction.atomic
def change_piece(by: Member, piece: Piece, *, revision: int | None = None, **fields: Any) -> Piece:
    """Changes the piece's shared words. `revision` is the one the writer saw.

    Raises Conflict when somebody saved meanwhile; nothing is overwritten then.
    """
    row = _locked(by, piece, revision)
    _check_fields(by, fields)
    for name, value in fields.items():
        setattr(row, name, value)
    return _saved(by, row, list(fields))


@transaction.atomic
def set_outlet(by: Member, piece: Piece, *, channel_slug: str, post_type: str, **words: Any) -> Outlet:
    """What one channel shows of the piece.

    `text` and `title` as None mean the same as everywhere; `extra` holds what only this channel has.
    """
    row = _locked(by, piece, words.pop("revision", None))
    known = channel(channel_slug)
    if post_type not in known.post_types:
        raise Invalid.at("post_type", f"{known.name} has no {post_type!r}. It has: {', '.join(known.post_types)}.")
    unknown = set(words) - {"text", "title", "extra"}
    if unknown:
        raise Invalid.at(min(unknown), "There is no such field.")
    outlet, _ = Outlet.objects.update_or_create(
        piece=row, channel=channel_slug, defaults={"post_type": post_type, **words}
    )
    _saved(by, row, [f"channel {channel_slug}"])
    return outlet


@transaction.atomic
def remove_outlet(by: Member, piece: Piece, channel_slug: str) -> None:
    """Takes a channel out of the piece. What was already scheduled keeps its frozen state."""
    row = _locked(by, piece, None)
    Outlet.objects.filter(piece=row, channel=channel_slug).delete()
    _saved(by, row, [f"channel {channel_slug}"])


@transaction.atomic
def set_media(by: Member, piece: Piece, asset: Asset, **fields: Any) -> PieceMedia:
    """Puts an asset in the piece, at the end, or changes how it is used there.

    Fields: alt_text, is_decorative, focus_x and focus_y (0 to 1), channels (slugs; empty for all), position.
    """
    row = _locked(by, piece, None)
    if asset.workspace_id != by.workspace_id:
        raise Invalid.at("asset", "There is no such asset in this workspace.")
    last = row.media.order_by("-position").values_list("position", flat=True).first()
    position = 0 if last is None else last + 1
    media, is_new = PieceMedia.objects.get_or_create(piece=row, asset=asset, defaults={"position": position, **fields})
    if not is_new and fields:
        PieceMedia.objects.filter(pk=media.pk).update(**fields)
        media.refresh_from_db()
    _saved(by, row, ["media"])
    return media


@transaction.atomic
def remove_media(by: Member, piece: Piece, asset_id: int) -> None:
    """Takes an asset out of the piece; the asset stays in the library."""
    row = _locked(by, piece, None)
    PieceMedia.objects.filter(piece=row, asset=asset_id).delete()
    _saved(by, row, ["media"])


@transaction.atomic
def order_media(by: Member, piece: Piece, asset_ids: list[int]) -> None:
    """Puts the piece's media in the order of the ids, which must be all of them."""
    row = _locked(by, piece, None)
    uses = {use.asset_id: use for use in row.media.all()}
    if sorted(uses) != sorted(asset_ids):
        raise Conflict("The media of this piece changed meanwhile. Reload and order them again.")
    for position, asset_id in enumerate(asset_ids):
        uses[asset_id].position = position
    PieceMedia.objects.bulk_update(uses.values(), ["position"])
    _saved(by, row, ["media"])


@transaction.atomic
def archive_piece(by: Member, piece: Piece) -> None:
    """Takes the piece out of sight. `restore_piece` brings it back."""
    row = _locked(by, piece, None)
    row.archived_at = timezone.now()
    row.save(update_fields=["archived_at"])
    record("piece.archived", row, by=by)


@transaction.atomic
def restore_piece(by: Member, piece: Piece) -> None:
    """Brings an archived piece back."""
    row = _locked(by, piece, None)
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    record("piece.restored", row, by=by)


def _locked(by: Member, piece: Piece, revision: int | None) -> Piece:
    demand(by, "draft")
    row = Piece.objects.select_for_update().get(pk=piece.pk, workspace=by.workspace_id)
    if revision is not None and revision != row.revision:
        raise Conflict("Somebody else saved this piece meanwhile. Your words are still here: compare and save again.")
    return row


def _saved(by: Member, piece: Piece, changed: list[str]) -> Piece:
    piece.revision += 1
    piece.updated_at = timezone.now()
    piece.save()
    record("piece.changed", piece, by=by, changed=sorted(changed), revision=piece.revision)
    return piece


def _check_fields(by: Member, fields: dict[str, Any]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise Invalid.at(min(unknown), "There is no such field.")
    if "title" in fields and not str(fields["title"]).strip():
        raise Invalid.at("title", "Give the piece a title; the public need not see it.")
    campaign = fields.get("campaign")
    if campaign is not None and campaign.workspace_id != by.workspace_id:
        raise Invalid.at("campaign", "There is no such campaign in this workspace.")
