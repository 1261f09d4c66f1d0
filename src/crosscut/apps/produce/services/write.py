"""Writing a piece: its shared words, what each channel shows, its media.

A save that changes nothing leaves no trace: the revision stands, the history stays short, an approval holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.queries import audit_for
from crosscut.apps.accounts.services.audit import record, subject_of
from crosscut.apps.library.models import Asset
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.linking import addresses_in
from crosscut.apps.produce.models import Outlet, Piece, PieceMedia
from crosscut.apps.produce.queries import posts_under_way
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.link_checks import note_addresses
from crosscut.apps.produce.services.words import checked_media, checked_outlet, checked_words
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import counted, phrase

_COPIED = ("text", "summary", "link", "tags", "language", "campaign", "shortens_links")
_SITTING = timedelta(minutes=30)  # a pause this long begins a new sitting: the state before it is kept


@dataclass(frozen=True, kw_only=True)
class Edits:
    """Everything an editor has in hand, saved at once."""

    words: Mapping[str, Any] = field(default_factory=dict)  # shared fields by name
    outlets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by channel; only those in the piece
    media: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # by asset id; only those in the piece


@transaction.atomic
def create_piece(by: Member, *, title: str, campaign: Campaign | None = None, **fields: Any) -> Piece:
    """A new piece, owned by whoever makes it."""
    demand(by, "draft")
    tidy = checked_words(by, {"title": title, "campaign": campaign, **fields})
    piece = Piece.objects.create(workspace=by.workspace, owner=by, **tidy)
    record("piece.created", piece, by=by)
    return piece


@transaction.atomic
def change_piece(by: Member, piece: Piece, *, revision: int | None = None, **fields: Any) -> Piece:
    """Changes the piece's shared words. `revision` is the one the writer saw.

    Raises Conflict when somebody saved meanwhile; nothing is overwritten then.
    """
    row = held_for_writing(by, piece, revision=revision)
    return keep(by, row, _set(row, checked_words(by, fields)))


@transaction.atomic
def save_edits(by: Member, piece: Piece, edits: Edits, *, revision: int | None = None) -> Piece:
    """Saves all of an editor at once, as one revision.

    What stood there before somebody else, or a new sitting, changes it is kept as a frozen state. Raises Conflict when
    somebody saved meanwhile, Invalid with every problem; nothing is saved then. A channel or asset that was taken out
    meanwhile is passed over: its words are in the frozen state.
    """
    row = held_for_writing(by, piece, revision=revision)
    _keep_state_before(by, row)
    changed = _set(row, checked_words(by, edits.words))
    for outlet in row.outlets.filter(channel__in=edits.outlets):
        fields = _set(outlet, checked_outlet(outlet.channel, edits.outlets[outlet.channel]))
        if fields:
            outlet.save(update_fields=fields)
            changed.append(f"channel {outlet.channel}")
    for use in row.media.filter(asset__in=edits.media):
        fields = _set(use, checked_media(edits.media[use.asset_id]))
        if fields:
            use.save(update_fields=fields)
            changed.append("media")
    return keep(by, row, changed)


@transaction.atomic
def set_outlet(by: Member, piece: Piece, *, channel_slug: str, post_type: str, **words: Any) -> Outlet:
    """What one channel shows of the piece.

    `text` and `title` as None mean the same as everywhere; `extra` holds what only this channel has.
    """
    row = held_for_writing(by, piece, revision=words.pop("revision", None))
    fields = checked_outlet(channel_slug, {"post_type": post_type, **words})
    outlet = row.outlets.filter(channel=channel_slug).first() or Outlet(piece=row, channel=channel_slug)
    if _set(outlet, fields) or outlet.pk is None:
        outlet.save()
        keep(by, row, [f"channel {channel_slug}"])
    return outlet


@transaction.atomic
def remove_outlet(by: Member, piece: Piece, channel_slug: str) -> None:
    """Takes a channel out of the piece. What was already scheduled keeps its frozen state."""
    row = held_for_writing(by, piece)
    _keep_state_before(by, row)
    count, _rows = row.outlets.filter(channel=channel_slug).delete()
    keep(by, row, [f"channel {channel_slug}"] * count)


@transaction.atomic
def set_media(by: Member, piece: Piece, asset: Asset, **fields: Any) -> PieceMedia:
    """Puts an asset in the piece, at the end, or changes how it is used there.

    Fields: alt_text, is_decorative, focus_x and focus_y (0 to 1), channels (slugs; empty for all), position.
    """
    row = held_for_writing(by, piece)
    if asset.workspace_id != by.workspace_id:
        raise Invalid.at("asset", phrase("There is no such asset in this workspace."))
    if asset.kind not in (Asset.Kind.IMAGE, Asset.Kind.VIDEO, Asset.Kind.AUDIO):
        raise Invalid.at("asset", phrase("A post shows pictures, films and sound. Link to other files instead."))
    tidy = checked_media(fields)
    use = row.media.filter(asset=asset).first()
    is_new = use is None
    if use is None:
        last = row.media.order_by("-position").values_list("position", flat=True).first()
        use = PieceMedia(piece=row, asset=asset, position=0 if last is None else last + 1)
    if _set(use, tidy) or is_new:
        use.save()
        keep(by, row, ["media"])
    return use


@transaction.atomic
def remove_media(by: Member, piece: Piece, asset_id: int) -> None:
    """Takes an asset out of the piece; the asset stays in the library."""
    row = held_for_writing(by, piece)
    _keep_state_before(by, row)
    count, _rows = row.media.filter(asset=asset_id).delete()
    keep(by, row, ["media"] * min(count, 1))


@transaction.atomic
def order_media(by: Member, piece: Piece, asset_ids: list[int]) -> None:
    """Puts the piece's media in the order of the ids, which must be all of them."""
    row = held_for_writing(by, piece)
    uses = {use.asset_id: use for use in row.media.all()}
    if sorted(uses) != sorted(asset_ids):
        raise Conflict(phrase("The media of this piece changed meanwhile. Reload and order them again."))
    moved = [uses[asset_id] for place, asset_id in enumerate(asset_ids) if _set(uses[asset_id], {"position": place})]
    PieceMedia.objects.bulk_update(moved, ["position"])
    keep(by, row, ["media"] * len(moved))


@transaction.atomic
def archive_piece(by: Member, piece: Piece) -> None:
    """Takes the piece out of sight. `restore_piece` brings it back. Raises Conflict while posts of it are under way."""
    row = held_for_writing(by, piece)
    if count := posts_under_way(row):
        raise Conflict(
            counted(
                "A post of it is scheduled or under way. Cancel it first, then archive it.",
                "{n} posts of it are scheduled or under way. Cancel them first, then archive it.",
                count,
            )
        )
    row.archived_at = timezone.now()
    row.save(update_fields=["archived_at"])
    record("piece.archived", row, by=by)


@transaction.atomic
def restore_piece(by: Member, piece: Piece) -> None:
    """Brings an archived piece back."""
    demand(by, "draft")
    row = Piece.objects.select_for_update().get(pk=piece.pk, workspace=by.workspace_id)
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    record("piece.restored", row, by=by)


def held_for_writing(by: Member, piece: Piece, *, revision: int | None = None) -> Piece:
    """The piece as the database has it, held until the transaction ends.

    Raises NotAllowed, and Conflict for an archived one or one that was saved after `revision`.
    """
    demand(by, "draft")
    row = Piece.objects.select_for_update().get(pk=piece.pk, workspace=by.workspace_id)
    if row.archived_at is not None:
        raise Conflict(phrase("This piece is archived. Bring it back first."))
    if revision is not None and revision != row.revision:
        raise Conflict(
            phrase("Somebody else saved this piece meanwhile. Your words are still here: compare and save again.")
        )
    return row


def _set(row: Piece | Outlet | PieceMedia, fields: Mapping[str, Any]) -> list[str]:
    """Puts the values on the row and names those that were other."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    return changed


@transaction.atomic
def copy_piece(by: Member, piece: Piece) -> Piece:
    """Another piece with the same words, channels and media, owned by whoever copies it. No approval comes along."""
    words = {name: getattr(piece, name) for name in _COPIED}
    made = create_piece(by, title=piece.title, **words)
    for outlet in piece.outlets.all():
        outlet.pk, outlet.piece = None, made
        outlet.save(force_insert=True)
    for use in piece.media.all():
        use.pk, use.piece = None, made
        use.save(force_insert=True)
    return made


def keep(by: Member, piece: Piece, changed: list[str]) -> Piece:
    """The held piece, saved as a new revision with what changed in its history; as it is when nothing changed."""
    if changed:
        piece.revision += 1
        piece.updated_at = timezone.now()
        piece.save()
        record("piece.changed", piece, by=by, changed=sorted(set(changed)), revision=piece.revision)
        shown = piece.outlets.values_list("text", "further")
        texts = [text for first, further in shown for text in (first, *further) if text]
        note_addresses(piece.workspace_id, addresses_in(piece.text, *texts, link=piece.link))
    return piece


def _keep_state_before(by: Member, piece: Piece) -> None:
    if piece.revision == 1:
        return  # nothing was written yet
    last = audit_for(by).filter(subject=subject_of(piece), verb="piece.changed").first()
    if last is None or last.member_id != by.pk or last.at < timezone.now() - _SITTING:
        freeze(piece, by=last.member if last else None)
