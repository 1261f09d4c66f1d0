"""A piece kept as a file: its words, its media out of the library, what each channel shows."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services.clear import Terms, enter
from crosscut.apps.library.services.describe import Description, describe
from crosscut.apps.library.services.tracks import put_track
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.write import change_piece, create_piece, set_media, set_outlet
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.piece_file import LicenceEntry, MediaEntry, PieceFile, parse


def read_piece_file(path: Path) -> PieceFile:
    """The piece file, with every file it names there. Raises Invalid with every problem found."""
    try:
        file = parse(path.read_text(encoding="utf-8"), PieceFile, name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid.at(path.name, f"This file cannot be read: {error}", code="file.unreadable") from error
    missing = [(where, name) for where, name in _named_files(file) if not (path.parent / name).is_file()]
    if missing:
        raise Invalid(
            problems=[
                Problem(code="file.missing", where=f"{path.name}: {where}", message=f"There is no file {name}.")
                for where, name in missing
            ]
        )
    return file


def media_paths(file: PieceFile, folder: Path) -> list[Path]:
    """Where the piece's media lie."""
    return [folder / entry.file for entry in file.media]


def asset_of(by: Member, path: Path) -> Asset | None:
    """The asset in the workspace's library with exactly this file as a version."""
    with path.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    return assets_for(by).filter(versions__sha256=sha256).distinct().first()


@transaction.atomic
def apply_piece_file(by: Member, file: PieceFile, path: Path) -> Piece:
    """The piece with everything the file says: made the first time, brought up to date after that.

    Its media must be in the library already. Raises NotFound naming the campaign or file that is missing.
    """
    words: dict[str, Any] = {
        "title": file.title,
        "text": file.text,
        "summary": file.summary,
        "link": file.link,
        "tags": file.tags,
        "language": file.language,
        "campaign": _campaign(by, file.campaign),
    }
    source = str(path.name if file.campaign is None else f"{file.campaign}/{path.name}")
    piece = Piece.objects.filter(workspace=by.workspace, source_file=source, archived_at=None).first()
    piece = change_piece(by, piece, **words) if piece else create_piece(by, source_file=source, **words)
    for entry in file.media:
        _apply_media(by, piece, entry, path.parent, language=file.language)
    for slug, entry_of_channel in file.channels.items():
        fields = entry_of_channel.model_dump(exclude={"type"})
        set_outlet(by, piece, channel_slug=slug, post_type=entry_of_channel.type, **fields)
    piece.outlets.exclude(channel__in=file.channels).delete()
    piece.refresh_from_db()
    return piece


def _apply_media(by: Member, piece: Piece, entry: MediaEntry, folder: Path, *, language: str) -> None:
    asset = asset_of(by, folder / entry.file)
    if asset is None:
        raise NotFound(f"{entry.file} is not in the library. Add it first: crosscut ingest {folder / entry.file}")
    if entry.credit and entry.credit != asset.credit:
        describe(by, asset.pk, Description(credit=entry.credit))
    for kind, name in (("captions", entry.captions), ("transcript", entry.transcript), ("chapters", entry.chapters)):
        if name:
            put_track(by, asset.pk, folder / name, kind=kind, language=language)
    for licence in entry.licences:
        _apply_licence(by, asset, licence)
    across, down = entry.focus or (None, None)
    set_media(
        by,
        piece,
        asset,
        alt_text=entry.alt_text,
        is_decorative=entry.is_decorative,
        channels=entry.channels,
        focus_x=across,
        focus_y=down,
    )


def _apply_licence(by: Member, asset: Asset, entry: LicenceEntry) -> None:
    terms = Terms(**entry.model_dump())
    known = asset.licences.filter(withdrawn_at=None)
    fields = {name: value for name, value in asdict(terms).items() if name != "note"}
    if not known.filter(**fields).exists():
        enter(asset, terms, by=by)


def _campaign(by: Member, slug: str | None) -> Campaign | None:
    if slug is None:
        return None
    campaign = campaigns_for(by).filter(slug=slug).first()
    if campaign is None:
        raise NotFound(f"There is no campaign {slug!r}. Put a campaign.yaml beside the piece, or create it first.")
    return campaign


def _named_files(file: PieceFile) -> list[tuple[str, str]]:
    return [
        (f"media.{number}.{field}", name)
        for number, entry in enumerate(file.media)
        for field in ("file", "captions", "transcript", "chapters")
        if (name := getattr(entry, field))
    ]
