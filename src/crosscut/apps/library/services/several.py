"""Changing the same fields of many assets at once: first seen, then done, undone together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library.models import Asset, ChangeSet
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services import about
from crosscut.apps.library.services.fields import FieldSet, field_set, values_of
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import Field, Kind, is_empty, said
from crosscut.media.fields.values import split

MOST = 10_000  # assets at once
SHOWN = 50  # of them with their changes in a preview


class Action(StrEnum):
    """What to do with a field."""

    SET = "set"  # write this, whatever was there; nothing empties it
    APPEND = "append"  # add it to what is there
    REMOVE = "remove"  # take it out of what is there
    REPLACE = "replace"  # write it wherever something else stands


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One field, and what to do with it."""

    field: str  # a key
    action: Action
    value: str = ""
    find: str = ""  # what REPLACE looks for


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would become of one asset."""

    asset: Asset
    changes: dict[str, tuple[Any, Any]]  # by key: before and after
    problem: str = ""  # why it cannot be


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would become of all."""

    shown: list[Planned]  # the first that change or cannot
    changing: int
    same: int
    refused: int


def preview(by: Member, asset_ids: Iterable[int], edits: Sequence[Edit]) -> Preview:
    """What the edits would change, without changing anything. Raises Invalid for edits that make no sense."""
    demand(by, "draft")
    known = field_set(by.workspace_id)
    _refuse_nonsense(known, edits)
    planned = [_planned(known, asset, edits) for asset in _chosen(by, asset_ids)]
    telling = [one for one in planned if one.changes or one.problem]
    refused = sum(bool(one.problem) for one in planned)
    return Preview(
        shown=sorted(telling, key=lambda one: not one.problem)[:SHOWN],
        changing=len(telling) - refused,
        same=len(planned) - len(telling),
        refused=refused,
    )


def apply(by: Member, asset_ids: Iterable[int], edits: Sequence[Edit]) -> ChangeSet | None:
    """Makes the edits on all, or on none where one refuses; None where nothing had to change."""
    demand(by, "draft")
    known = field_set(by.workspace_id)
    _refuse_nonsense(known, edits)
    wanted = {asset.pk: _wanted(known, values_of(asset), edits) for asset in _chosen(by, asset_ids)}
    return about.change(by, wanted, how=ChangeSet.How.SEVERAL)


def _chosen(by: Member, asset_ids: Iterable[int]) -> list[Asset]:
    wanted = set(asset_ids)
    if not 0 < len(wanted) <= MOST:
        raise Invalid.at("assets", phrase("Choose 1 to {most:,} assets.", most=MOST))
    assets = list(assets_for(by).filter(pk__in=wanted).order_by("pk").defer("search"))
    if len(assets) < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in this workspace. Nothing was changed."))
    return assets


def _planned(known: FieldSet, asset: Asset, edits: Sequence[Edit]) -> Planned:
    now = values_of(asset)
    try:
        after = about.checked(known, _wanted(known, now, edits), before=asset.tags)
    except Invalid as error:
        return Planned(asset=asset, changes={}, problem=" ".join(problem.message for problem in error.problems))
    differing = {key: (now.get(key), None if is_empty(value) else value) for key, value in after.items()}
    return Planned(asset=asset, changes={key: pair for key, pair in differing.items() if pair[0] != pair[1]})


def _wanted(known: FieldSet, now: Mapping[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for edit in edits:
        before = wanted.get(edit.field, now.get(edit.field))
        wanted[edit.field] = _edited(known.field(edit.field), before, edit)
    return wanted


def _edited(field: Field, before: Any, edit: Edit) -> Any:
    if edit.action is Action.SET:
        return edit.value
    if field.kind in (Kind.LIST, Kind.CHOICES):
        return _edited_list(list(before or []), edit)
    return _edited_text(said(before), edit)


def _edited_list(items: list[str], edit: Edit) -> list[str]:
    named = split(edit.value)
    if edit.action is Action.APPEND:
        return [*items, *named]
    if edit.action is Action.REMOVE:
        gone = {item.casefold() for item in named}
        return [item for item in items if item.casefold() not in gone]
    return [part for item in items for part in (named if item.casefold() == edit.find.strip().casefold() else [item])]


def _edited_text(text: str, edit: Edit) -> str:
    if edit.action is Action.APPEND:
        return f"{text} {edit.value}".strip()
    if edit.action is Action.REMOVE:
        return text.replace(edit.value, "").strip()
    return text.replace(edit.find, edit.value)


def _refuse_nonsense(known: FieldSet, edits: Sequence[Edit]) -> None:
    if not edits:
        raise Invalid.at("edits", phrase("Say what to change."))
    for edit in edits:
        if known.field(edit.field).is_fixed:
            raise Invalid.at(edit.field, phrase("This is read from the file and cannot be changed."))
        is_lacking = edit.action in (Action.APPEND, Action.REMOVE) and not edit.value.strip()
        if is_lacking or (edit.action is Action.REPLACE and not edit.find):
            raise Invalid.at(edit.field, phrase("Say what to look for or what to write."))
