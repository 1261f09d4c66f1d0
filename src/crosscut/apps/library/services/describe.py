"""What people say about assets: title, description, alt text, credit, tags; and putting assets away and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, ChangeSet
from crosscut.apps.library.queries import asset_for, assets_for
from crosscut.apps.library.services.fields import COLUMNS
from crosscut.apps.library.services.history import Change, note_changes
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.vocabularies import agreed_tags
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase

MAX_TAGS = 50  # of one asset
TITLE_LIMIT = 200
CREDIT_LIMIT = 300
TAG_LIMIT = 60
TEXT_LIMIT = 20_000  # of description and alt text, each
_KEYS = {column: key for key, column in COLUMNS.items()}  # the field that a column keeps


@dataclass(frozen=True, kw_only=True)
class Description:
    """What to change of an asset; None leaves as it is."""

    title: str | None = None
    description: str | None = None
    alt_text: str | None = None
    credit: str | None = None
    tags: Sequence[str] | None = None


@transaction.atomic
def describe(by: Member, asset_id: int, changes: Description) -> Asset:
    """The asset with the changes made. Raises Invalid with everything that is wrong, and then changes nothing."""
    demand(by, "draft")
    asset = asset_for(by, asset_id)
    wanted = _checked(changes)
    if "tags" in wanted:
        wanted["tags"] = agreed_tags(by.workspace_id, wanted["tags"], before=asset.tags)
    changed = {name: value for name, value in wanted.items() if getattr(asset, name) != value}
    if not changed:
        return asset
    before = {name: getattr(asset, name) for name in changed}
    for name, value in changed.items():
        setattr(asset, name, value)
        asset.origins[_KEYS[name]] = "page"
    asset.save(update_fields=[*changed, "origins"])
    refresh_search([asset.pk])
    note_changes(by, {asset.pk: {_KEYS[name]: _change(before[name], value) for name, value in changed.items()}})
    record("asset.described", asset, by=by, before=before, after=changed)
    return asset


@transaction.atomic
def tag(by: Member, asset_ids: Iterable[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> int:
    """Adds and removes tags on several assets at once; says how many changed."""
    demand(by, "draft")
    added, removed = clean_tags(add), set(clean_tags(remove))
    if not added and not removed:
        raise Invalid.at("tags", phrase("Name at least one tag."))
    changes: dict[int, dict[str, Change]] = {}
    assets = _several(by, asset_ids)
    added = agreed_tags(by.workspace_id, added)
    for asset in assets:
        tags = list(dict.fromkeys([*(tag for tag in asset.tags if tag not in removed), *added]))
        if tags == asset.tags:
            continue
        before, asset.tags = asset.tags, within_limit(tags)
        asset.save(update_fields=["tags"])
        record("asset.tagged", asset, by=by, before=before, after=tags)
        changes[asset.pk] = {"keywords": _change(before, tags)}
    refresh_search(asset_ids)
    if changes:
        note_changes(by, changes, how=ChangeSet.How.SEVERAL)
    return len(changes)


@transaction.atomic
def archive(by: Member, asset_ids: Iterable[int]) -> int:
    """Puts assets out of sight; says how many. Nothing is deleted, and posts that use them stay as they are."""
    demand(by, "draft")
    assets = [asset for asset in _several(by, asset_ids) if asset.archived_at is None]
    now = timezone.now()
    for asset in assets:
        asset.archived_at = now
        asset.save(update_fields=["archived_at"])
        record("asset.archived", asset, by=by)
    return len(assets)


@transaction.atomic
def restore(by: Member, asset_ids: Iterable[int]) -> int:
    """Brings archived assets back; says how many."""
    demand(by, "draft")
    assets = [asset for asset in _several(by, asset_ids) if asset.archived_at]
    for asset in assets:
        asset.archived_at = None
        asset.save(update_fields=["archived_at"])
        record("asset.restored", asset, by=by)
    return len(assets)


def _several(by: Member, asset_ids: Iterable[int]) -> list[Asset]:
    """All the named assets, locked. Raises NotFound when one is missing: half a selection is no answer."""
    wanted = set(asset_ids)
    if not wanted:
        raise Invalid.at("assets", phrase("Choose at least one asset."))
    assets = list(assets_for(by).filter(pk__in=wanted).order_by("pk").select_for_update())
    if len(assets) < len(wanted):
        raise NotFound(phrase("Some of the chosen assets are not in this workspace. Nothing was changed."))
    return assets


def _change(before: str | list[str], after: str | list[str]) -> Change:
    return Change(before=before or None, after=after or None)


def _checked(changes: Description) -> dict[str, str | list[str]]:
    limits = {"title": TITLE_LIMIT, "credit": CREDIT_LIMIT, "description": TEXT_LIMIT, "alt_text": TEXT_LIMIT}
    given = {name: getattr(changes, name) for name in limits if getattr(changes, name) is not None}
    problems = [
        Problem(
            code="asset.too_long",
            where=name,
            message=phrase("Use at most {most} characters; these are {length}.", most=limits[name], length=len(text)),
        )
        for name, text in given.items()
        if len(text.strip()) > limits[name]
    ]
    if "title" in given and not given["title"].strip():
        problems.append(Problem(code="asset.no_title", where="title", message=phrase("Give it a title.")))
    if any("\0" in text for text in given.values()):
        problems.append(
            Problem(code="asset.unprintable", message=phrase("Remove the character with code 0 from the text."))
        )
    if problems:
        raise Invalid(problems=problems)
    wanted: dict[str, str | list[str]] = {name: text.strip() for name, text in given.items()}
    if changes.tags is not None:
        wanted["tags"] = within_limit(clean_tags(changes.tags))
    return wanted


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Lower case, single spaces, without "#" and quotes, each once.

    >>> clean_tags(["#Reef", " blue  Whale ", "reef", ""])
    ['reef', 'blue whale']
    """
    words = (" ".join(tag.replace('"', " ").replace("\0", " ").lower().lstrip("# ").split()) for tag in tags)
    clean = list(dict.fromkeys(word for word in words if word))
    for word in clean:
        if len(word) > TAG_LIMIT:
            raise Invalid.at(
                "tags",
                phrase(
                    "A tag has at most {most} characters; “{word}…” has {length}.",
                    most=TAG_LIMIT,
                    word=word[:30],
                    length=len(word),
                ),
            )
    return clean


def within_limit(tags: list[str]) -> list[str]:
    if len(tags) > MAX_TAGS:
        raise Invalid.at(
            "tags", phrase("An asset has at most {most} tags; these would be {count}.", most=MAX_TAGS, count=len(tags))
        )
    return tags
