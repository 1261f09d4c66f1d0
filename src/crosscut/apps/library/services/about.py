"""Changing what is known about assets, one or thousands: every change kept, everything undone together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, ChangeSet
from crosscut.apps.library.queries import assets_for, change_set_for
from crosscut.apps.library.services.describe import clean_tags, within_limit
from crosscut.apps.library.services.fields import COLUMNS, FieldSet, field_set, put, values_of
from crosscut.apps.library.services.history import Change, keep_changes
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.vocabularies import agreed_tags
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import Value, is_empty

How = ChangeSet.How
_BATCH = 500
_BY_PEOPLE = frozenset({"page", "several", "sheet", "api", "undo"})  # origins that nothing overwrites unasked


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What undoing came to."""

    change_set: ChangeSet | None  # the undoing itself; None where nothing could be undone
    reverted: int  # fields that are as they were
    kept: list[str] = field(default_factory=list)  # what was changed again since, and stays, in words


@transaction.atomic
def change(
    by: Member,
    edits: Mapping[int, Mapping[str, object]],
    *,
    how: str = How.PAGE,
    into: ChangeSet | None = None,
) -> ChangeSet | None:
    """Sets fields of assets to values, by asset and key; None when all was so already.

    `into` is a set of changes that these belong to: they are undone together with it.

    Raises Invalid with everything that is wrong, NotFound when an asset is not there; then nothing is changed.
    """
    demand(by, "draft")
    known = field_set(by.workspace_id)
    assets = _locked(by, edits)
    problems: list[Problem] = []
    changes: dict[int, dict[str, Change]] = {}
    for asset in assets:
        try:
            made = _differences(asset, checked(known, edits[asset.pk], before=asset.tags))
        except Invalid as error:
            problems.extend(error.problems)
            continue
        if made:
            changes[asset.pk] = made
    if problems:
        raise Invalid(problems=problems[:50])
    return _write(by, assets, changes, into or ChangeSet(workspace_id=by.workspace_id, by=by, how=how))


@transaction.atomic
def undo(by: Member, change_set_id: int) -> Undone:
    """Sets back what the change set changed. A field that was changed again since stays, and is named."""
    demand(by, "draft")
    row = ChangeSet.objects.select_for_update().get(pk=change_set_for(by, change_set_id).pk)
    if row.undone_at:
        raise Conflict(phrase("This was undone already."))
    made: dict[int, dict[str, Change]] = {}
    kept: list[str] = []
    rows = {change.asset_id for change in row.changes.all()}
    assets = _locked(by, rows)
    now = {asset.pk: asset for asset in assets}
    labels = field_set(by.workspace_id).fields
    for change in row.changes.all():
        asset = now[change.asset_id]
        if values_of(asset).get(change.field) == change.after:
            made.setdefault(asset.pk, {})[change.field] = Change(before=change.after, after=change.before)
        else:
            name = labels[change.field].label if change.field in labels else change.field
            kept.append(f"{asset.title}: {name}")
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    undoing = ChangeSet(workspace_id=by.workspace_id, by=by, how=How.UNDO, label=row.label)
    done = _write(by, assets, made, undoing)
    return Undone(change_set=done, reverted=sum(map(len, made.values())), kept=kept)


def is_peoples(asset: Asset, key: str) -> bool:
    """Whether the field has a value that people wrote here."""
    return asset.origins.get(key) in _BY_PEOPLE and key in values_of(asset)


def checked(known: FieldSet, values: Mapping[str, object], *, before: Iterable[str] = ()) -> dict[str, Value]:
    """The values in their stored form; `before` are the tags that are there. Raises Invalid with every problem."""
    found: dict[str, Value] = {}
    problems: list[Problem] = []
    for key, value in values.items():
        try:
            found[key] = known.checked(key, value)
            if key == "title" and is_empty(found[key]):
                raise Invalid.at("title", phrase("Give it a title."), code="asset.no_title")
            if key == "keywords":
                workspace_tags = within_limit(clean_tags(_listed(found[key])))
                found[key] = agreed_tags(known.workspace_id, workspace_tags, before=before)
        except Invalid as error:
            problems.extend(error.problems)
    if problems:
        raise Invalid(problems=problems)
    return found


def _listed(value: Value) -> list[str]:
    return value if isinstance(value, list) else [str(value)] if value else []


def _differences(asset: Asset, wanted: Mapping[str, Value]) -> dict[str, Change]:
    now = values_of(asset)
    after = {key: None if is_empty(value) else value for key, value in wanted.items()}
    return {key: Change(before=now.get(key), after=value) for key, value in after.items() if now.get(key) != value}


def _locked(by: Member, asset_ids: Iterable[int]) -> list[Asset]:
    wanted = set(asset_ids)
    if not wanted:
        raise Invalid.at("assets", phrase("Choose at least one asset."))
    assets = list(assets_for(by).filter(pk__in=wanted).order_by("pk").defer("search").select_for_update())
    if len(assets) < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in this workspace. Nothing was changed."))
    return assets


def _write(
    by: Member, assets: Iterable[Asset], changes: Mapping[int, Mapping[str, Change]], into: ChangeSet
) -> ChangeSet | None:
    if not changes:
        return None
    touched = [asset for asset in assets if asset.pk in changes]
    for asset in touched:
        for key, made in changes[asset.pk].items():
            put(asset, key, made.after, origin=into.how)
    Asset.objects.bulk_update(touched, [*COLUMNS.values(), "about", "origins"], batch_size=_BATCH)
    refresh_search([asset.pk for asset in touched])
    is_new = into.pk is None
    keep_changes(into, changes)
    if is_new:  # whoever goes on with a set notes the whole of it at its end
        _record(by, touched, changes, into)
    return into


def _record(by: Member, touched: list[Asset], changes: Mapping[int, Mapping[str, Change]], done: ChangeSet) -> None:
    """One event for one asset with what changed, one for many together: the fields' own history has each."""
    if len(touched) == 1:
        made = changes[touched[0].pk]
        before = {key: change.before for key, change in made.items()}
        after = {key: change.after for key, change in made.items()}
        record("asset.described", touched[0], by=by, before=before, after=after, change_set=done.pk)
        return
    record("changeset.made", done, by=by, assets=len(touched))
