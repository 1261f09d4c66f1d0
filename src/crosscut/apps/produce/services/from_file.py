"""A piece kept as a file: its words, its media out of the library, what each channel shows."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from django.db import transaction
from django.utils.text import slugify

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.describe import Description, describe
from crosscut.apps.library.services.tracks import put_track
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import pieces_for
from crosscut.apps.produce.services.write import (
    change_piece,
    create_piece,
    order_media,
    remove_media,
    remove_outlet,
    set_media,
    set_outlet,
)
from crosscut.kernel.errors import CrosscutError, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.piece_file import ChannelEntry, LicenceEntry, MediaEntry, PieceFile, parse

_WORDS = ("captions", "transcript", "chapters")  # files of words that belong to a medium


class Shelf(Protocol):
    """Where the files that a piece file names are found."""

    def asset(self, by: Member, name: str) -> Asset:
        """The library's asset for that file. Raises NotFound or Invalid with what to do."""
        ...

    def words(self, by: Member, asset: Asset, kind: str, name: str, *, language: str) -> None:
        """Makes sure that the asset has those words. Raises NotFound or Invalid with what to do."""
        ...


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder the piece file lies in: its media are in the library by their content."""

    path: Path

    def asset(self, by: Member, name: str) -> Asset:
        """The asset with exactly this file as a version."""
        found = asset_of(by, self.path / name)
        if found is None:
            raise NotFound(
                phrase(
                    "{name} is not in the library. Add it first: crosscut ingest {path}",
                    name=name,
                    path=self.path / name,
                )
            )
        return found

    def words(self, by: Member, asset: Asset, kind: str, name: str, *, language: str) -> None:
        """Reads them from the file."""
        put_track(by, asset.pk, self.path / name, kind=kind, language=language)


@dataclass(frozen=True, kw_only=True)
class Library:
    """The library alone, for a piece file that came without its folder: media are found by their names."""

    def asset(self, by: Member, name: str) -> Asset:
        """The only asset whose newest file has that name."""
        filename = PurePosixPath(name).name
        rows = list(assets_for(by).filter(archived_at=None, current__filename=filename).distinct()[:2])
        if not rows:
            raise NotFound(phrase("No file called {filename} is in the library. Upload it first.", filename=filename))
        if len(rows) > 1:
            raise NotFound(
                phrase(
                    "Several files in the library are called {filename}. Archive all but the one you mean.",
                    filename=filename,
                )
            )
        return rows[0]

    def words(self, by: Member, asset: Asset, kind: str, name: str, *, language: str) -> None:
        """They must be there already."""
        if not asset.tracks.filter(kind=kind).exists():
            raise NotFound(
                phrase(
                    "{asset} has no {kind} in the library. Add {name} there first.",
                    asset=asset.title,
                    kind=kind,
                    name=PurePosixPath(name).name,
                )
            )


def read_piece_file(path: Path) -> PieceFile:
    """The piece file, with every file it names there. Raises Invalid with every problem found."""
    try:
        file = parse(path.read_text(encoding="utf-8"), PieceFile, name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid.at(
            path.name, phrase("This file cannot be read: {error}", error=str(error)), code="file.unreadable"
        ) from error
    missing = [(where, name) for where, name in _named_files(file) if not (path.parent / name).is_file()]
    if missing:
        raise Invalid(
            problems=[
                Problem(
                    code="file.missing",
                    where=f"{path.name}: {where}",
                    message=phrase("There is no file {name}.", name=name),
                )
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


def apply_piece_file(by: Member, file: PieceFile, path: Path) -> Piece:
    """The piece with everything the file says: made the first time, brought up to date after that.

    Its media must be in the library already. Raises Invalid or NotFound naming the campaign, file or field that does
    not fit; nothing is changed then. Applied again unchanged, it changes nothing.
    """
    return _apply(by, file, Folder(path=path.parent), name=path.name)


def apply_piece_text(by: Member, text: str, *, name: str = "") -> Piece:
    """The piece a file says that came without its folder; its media are found in the library by their names.

    `name` tells this file from others, so that it is brought up to date when it comes again; the title does without.
    """
    file = parse(text, PieceFile, name=name)
    return _apply(by, file, Library(), name=name or f"{slugify(file.title) or 'piece'}.yaml")


@transaction.atomic
def _apply(by: Member, file: PieceFile, shelf: Shelf, *, name: str) -> Piece:
    words: dict[str, Any] = {
        "title": file.title,
        "text": file.text,
        "summary": file.summary,
        "link": file.link,
        "tags": file.tags,
        "language": file.language,
        "campaign": _campaign(by, file.campaign),
    }
    source = name if file.campaign is None else f"{file.campaign}/{name}"
    piece = pieces_for(by).filter(source_file=source).first()
    piece = change_piece(by, piece, **words) if piece else create_piece(by, source_file=source, **words)
    assets, parts = _assets(by, file, shelf), _parts(file)
    for asset, entry in zip(assets, file.media, strict=True):
        _apply_media(by, piece, entry, asset, parts.get(entry.file, {}))
    for gone in piece.media.exclude(asset__in=assets).values_list("asset_id", flat=True):
        remove_media(by, piece, gone)
    order_media(by, piece, [asset.pk for asset in assets])
    _apply_channels(by, piece, file)
    piece.refresh_from_db()
    return piece


def _assets(by: Member, file: PieceFile, shelf: Shelf) -> list[Asset]:
    """The asset of each entry, with its words. Raises Invalid naming every file that is missing or stands twice."""
    found: list[Asset] = []
    problems: list[Problem] = []
    for number, entry in enumerate(file.media):
        try:
            asset = shelf.asset(by, entry.file)
            for kind, name in _words_of(entry):
                shelf.words(by, asset, kind, name, language=file.language)
        except (NotFound, Invalid) as error:
            problems += _at(error, f"media.{number}")
            continue
        if asset in found:
            message = phrase("{file} stands here twice.", file=entry.file)
            problems.append(Problem(code="file.twice", where=f"media.{number}.file", message=message))
        found.append(asset)
    if problems:
        raise Invalid(problems=problems)
    return found


def _parts(file: PieceFile) -> dict[str, dict[str, int]]:
    """Each file's part of a thread, by channel. Raises Invalid for a file that the piece has not, or stands in two."""
    known, found = {entry.file for entry in file.media}, dict[str, dict[str, int]]()
    problems: list[Problem] = []
    for slug, entry in file.channels.items():
        for at, part in enumerate(entry.thread):
            for name in part.media:
                if name not in known:
                    message = phrase("{name} is not among the files under media.", name=name)
                elif slug in found.get(name, {}):
                    message = phrase("{name} goes with one part of a thread, not with two.", name=name)
                else:
                    found.setdefault(name, {})[slug] = at + 1
                    continue
                where = f"channels.{slug}.thread.{at}.media"
                problems.append(Problem(code="file.part", where=where, message=message))
    if problems:
        raise Invalid(problems=problems)
    return found


def _apply_media(by: Member, piece: Piece, entry: MediaEntry, asset: Asset, parts: dict[str, int]) -> None:
    if entry.credit and entry.credit != asset.credit:
        describe(by, asset.pk, Description(credit=entry.credit))
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
        parts={slug: part for slug, part in parts.items() if part > 1},
    )


def _apply_channels(by: Member, piece: Piece, file: PieceFile) -> None:
    problems: list[Problem] = []
    for slug, entry in file.channels.items():
        try:
            set_outlet(by, piece, channel_slug=slug, post_type=entry.type, **_outlet_words(entry))
        except (NotFound, Invalid) as error:
            problems += _at(error, f"channels.{slug}")
    if problems:
        raise Invalid(problems=problems)
    for slug in piece.outlets.exclude(channel__in=file.channels).values_list("channel", flat=True):
        remove_outlet(by, piece, slug)


def _outlet_words(entry: ChannelEntry) -> dict[str, Any]:
    words = entry.model_dump(exclude={"type", "thread"})
    if not entry.thread:
        return {**words, "further": []}
    return {**words, "text": entry.thread[0].text, "further": [part.text for part in entry.thread[1:]]}


def _apply_licence(by: Member, asset: Asset, entry: LicenceEntry) -> None:
    terms = Terms(**entry.model_dump())
    known = asset.licences.filter(withdrawn_at=None)
    fields = {name: value for name, value in asdict(terms).items() if name != "note"}
    if not known.filter(**fields).exists():
        add_licence(by, asset.pk, terms)


def _campaign(by: Member, slug: str | None) -> Campaign | None:
    if slug is None:
        return None
    campaign = campaigns_for(by).filter(slug=slug).first()
    if campaign is None:
        raise NotFound(
            phrase(
                "There is no campaign {slug}. Put a campaign.yaml beside the piece, or create it first.",
                slug=repr(slug),
            )
        )
    return campaign


def _at(error: CrosscutError, where: str) -> Iterator[Problem]:
    """The problems, at their place in the file."""
    for problem in error.problems:
        yield replace(problem, where=f"{where}.{problem.where}" if problem.where else where)


def _named_files(file: PieceFile) -> list[tuple[str, str]]:
    return [
        (f"media.{number}.{field}", name)
        for number, entry in enumerate(file.media)
        for field, name in (("file", entry.file), *_words_of(entry))
    ]


def _words_of(entry: MediaEntry) -> list[tuple[str, str]]:
    return [(kind, name) for kind in _WORDS if (name := getattr(entry, kind))]
