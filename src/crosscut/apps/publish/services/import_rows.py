"""One row of a table of posts: what it would become, making it, and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import assets_for
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.kinds import best_post_type, kind_of
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.wish import wish_for
from crosscut.apps.produce.services.write import archive_piece, create_piece, set_media, set_outlet
from crosscut.apps.produce.threads import thread_limit
from crosscut.apps.publish.columns import listed, named_part, parts_in, wall_time
from crosscut.apps.publish.models import PostImport, PostImportRow, Target
from crosscut.apps.publish.services.next_slot import schedule_next
from crosscut.apps.publish.services.schedule import cancel, due_moment, schedule
from crosscut.channels.markup import shortened
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import digest
from crosscut.kernel.zones import check_zone, resolve

State = PostImportRow.State
_TITLE = 80  # characters of a title that is taken from the text
_IDENTITY = ("date", "time", "zone", "account", "type", "title", "text", "link", "media")
_LATER_FIELDS = ("thread",)  # told by it only where they say something: rows brought before keep their keys


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What all rows of one import share, read once."""

    by: Member
    source: PostImport
    order: str  # of the dates: ymd, dmy or mdy; empty while nobody knows
    zone: str
    accounts: tuple[Account, ...]  # the workspace's
    campaigns: dict[str, Campaign]  # by name and short name, without case
    made: frozenset[str]  # keys of what was made before

    @classmethod
    def of(cls, by: Member, source: PostImport, *, order: str) -> "Plan":
        """The plan of an import."""
        campaigns: dict[str, Campaign] = {}
        for campaign in campaigns_for(by):
            campaigns |= {campaign.name.casefold(): campaign, campaign.slug.casefold(): campaign}
        if order and not source.choices["date_order"]:
            source.choices = {**source.choices, "date_order": order}
        rows = PostImportRow.objects.filter(workspace=by.workspace_id, state=State.MADE)
        return cls(
            by=by,
            source=source,
            order=order,
            zone=source.choices["zone"] or by.workspace.time_zone,
            accounts=tuple(accounts_for(by)),
            campaigns=campaigns,
            made=frozenset(rows.values_list("key", flat=True)),
        )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A row, understood."""

    accounts: tuple[Account, ...]
    assets: tuple[Asset, ...]
    parts: tuple[int, ...]  # of a thread: which one each asset goes with, from 1
    campaign: Campaign | None
    at: datetime | None  # naive, as clocks in `zone` show it; None: no date
    zone: str


def planned(plan: Plan, number: int, values: dict[str, str]) -> PostImportRow:
    """The row with what would become of it; not stored yet."""
    told = [*_IDENTITY, *(name for name in _LATER_FIELDS if values.get(name))]
    key = digest([[name, values.get(name, "")] for name in told] + [plan.zone, plan.source.choices["accounts"]])
    row = PostImportRow(
        source=plan.source, workspace_id=plan.by.workspace_id, number=number, key=key, values=values, state=State.READY
    )
    if key in plan.made:
        row.state = State.SAME
        return row
    problems: list[str] = []
    _understood(plan, values, problems)
    row.state, row.notes = (State.PROBLEM, problems) if problems else (State.READY, [])
    return row


def make_row(plan: Plan, row_id: int) -> None:
    """Makes the piece and its posts. What a check or an approval stops stays a draft on its wished day, and says so."""
    try:
        with transaction.atomic():
            row = PostImportRow.objects.select_for_update(of=("self",)).get(pk=row_id)
            if row.state == State.READY:
                _make(plan, row)
    except IntegrityError:  # the same row was made by another import meanwhile
        PostImportRow.objects.filter(pk=row_id, state=State.READY).update(state=State.SAME)
    except CrosscutError as error:
        problems = [str(problem.message) for problem in error.problems] or [str(error)]
        PostImportRow.objects.filter(pk=row_id).update(state=State.PROBLEM, notes=problems)


@transaction.atomic
def undo_row(by: Member, row_id: int) -> None:
    """Cancels the row's posts and archives its piece; a row of which something went out stays, and says so."""
    row = PostImportRow.objects.select_for_update(of=("self",)).select_related("piece").get(pk=row_id)
    if row.state != State.MADE:
        return
    try:
        with transaction.atomic():
            _take_back(by, row.piece)
    except CrosscutError as error:
        row.notes = [*row.notes, str(error)]
        row.save(update_fields=["notes"])
        return
    row.state = State.UNDONE
    row.save(update_fields=["state"])


def _take_back(by: Member, piece: Piece | None) -> None:
    if piece is None:
        return
    targets = Target.objects.filter(piece=piece)
    if targets.exclude(state__in=(*Target.WAITING_STATES, *Target.CLOSED_STATES)).exists():
        raise Conflict(phrase("It has gone out, or is going out: take it down on its own page."))
    for target in targets.filter(state__in=Target.WAITING_STATES).order_by("pk"):
        cancel(by, target)
    archive_piece(by, piece)


def _make(plan: Plan, row: PostImportRow) -> None:
    problems: list[str] = []
    wanted = _understood(plan, row.values, problems)
    if problems or wanted is None:
        row.state, row.notes = State.PROBLEM, problems
        row.save(update_fields=["state", "notes"])
        return
    row.state, row.piece = State.MADE, _piece(plan.by, row.values, wanted)
    row.save(update_fields=["state", "piece"])
    row.notes = _posts(plan, row.piece, wanted)
    row.save(update_fields=["notes"])


def _piece(by: Member, values: dict[str, str], wanted: Wanted) -> Piece:
    text = values.get("text", "")
    title = values.get("title") or shortened(" ".join(text.split()), _TITLE) or "–"
    tags = [tag.removeprefix("#") for tag in listed(values.get("tags", ""))]
    piece = create_piece(by, title=title, text=text, link=values.get("link", ""), tags=tags, campaign=wanted.campaign)
    alts = [part.strip() for part in values.get("alt_text", "").split("||")]
    for place, asset in enumerate(wanted.assets):
        parts = {account.channel: wanted.parts[place] for account in wanted.accounts} if wanted.parts[place] > 1 else {}
        set_media(by, piece, asset, alt_text=alts[place] if place < len(alts) else "", parts=parts)
    kinds = [asset.kind for asset, part in zip(wanted.assets, wanted.parts, strict=True) if part == 1]
    further = parts_in(values.get("thread", ""))
    for account in wanted.accounts:
        kind = values.get("type", "").rpartition("/")[2] or best_post_type(account.channel, kinds)
        set_outlet(by, piece, channel_slug=account.channel, post_type=kind, further=further)
    return piece


def _posts(plan: Plan, piece: Piece, wanted: Wanted) -> list[str]:
    """Schedules the piece on each account; what does not go is told, and the piece keeps its wished day."""
    if wanted.at is None and plan.source.choices["undated"] != "slot":
        return []
    notes: list[str] = []
    for account in wanted.accounts:
        try:
            with transaction.atomic():
                if wanted.at is None:
                    schedule_next(plan.by, piece, account)
                else:
                    schedule(plan.by, piece, account, wall_time=wanted.at, zone=wanted.zone)
        except CrosscutError as error:
            notes += [f"{account.name}: {problem.message}" for problem in error.problems] or [
                f"{account.name}: {error}"
            ]
    if notes and wanted.at is not None:
        wish_for(plan.by, piece, resolve(wanted.at, wanted.zone))
    return notes


def _understood(plan: Plan, values: dict[str, str], problems: list[str]) -> Wanted | None:
    """What the row asks for; every problem is added to `problems`."""
    if not (values.get("text") or values.get("media") or values.get("title")):
        problems.append(phrase("It has neither words nor media."))
    zone, at = _moment(plan, values, problems)
    accounts = _accounts(plan, values, problems)
    assets, parts = _assets(plan.by, values, problems)
    _check_thread(accounts, values, problems)
    name = values.get("campaign", "")
    campaign = plan.campaigns.get(name.casefold()) if name else None
    if name and campaign is None:
        problems.append(phrase("There is no campaign called {name}.", name=name))
    if problems:
        return None
    return Wanted(accounts=accounts, assets=assets, parts=parts, campaign=campaign, at=at, zone=zone)


def _check_thread(accounts: tuple[Account, ...], values: dict[str, str], problems: list[str]) -> None:
    count = 1 + len(parts_in(values.get("thread", "")))
    for account in accounts if count > 1 else ():
        limit = thread_limit(account.channel)
        if limit < 2:
            problems.append(phrase("{account} carries no threads.", account=account.name))
        elif count > limit:
            problems.append(phrase("{account} takes at most {limit} parts.", account=account.name, limit=limit))


def _moment(plan: Plan, values: dict[str, str], problems: list[str]) -> tuple[str, datetime | None]:
    zone = values.get("zone") or plan.zone
    try:
        check_zone(zone)
        at = wall_time(values, plan.order)
        if at is not None:
            due_moment(at, zone)
    except Invalid as error:
        problems += [problem.message for problem in error.problems]
        return zone, None
    return zone, at


def _accounts(plan: Plan, values: dict[str, str], problems: list[str]) -> tuple[Account, ...]:
    names = listed(values.get("account", "")) or plan.source.choices["accounts"]
    if not names:
        problems.append(phrase("Choose the account it goes to."))
    found: list[Account] = []
    for name in names:
        fits = [row for row in plan.accounts if name.casefold() in (row.name.casefold(), row.handle.casefold())]
        of_channel = [row for row in plan.accounts if row.channel == name.casefold()]
        account = fits[0] if fits else of_channel[0] if len(of_channel) == 1 else None
        if account is None:
            problems.append(phrase("There is no account called {name}.", name=name))
        elif account not in found:
            found.append(account)
    kind = values.get("type", "").rpartition("/")[2]
    for account in found:
        if kind and kind_of(account.channel, kind) is None:
            problems.append(phrase("{account} takes no posts of the kind {kind}.", account=account.name, kind=kind))
    return tuple(found)


def _assets(by: Member, values: dict[str, str], problems: list[str]) -> tuple[tuple[Asset, ...], tuple[int, ...]]:
    """The library's assets that a cell names, by number or file name, and the part of a thread each goes with."""
    found: list[Asset] = []
    parts: list[int] = []
    count = 1 + len(parts_in(values.get("thread", "")))
    for name, part in map(named_part, listed(values.get("media", ""))):
        rows = _named(by, name)
        if not 1 <= part <= count:
            problems.append(phrase("There is no part {part} of its thread.", part=part))
        elif len(rows) == 1:
            new = [row for row in rows if row not in found]
            found, parts = [*found, *new], [*parts, *([part] * len(new))]
        elif name.startswith(("https://", "http://")):
            words = phrase("Bring {address} into the library first, and name the file here.", address=name)
            problems.append(words)
        elif rows:
            problems.append(phrase("Several files in the library are called {name}. Give its number.", name=name))
        else:
            problems.append(phrase("No file called {name} is in the library.", name=name))
    return tuple(found), tuple(parts)


def _named(by: Member, name: str) -> list[Asset]:
    rows: Any = assets_for(by).filter(archived_at=None)
    if name.isascii() and name.isdecimal() and len(name) < 16:
        return list(rows.filter(pk=int(name)))
    return list(rows.filter(current__filename=name.rpartition("/")[2])[:2])
