"""Freezing a piece into an edition: everything it will publish, named by its hash."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library.models import Track, Version
from crosscut.apps.library.services.framing import framing_of
from crosscut.apps.library.services.going_along import words_of
from crosscut.apps.produce.linking import links_by_piece
from crosscut.apps.produce.models import Edition, EditionMedia, Outlet, Piece, PieceMedia
from crosscut.apps.produce.queries import media_by_piece, outlets_by_piece
from crosscut.apps.produce.services.short_links import keep_links
from crosscut.apps.produce.threads import fitting_type
from crosscut.kernel.records import digest


@transaction.atomic
def freeze(piece: Piece, *, by: Member | None = None) -> Edition:
    """The edition of the piece as it is now. The same content always gives the same edition."""
    content = content_of(piece)
    edition, is_new = Edition.objects.get_or_create(
        piece=piece, digest=digest(content), defaults={"content": content, "created_by": by}
    )
    if is_new:
        versions = Version.objects.in_bulk([media["version"] for media in content["media"]])
        EditionMedia.objects.bulk_create(
            EditionMedia(edition=edition, version=versions[media["version"]], position=position)
            for position, media in enumerate(content["media"])
        )
        keep_links(edition, by=by)
    return edition


def freeze_for(by: Member, piece: Piece) -> Edition:
    """The same, on somebody's wish. Raises NotAllowed for who may not write."""
    demand(by, "draft")
    return freeze(piece, by=by)


def content_of(piece: Piece) -> dict[str, Any]:
    """All that the piece would publish now, as canonical data: words, media with their exact bytes, channels."""
    return contents_of([piece])[piece.pk]


def contents_of(pieces: Iterable[Piece]) -> dict[int, dict[str, Any]]:
    """What `content_of` gives, for several pieces by their id; as many queries as for one."""
    rows = list(pieces)
    media, outlets = media_by_piece(rows), outlets_by_piece(rows)
    links = links_by_piece(rows, outlets)
    return {piece.pk: _content(piece, media[piece.pk], outlets[piece.pk], links.get(piece.pk, {})) for piece in rows}


def digests_of(pieces: Iterable[Piece]) -> dict[int, str]:
    """The name the state of each piece would have if it were frozen now; nothing is kept."""
    return {pk: digest(content) for pk, content in contents_of(pieces).items()}


def media_for(content: dict[str, Any], channel: str) -> list[dict[str, Any]]:
    """The media of an edition's content that go to one channel, in order."""
    return [media for media in content["media"] if not media["channels"] or channel in media["channels"]]


def _content(
    piece: Piece, uses: Iterable[PieceMedia], outlets: Iterable[Outlet], links: Mapping[str, list[dict[str, str]]]
) -> dict[str, Any]:
    shown = [use for use in uses if use.asset.current]
    return {
        "title": piece.title,
        "text": piece.text,
        "summary": piece.summary,
        "link": piece.link,
        "tags": sorted(piece.tags),
        "language": piece.language,
        "media": [_media_content(use, use.asset.current) for use in shown if use.asset.current],
        "outlets": {
            outlet.channel: _outlet_content(outlet, piece, links.get(outlet.channel)) | _thread_content(outlet, shown)
            for outlet in outlets
        },
    }


def _outlet_content(outlet: Outlet, piece: Piece, links: list[dict[str, str]] | None) -> dict[str, Any]:
    return {
        "post_type": outlet.post_type,
        "text": piece.text if outlet.text is None else outlet.text,
        "title": piece.title if outlet.title is None else outlet.title,
        "extra": outlet.extra,
        **({"links": links} if links else {}),  # left out where none changes, so that older editions keep their names
    }


def _thread_content(outlet: Outlet, uses: list[PieceMedia]) -> dict[str, Any]:
    """What the channel shows after the first part; nothing for a post that is no thread."""
    if not outlet.further:
        return {}
    there = [use for use in uses if not use.channels or outlet.channel in use.channels]
    further = [
        {"text": text, "post_type": fitting_type(outlet.channel, _kinds_with(there, outlet.channel, part))}
        for part, text in enumerate(outlet.further, start=2)
    ]
    return {"further": further, **({"is_numbered": True} if outlet.is_numbered else {})}


def _kinds_with(uses: list[PieceMedia], channel: str, part: int) -> list[str]:
    return [str(use.asset.kind) for use in uses if use.parts.get(channel) == part]


def _media_content(use: PieceMedia, version: Version) -> dict[str, Any]:
    asset = use.asset
    framing = framing_of(version)  # left out where nobody set any, so that older editions keep their names
    said = words_of(asset, version)  # left out where the file says it all by itself
    return {
        "asset": asset.pk,
        "version": version.pk,
        "sha256": version.sha256,
        "kind": asset.kind,
        "filename": version.filename,
        "alt_text": "" if use.is_decorative else (use.alt_text or asset.alt_text),
        "is_decorative": use.is_decorative,
        "focus": None if use.focus_x is None else [use.focus_x, use.focus_y],
        "channels": sorted(use.channels),
        "credit": asset.credit,
        "tracks": [_track_content(track) for track in sorted(asset.tracks.all(), key=_by_kind)],
        **({"framing": framing} if framing else {}),
        **({"said": said} if said else {}),
        **({"parts": dict(sorted(use.parts.items()))} if use.parts else {}),
    }


def _by_kind(track: Track) -> tuple[str, str]:
    return track.kind, track.language


def _track_content(track: Track) -> dict[str, Any]:
    return {"kind": track.kind, "language": track.language, "media_type": track.media_type, "text": track.text}
