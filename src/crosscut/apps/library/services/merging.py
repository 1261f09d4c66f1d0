"""Making one asset of several duplicates: seen before, done as one step, undone as one step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import pointing
from crosscut.apps.library.models import Asset, ChangeSet, Merge
from crosscut.apps.library.protecting import protectors_of
from crosscut.apps.library.queries import assets_for, binned_for, merge_for
from crosscut.apps.library.services import about
from crosscut.apps.library.services.bins import put_into_bin, take_out_of_bin
from crosscut.apps.library.services.carrying import Cargo, cargo_of, carry, unload
from crosscut.apps.library.services.describe import archive, restore
from crosscut.apps.library.services.fields import field_set
from crosscut.apps.library.services.merge_choices import Differing, differing
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from crosscut.kernel.phrases import counted, phrase

MOST = 24  # files at once: more cannot be looked at beside each other


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person chose."""

    keep: int  # the asset that stays
    gone: Sequence[int]  # those that become it
    values: Mapping[str, int | str] = field(default_factory=dict)  # by field: whose value goes on, or "all"
    accepts_rights: bool = False  # has seen that the rights of the kept one change


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What merging would do."""

    keep: Asset
    gone: tuple[Asset, ...]
    fields: tuple[Differing, ...]
    cargo: Cargo
    shows: tuple[pointing.Shows, ...]  # what shows one of the others now
    to_archive: frozenset[int]  # of the gone: what needs their files keeps them, so they are put away, not deleted

    @property
    def changes_rights(self) -> bool:
        """Whether something else may be done with the kept one afterwards."""
        return self.cargo.binds(self.keep)


@dataclass(frozen=True, kw_only=True)
class Unmerged:
    """What undoing came to."""

    merge: Merge
    kept: tuple[str, ...]  # what was changed since and stays, in words


def plan(by: Member, choice: Choice) -> Plan:
    """What would be done, without doing it. Raises Invalid and NotFound."""
    demand(by, "draft")
    return _planned(by, choice, _read(by, choice))


@transaction.atomic
def merge(by: Member, choice: Choice) -> Merge:
    """The merge, done: the kept asset says what was chosen and holds the rights of all; the others are out of the way.

    What shows them shows the kept one, except what is approved, planned or live with them, which keeps their files.
    Raises Invalid, NotFound, NotAllowed where licences would go along that the member may not enter, and Conflict
    where the rights would change and nobody said that they saw it. Then nothing is changed.
    """
    demand(by, "draft")
    planned = _planned(by, choice, _read(by, choice, is_held=True))
    _refuse_rights(by, planned, choice)
    values = {one.field.key: one.value for one in planned.fields if one.value != one.values[planned.keep.pk]}
    changed = about.change(by, {planned.keep.pk: values}, how=ChangeSet.How.MERGE) if values else None
    keep = Asset.objects.select_for_update(of=("self",)).get(pk=planned.keep.pk)
    carried = carry(by, keep, planned.cargo)
    moved = [entry for one in planned.gone for entry in pointing.point(by, one, keep)]
    row = Merge.objects.create(
        workspace_id=by.workspace_id,
        kept=keep,
        gone=[_put_away(by, one) for one in planned.gone],
        change_set=changed,
        carried=carried,
        moved=moved,
        by=by,
    )
    record("asset.merged", keep, by=by, gone=[one.pk for one in planned.gone], merge=row.pk)
    return row


@transaction.atomic
def undo_merge(by: Member, merge_id: int) -> Unmerged:
    """Everything as it was before; what was changed since stays, and is named.

    Raises NotFound, Conflict when it was undone already, NotAllowed where licences would go that the member may not
    end.
    """
    demand(by, "draft")
    row = Merge.objects.select_for_update(of=("self",)).get(pk=merge_for(by, merge_id).pk)
    if row.undone_at:
        raise Conflict(phrase("This was undone already."))
    if row.carried.get("licences") or row.carried.get("consents"):
        demand(by, "clear")
    keep = Asset.objects.select_for_update(of=("self",)).get(pk=row.kept_id)
    if keep.binned_at:
        raise Conflict(phrase("“{title}” is in the bin. Bring it back first.", title=keep.title))
    stays = _bring_back(by, row)
    left = pointing.point_back(by, row.moved)
    if left:
        stays.append(counted("{n} piece that was changed", "{n} pieces that were changed", left))
    if row.change_set and not row.change_set.undone_at:
        stays.extend(about.undo(by, row.change_set.pk).kept)
        keep.refresh_from_db()
    unload(keep, row.carried)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    record("asset.unmerged", keep, by=by, merge=row.pk)
    return Unmerged(merge=row, kept=tuple(stays))


def _read(by: Member, choice: Choice, *, is_held: bool = False) -> dict[int, Asset]:
    wanted = {choice.keep, *choice.gone}
    if len(wanted) < 2 or choice.keep in choice.gone:
        raise Invalid.at("merge", phrase("Choose the file that stays, and at least one other."))
    if len(wanted) > MOST:
        raise Invalid.at("merge", phrase("Choose at most {most} files at once.", most=MOST))
    rows = assets_for(by).filter(pk__in=wanted).select_related("current", "workspace").defer("search").order_by("pk")
    found = {row.pk: row for row in (rows.select_for_update(of=("self",)) if is_held else rows)}
    if len(found) < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in this workspace. Nothing was changed."))
    if len({row.kind for row in found.values()}) > 1:
        raise Invalid.at("merge", phrase("Only files of one kind can become one."))
    return found


def _planned(by: Member, choice: Choice, assets: Mapping[int, Asset]) -> Plan:
    keep = assets[choice.keep]
    gone = tuple(assets[pk] for pk in dict.fromkeys(choice.gone))
    shown = {one.pk: pointing.shown_by(by, one, keep) for one in gone}
    return Plan(
        keep=keep,
        gone=gone,
        fields=tuple(differing(field_set(by.workspace_id), keep, gone, choice.values)),
        cargo=cargo_of(keep, gone),
        shows=tuple(show for shows in shown.values() for show in shows),
        to_archive=frozenset(one.pk for one in gone if _is_needed_without(one, shown[one.pk])),
    )


def _is_needed_without(asset: Asset, shows: Sequence[pointing.Shows]) -> bool:
    """Whether anything needs the asset once all that can show the kept one does."""
    leaving = {one.key for one in shows if not one.obstacle}
    return any(one.key not in leaving for one in protectors_of([asset]))


def _refuse_rights(by: Member, planned: Plan, choice: Choice) -> None:
    if planned.cargo.needs_clearing and not can(by, "clear"):
        raise NotAllowed(phrase("The licences of the others would go along. Ask somebody who may enter licences."))
    if planned.changes_rights and not choice.accepts_rights:
        message = phrase("What may be done with the file that stays would change. Say that you have seen it.")
        raise Conflict(problems=[Problem(code="merge.rights", where="accepts_rights", message=message)])


def _put_away(by: Member, asset: Asset) -> dict[str, object]:
    """Into the bin; into the archive where something approved, planned or live needs its files."""
    if protectors_of([asset]):
        was_archived = asset.archived_at is not None
        archive(by, [asset.pk])
        return {"id": asset.pk, "title": asset.title, "to": "" if was_archived else "archive"}
    put_into_bin(by, [asset.pk])
    return {"id": asset.pk, "title": asset.title, "to": "bin"}


def _bring_back(by: Member, row: Merge) -> list[str]:
    """The names of those that cannot come back, because the bin was emptied."""
    binned = set(binned_for(by).values_list("pk", flat=True)) if row.gone else set()
    there = set(assets_for(by).filter(pk__in=[one["id"] for one in row.gone]).values_list("pk", flat=True))
    if from_bin := [one["id"] for one in row.gone if one["to"] == "bin" and one["id"] in binned]:
        take_out_of_bin(by, from_bin)
    if archived := [one["id"] for one in row.gone if one["to"] == "archive" and one["id"] in there]:
        restore(by, archived)
    return [one["title"] for one in row.gone if one["id"] not in binned | there]
