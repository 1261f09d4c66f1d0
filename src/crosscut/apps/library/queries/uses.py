"""Where assets are used, both ways: from an asset to every address the public sees, and from an address back.

Pieces and posts are downstream of the library: they are reached by the relations their tables have to ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from django.db.models import F, Q

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset, Rendition, Version
from crosscut.apps.library.queries.assets import asset_for, versions_for

_EDITION = "edition_uses__edition"
_POST = f"{_EDITION}__targets"
_COLUMNS = {
    "version_id": F("id"),
    "piece_id": F(f"{_EDITION}__piece_id"),
    "piece": F(f"{_EDITION}__piece__title"),
    "post_id": F(f"{_POST}__id"),
    "account": F(f"{_POST}__account__name"),
    "channel": F(f"{_POST}__account__channel"),
    "state": F(f"{_POST}__state"),
    "due_at": F(f"{_POST}__due_at"),
    "url": F(f"{_POST}__url"),
    "files": F(f"{_POST}__attempts__files"),
    "attempt": F(f"{_POST}__attempts__number"),
}
LIVE = ("sending", "partly", "sent", "proven", "unknown", "recalling")  # the public sees it, or may
PLANNED = ("scheduled", "staging", "blocked")


@dataclass(frozen=True, kw_only=True)
class PostUse:
    """A post that shows, showed or will show a version."""

    id: int
    account: str
    channel: str  # its slug
    state: str
    due_at: datetime
    url: str  # where the public sees it, or empty
    files: tuple[str, ...]  # SHA-256 of each file that was handed over last; empty before

    @property
    def is_live(self) -> bool:
        """Whether the public sees it, or may."""
        return self.state in LIVE

    @property
    def is_planned(self) -> bool:
        """Whether it is still to go out."""
        return self.state in PLANNED


@dataclass(frozen=True, kw_only=True)
class PieceUse:
    """A piece that shows a version."""

    piece_id: int
    title: str
    is_draft: bool  # the piece as it stands now shows it, and not only a state that was planned
    posts: tuple[PostUse, ...]


@dataclass(frozen=True, kw_only=True)
class FileUse:
    """One file of a version as it was handed over: the master itself, or what was made from it."""

    rendition: Rendition | None  # None: the master, or nothing was handed over yet
    pieces: tuple[PieceUse, ...]


@dataclass(frozen=True, kw_only=True)
class VersionUse:
    """One version with all it is used in."""

    version: Version
    is_current: bool
    files: tuple[FileUse, ...]

    @property
    def posts(self) -> list[PostUse]:
        """Its posts, the last due first."""
        posts = {post.id: post for file in self.files for piece in file.pieces for post in piece.posts}
        return sorted(posts.values(), key=lambda post: post.due_at, reverse=True)


def tree_of(asset: Asset) -> tuple[VersionUse, ...]:
    """The asset's versions, newest first, each with the files made from it and the pieces and posts that show those."""
    versions = list(asset.versions.all())
    rows = _rows(Q(asset=asset))
    made = {row.sha256: row for row in Rendition.objects.filter(version__asset=asset, purpose__contains="/")}
    drafts = dict(asset.uses.filter(piece__archived_at=None).values_list("piece_id", "piece__title"))
    return tuple(
        VersionUse(
            version=version,
            is_current=version.pk == asset.current_id,
            files=_files([row for row in rows if row["version_id"] == version.pk], version, made, drafts, asset),
        )
        for version in versions
    )


def tree_for(member: Member, asset_id: int) -> tuple[VersionUse, ...]:
    """The same for somebody. Raises NotFound."""
    return tree_of(asset_for(member, asset_id))


def uses_of(asset: Asset) -> list[PieceUse]:
    """The pieces the asset is in now, and those from which some version of it was posted, last used first."""
    found: dict[int, PieceUse] = {}
    for piece in (piece for version in tree_of(asset) for file in version.files for piece in file.pieces):
        known = found.get(piece.piece_id, piece)
        posts = {post.id: post for post in (*known.posts, *piece.posts)}
        found[piece.piece_id] = replace(known, posts=tuple(posts.values()), is_draft=known.is_draft or piece.is_draft)
    return sorted(found.values(), key=lambda use: use.piece_id, reverse=True)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where something that was found outside comes from."""

    version: Version
    rendition: Rendition | None  # the file made from it, when that is what was asked for
    posts: tuple[PostUse, ...]  # that show it, when an address was asked for


def origins_for(member: Member, *, url: str = "", sha256: str = "") -> list[Origin]:
    """The versions behind a post's public address, or behind a file's fingerprint; none when nothing here fits."""
    seen = versions_for(member)
    if sha256:
        made = Rendition.objects.filter(version__in=seen, sha256=sha256).select_related("version__asset").first()
        masters = [Origin(version=row, rendition=None, posts=()) for row in seen.filter(sha256=sha256)]
        return [*masters, *([Origin(version=made.version, rendition=made, posts=())] if made else [])]
    if not url:
        return []
    found = {row["version_id"]: row for row in _rows(Q(asset__in=_assets(seen), **{f"{_POST}__url": url}))}
    rows = seen.filter(pk__in=found).order_by("pk")
    return [Origin(version=row, rendition=None, posts=(_post(found[row.pk]),)) for row in rows]


def _assets(versions: Any) -> Any:
    return versions.order_by().values("asset")


def _rows(wanted: Q) -> list[dict[str, Any]]:
    """Every post of the versions, with the files of its last attempt."""
    rows = Version.objects.filter(wanted).exclude(edition_uses__edition__targets=None).order_by("id")
    last: dict[tuple[int, int], dict[str, Any]] = {}
    for row in cast(Iterable[dict[str, Any]], rows.values(**_COLUMNS)):
        key = (row["version_id"], row["post_id"])
        if row["post_id"] and (key not in last or (row["attempt"] or 0) > (last[key]["attempt"] or 0)):
            last[key] = row
    return list(last.values())


def _post(row: dict[str, Any]) -> PostUse:
    values = {name: row[name] for name in ("account", "channel", "state", "due_at", "url")}
    return PostUse(id=row["post_id"], files=tuple(row["files"] or ()), **values)


def _files(
    rows: list[dict[str, Any]], version: Version, made: dict[str, Rendition], drafts: dict[int, str], asset: Asset
) -> tuple[FileUse, ...]:
    """The version's uses by the file that was handed over; drafts show the current version."""
    is_current = version.pk == asset.current_id
    groups: dict[int, dict[int, list[PostUse]]] = {0: {}}
    titles = dict(drafts) if is_current else {}
    for row in rows:
        rendition = next((made[sha] for sha in row["files"] or () if sha in made), None)
        pieces = groups.setdefault(rendition.pk if rendition else 0, {})
        titles.setdefault(row["piece_id"], row["piece"])
        pieces.setdefault(row["piece_id"], []).append(_post(row))
    placed = {piece for pieces in groups.values() for piece in pieces}
    for piece_id in drafts if is_current else ():
        if piece_id not in placed:
            groups[0][piece_id] = []
    renditions = {row.pk: row for row in made.values()}
    return tuple(
        FileUse(rendition=renditions.get(pk), pieces=_pieces(pieces, titles, drafts if is_current else {}))
        for pk, pieces in sorted(groups.items())
        if pieces
    )


def _pieces(pieces: dict[int, list[PostUse]], titles: dict[int, str], drafts: dict[int, str]) -> tuple[PieceUse, ...]:
    return tuple(
        PieceUse(
            piece_id=pk,
            title=titles[pk],
            is_draft=pk in drafts,
            posts=tuple(sorted(posts, key=lambda post: post.due_at, reverse=True)),
        )
        for pk, posts in sorted(pieces.items(), reverse=True)
    )
