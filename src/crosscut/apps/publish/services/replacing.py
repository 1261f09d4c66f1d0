"""Putting one asset in another's place everywhere: what that touches, doing it, and undoing it in one step.

Drafts show the new one. A planned post takes its piece as it stands now, which is another edition: another file was
approved, so approvals do not hold for it, and it goes out only when it is approved again. What is live, being sent or
partly with the channel stays as it is.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import asset_for
from crosscut.apps.produce.models import Edition, Piece, PieceMedia
from crosscut.apps.produce.services.approve import is_approved
from crosscut.apps.produce.services.freeze import digests_of, freeze
from crosscut.apps.produce.services.pointing import swap, swap_back
from crosscut.apps.produce.services.write import held_for_writing
from crosscut.apps.publish.models import Replacement, Series, Target
from crosscut.apps.publish.services.schedule import show_edition
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.phrases import phrase

State = Target.State
_OPEN = (State.SCHEDULED, State.HANDED, State.BLOCKED)
_CLEARED = {"alt_text": "", "is_decorative": False, "focus_x": None, "focus_y": None}  # they speak of the old picture


@dataclass(frozen=True, kw_only=True)
class PieceTouched:
    """A piece that shows the old asset."""

    piece: Piece
    obstacle: str  # why it stays as it is; empty where it is changed


@dataclass(frozen=True, kw_only=True)
class PostTouched:
    """A post with the old file."""

    post: Target
    obstacle: str  # why it stays as it is; empty where it is changed
    loses_approval: bool  # it is approved, and that does not hold for the new file
    takes_other_changes: bool  # the piece was changed since it was planned, and that goes along


@dataclass(frozen=True, kw_only=True)
class Touched:
    """Everything that a replacement would change, and what it would leave."""

    pieces: tuple[PieceTouched, ...]
    posts: tuple[PostTouched, ...]

    @property
    def count(self) -> int:
        """How many pieces and posts would be changed."""
        return sum(not one.obstacle for one in self.pieces) + sum(not one.obstacle for one in self.posts)


def touched_by(by: Member, old_id: int, new_id: int) -> tuple[Asset, Asset, Touched]:
    """The two assets, and what putting the second in the first's place would do; nothing is changed.

    The same asset twice stands for its current version in the place of earlier ones. Raises NotFound, and Invalid for
    assets of different kinds.
    """
    old, new = asset_for(by, old_id), asset_for(by, new_id)
    if old.kind != new.kind:
        raise Invalid.at("with", phrase("Only {kind} can stand in its place.", kind=old.get_kind_display().lower()))
    if new.archived_at is not None and new.pk != old.pk:
        raise Invalid.at("with", phrase("“{title}” is in the archive. Bring it back first.", title=new.title))
    pieces = tuple(_piece_touched(use, new) for use in _uses(old)) if old.pk != new.pk else ()
    stuck = {one.piece.pk: one.obstacle for one in pieces if one.obstacle}
    rows = list(_posts(old, is_same=old.pk == new.pk))
    digests = digests_of({row.piece_id: row.piece for row in rows}.values())
    posts = tuple(_post_touched(row, digests[row.piece_id], stuck.get(row.piece_id, "")) for row in rows)
    return old, new, Touched(pieces=pieces, posts=posts)


@transaction.atomic
def replace_everywhere(by: Member, old_id: int, new_id: int) -> Replacement:
    """The replacement, done as `touched_by` says. Raises Conflict when there is nothing to change."""
    demand(by, "schedule")
    old, new, touched = touched_by(by, old_id, new_id)
    if not touched.count:
        raise Conflict(phrase("There is nothing here that can be changed."))
    media = [entry for one in touched.pieces if not one.obstacle and (entry := _swap(by, one.piece, old, new))]
    posts = [moved for one in touched.posts if not one.obstacle and (moved := _take(by, one.post))]
    row = Replacement.objects.create(
        workspace_id=by.workspace_id, old=old, new=new, media=media, posts=posts, created_by=by
    )
    record("asset.replaced", old, by=by, by_asset=new.pk, new=new.title, pieces=len(media), posts=len(posts))
    return row


@transaction.atomic
def undo_replacement(by: Member, replacement_id: int) -> tuple[Replacement, int]:
    """Puts back what was there, as far as nobody changed it since; and how many pieces and posts stayed as they are."""
    demand(by, "schedule")
    row = Replacement.objects.select_for_update(of=("self",)).get(pk=replacement_for(by, replacement_id).pk)
    if row.undone_at is not None:
        raise Conflict(phrase("This was undone already."))
    left = sum(not swap_back(by, entry) for entry in row.media)
    left += sum(not _give_back(entry) for entry in row.posts)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    record("asset.replacement_undone", row.old, by=by, new=row.new.title, left=left)
    return row, left


def replacement_for(member: Member, replacement_id: int) -> Replacement:
    """One of the workspace's replacements. Raises NotFound; also for who may not see the library."""
    rows = Replacement.objects.filter(workspace=member.workspace_id).select_related("old", "new", "created_by__user")
    row = rows.filter(pk=replacement_id).first()
    if row is None:
        raise NotFound(phrase("There is no such replacement in this workspace."))
    asset_for(member, row.old_id)
    return row


def _uses(old: Asset) -> QuerySet[PieceMedia]:
    return PieceMedia.objects.filter(asset=old, piece__archived_at=None).select_related("piece").order_by("piece_id")


def _posts(old: Asset, *, is_same: bool) -> QuerySet[Target]:
    """The posts with the asset's files that are not over; of the same asset those with an earlier version."""
    over = (*Target.CLOSED_STATES, State.RECALLING)
    rows = Target.objects.filter(edition__media__version__asset=old).exclude(state__in=over)
    if is_same:
        rows = rows.exclude(edition__media__version=old.current_id)
    return rows.select_related("piece", "edition", "account").order_by("due_at", "id").distinct()


def _piece_touched(use: PieceMedia, new: Asset) -> PieceTouched:
    has_both = use.piece.media.filter(asset=new).exists()
    obstacle = phrase("It shows both already: take one out there.") if has_both else ""
    return PieceTouched(piece=use.piece, obstacle=obstacle)


def _post_touched(row: Target, digest_now: str, obstacle: str) -> PostTouched:
    if not obstacle and row.state not in _OPEN:
        obstacle = phrase("It is live, or on its way: it keeps its file. Take it down and post anew to change it.")
    elif not obstacle and (row.kept or row.staging_since):
        obstacle = phrase("The channel has parts of it already: cancel it and plan it anew to change it.")
    elif not obstacle and row.piece.archived_at:
        obstacle = phrase("Its piece is archived.")
    return PostTouched(
        post=row,
        obstacle=obstacle,
        loses_approval=not obstacle and is_approved(row.edition),
        takes_other_changes=not obstacle and digest_now != row.edition.digest,
    )


def _swap(by: Member, piece: Piece, old: Asset, new: Asset) -> dict[str, Any] | None:
    """Alt text and crop of the old picture do not fit the new one: its own alt text counts."""
    entry = swap(by, held_for_writing(by, piece), old, new, _CLEARED)
    return entry and {"piece": piece.pk, **entry}


def _take(by: Member, post: Target) -> dict[str, int] | None:
    """Gives the post its piece as it stands now; None where that has nothing for its channel any more."""
    row = Target.objects.select_for_update(of=("self",)).select_related("piece", "account").get(pk=post.pk)
    if row.state not in _OPEN or row.kept or row.staging_since:
        return None
    before, edition = row.edition_id, freeze(Piece.objects.get(pk=row.piece_id), by=by)
    if edition.pk == before or row.account.channel not in edition.content["outlets"]:
        return None
    _put(row, before, edition)
    record("post.file_replaced", row, by=by, digest=edition.digest)
    return {"post": row.pk, "before": before, "after": edition.pk}


def _give_back(entry: dict[str, int]) -> bool:
    rows = Target.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(pk=entry["post"], edition=entry["after"], state__in=_OPEN, staging_since=None).first()
    edition = Edition.objects.filter(pk=entry["before"]).first()
    if row is None or edition is None or row.account.channel not in edition.content["outlets"]:
        return False
    _put(row, entry["after"], edition)
    return True


def _put(row: Target, before: int, edition: Edition) -> None:
    """The post shows the edition, and where it is one of a series, so do those that are made after it."""
    show_edition(row, edition)
    Series.objects.filter(dates__target=row, edition=before).update(edition=edition)
