"""Starting a piece with everything it begins with, and adding assets to one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.produce.kinds import best_post_type, shows_words_only
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import media_of, outlets_of
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet


@transaction.atomic
def start_piece(by: Member, words: Mapping[str, Any], *, channels: Sequence[str], assets: Sequence[Asset]) -> Piece:
    """A new piece with its media, and a post for each channel of the kind that fits them best."""
    piece = create_piece(by, **words)
    for asset in assets:
        set_media(by, piece, asset)
    kinds = [asset.kind for asset in assets]
    for slug in channels:
        set_outlet(by, piece, channel_slug=slug, post_type=best_post_type(slug, kinds))
    piece.refresh_from_db()
    return piece


@transaction.atomic
def add_assets(by: Member, piece: Piece, assets: Sequence[Asset]) -> None:
    """Puts the assets in, at the end. A post of words alone becomes one that shows them, where its channel has such."""
    for asset in assets:
        set_media(by, piece, asset)
    kinds = [use.asset.kind for use in media_of(piece)]
    for outlet in outlets_of(piece):
        if kinds and shows_words_only(outlet.channel, outlet.post_type):
            set_outlet(by, piece, channel_slug=outlet.channel, post_type=best_post_type(outlet.channel, kinds))
