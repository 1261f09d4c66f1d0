"""What becomes of a card that a person puts into another column of the board: what that means, or why it cannot be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.queries import account_for, accounts_for, members_for
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import Stage, outlets_of, piece_for
from crosscut.apps.produce.services.approve import ask_for_approval, is_approved, unpublishable
from crosscut.apps.produce.services.assign import assign
from crosscut.apps.produce.services.freeze import digests_of
from crosscut.apps.produce.services.write import change_piece
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import busy_accounts, target_for
from crosscut.apps.publish.services.readdress import demand_no_series, plan_again, readdress
from crosscut.apps.publish.services.schedule import cancel, reschedule, schedule
from crosscut.apps.publish.slots import Place, next_free
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotFound, Problem
from crosscut.kernel.phrases import Phrase, counted, phrase

ASKS_TIME, ASKS_SURE = "board.time", "board.sure"  # codes of refusals that a person can answer
NONE, AGAIN = "none", "again"  # the column of what has no campaign; a cancelled post put back
_AS_TYPED = "%Y-%m-%dT%H:%M"
SCHEDULED, TROUBLE, OUT = "scheduled", "unknown", "proven"  # columns of posts, by how far they are


@dataclass(frozen=True, kw_only=True)
class Step:
    """Cards, and the column they were put into."""

    cards: tuple[str, ...]  # "piece-12", "post-34"
    by: str  # what the columns are: "state", "campaign", "member" or "channel"
    to: str  # the column's key
    at: datetime | None = None  # naive, by clocks in the workspace's zone
    accounts: tuple[int, ...] = ()  # where a piece goes
    is_sure: bool = False  # the person was told what it takes with it


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was done, and the step that takes it back."""

    words: Phrase
    undo: dict[str, str | list[str]] = field(default_factory=dict)  # a Step's fields as a form gives them; empty: none


@transaction.atomic
def put_into(by: Member, step: Step) -> Done:
    """The cards in their new column: all of them or, where one cannot go there, none.

    Raises Conflict with the code ASKS_TIME where a time is needed, with ASKS_SURE where an approval would be lost.
    """
    todo = _TODO.get(step.by)
    if todo is None or not step.cards:
        raise Invalid.at("by", phrase("Nobody knows a board by {by}.", by=step.by))
    done = [todo(by, card, step) for card in step.cards]
    return done[0] if len(done) == 1 else Done(words=done[0].words)


def _to_campaign(by: Member, card: str, step: Step) -> Done:
    piece = _piece(by, card)
    before = str(piece.campaign_id or NONE)
    campaign = None if step.to == NONE else campaign_for(by, _number(step.to))
    with _told_before(piece, is_sure=step.is_sure):
        change_piece(by, piece, campaign=campaign)
    words = (
        phrase("{title} belongs to {campaign} now.", title=piece.title, campaign=campaign.name) if campaign else None
    )
    return Done(
        words=words or phrase("{title} belongs to no campaign now.", title=piece.title), undo=_back(card, before)
    )


def _to_member(by: Member, card: str, step: Step) -> Done:
    piece = _piece(by, card)
    owner = members_for(by).filter(pk=_number(step.to)).first()
    if owner is None:
        raise Invalid.at("owner", phrase("A piece is always somebody's. Give it to somebody of the team."))
    before = str(piece.owner_id or "")
    with _told_before(piece, is_sure=step.is_sure):
        assign(by, piece, owner)
    words = phrase("{title} is {name}'s now.", title=piece.title, name=str(owner.user))
    return Done(words=words, undo=_back(card, before) if before else {})


def _to_account(by: Member, card: str, step: Step) -> Done:
    target = _post(by, card)
    account = account_for(by, _number(step.to))
    _demand_waiting(target)
    made = readdress(by, target, account)
    words = phrase("{title} goes to {account} now.", title=target.piece.title, account=account.name)
    return Done(words=words, undo=_back(f"post-{made.pk}", str(target.account_id)))


def _to_state(by: Member, card: str, step: Step) -> Done:
    if step.to == OUT:
        raise Conflict(phrase("Only what the public was seen to have stands there. Publish it, and it gets there."))
    if step.to == TROUBLE:
        raise Conflict(phrase("What needs attention gets there by itself."))
    if card.startswith("piece-"):
        return _piece_to(by, _piece(by, card), card, step)
    return _post_to(by, _post(by, card), card, step)


def _piece_to(by: Member, piece: Piece, card: str, step: Step) -> Done:
    if step.to == SCHEDULED:
        return _plan(by, piece, step)
    if step.to == Stage.NEEDS_APPROVAL:
        ask_for_approval(by, piece)
        return Done(words=phrase("Approval was asked for {title}.", title=piece.title))
    if step.to == Stage.APPROVED:
        raise Conflict(phrase("Open it and say yes to what you see there."))
    raise Conflict(phrase("It becomes a draft again when somebody changes it, or wants changes."))


def _plan(by: Member, piece: Piece, step: Step) -> Done:
    if step.at is None:
        raise _asks_for_plan(by, piece)
    chosen = [account_for(by, number) for number in step.accounts]
    if not chosen:
        raise Invalid.at("account", phrase("Choose at least one account."), code="schedule.no_account")
    zone = by.workspace.time_zone
    made = [schedule(by, piece, account, wall_time=step.at, zone=zone) for account in chosen]
    words = phrase("{title} is planned on {accounts}.", title=piece.title, accounts=_listed(chosen))
    return Done(words=words, undo={"card": [f"post-{row.pk}" for row in made], "to": Stage.DRAFT})


def _asks_for_plan(by: Member, piece: Piece) -> Conflict:
    """The question when and where, with the accounts there are and the first of their free slots."""
    slugs = {outlet.channel for outlet in outlets_of(piece)}
    busy = busy_accounts(piece)
    accounts = [
        row for row in accounts_for(by).filter(channel__in=slugs, state=Account.State.CONNECTED) if row.pk not in busy
    ]
    if not accounts:
        return Conflict(phrase("It has no channel with a free, connected account. Open the piece and add one."))
    values = {
        "at": _free_time(accounts, by.workspace.time_zone),
        "accounts": [{"id": row.pk, "name": f"{row.name} ({name_of(row.channel)})"} for row in accounts],
    }
    message = phrase("Say when and where {title} goes out.", title=piece.title)
    return Conflict(problems=[Problem(code=ASKS_TIME, message=message, values=values)])


def _free_time(accounts: list[Account], zone: str) -> str:
    """The first free slot of any, by clocks in the zone; tomorrow at nine where there is none."""
    free = [place.at for row in accounts if (place := next(_free(row), None))]
    tomorrow = timezone.now().astimezone(ZoneInfo(zone)).replace(hour=9, minute=0) + timedelta(days=1)
    return min(free, default=tomorrow).astimezone(ZoneInfo(zone)).strftime(_AS_TYPED)


def _free(account: Account) -> Iterator[Place]:
    try:
        yield next_free(account)
    except CrosscutError:  # it has no slots, or all are taken
        return


def _post_to(by: Member, target: Target, card: str, step: Step) -> Done:
    if step.to == AGAIN:
        made = plan_again(by, target)
        words = phrase("{title} is back on the calendar.", title=target.piece.title)
        return Done(words=words, undo=_back(f"post-{made.pk}", Stage.DRAFT))
    _demand_waiting(target)
    if step.to == SCHEDULED:
        return _move(by, target, card, step)
    if step.to == Stage.NEEDS_APPROVAL:
        raise Conflict(phrase("Take it off the calendar first: put it into the drafts."))
    demand_no_series(target)
    cancel(by, target)
    words = phrase("{title} is off the calendar. Its piece stands where it is on its way.", title=target.piece.title)
    return Done(words=words, undo=_back(card, AGAIN) if target.due_at > timezone.now() else {})


def _move(by: Member, target: Target, card: str, step: Step) -> Done:
    zone, before = by.workspace.time_zone, target.due_at
    typed = before.astimezone(ZoneInfo(zone)).strftime(_AS_TYPED)
    if step.at is None:
        message = phrase("Say when {title} goes out.", title=target.piece.title)
        raise Conflict(problems=[Problem(code=ASKS_TIME, message=message, values={"at": typed, "accounts": []})])
    reschedule(by, target, wall_time=step.at, zone=zone)
    back = _back(card, SCHEDULED) | {"at": typed}
    words = phrase("{title} has another time.", title=target.piece.title)
    return Done(words=words, undo=back if before > timezone.now() else {})


def _demand_waiting(target: Target) -> None:
    if target.state in Target.LIVE_STATES:
        raise Conflict(phrase("It is out. Take it down on its page."))
    if target.state not in Target.WAITING_STATES:
        raise Conflict(phrase("This can no longer be moved: it is {state}.", state=target.get_state_display().lower()))


@contextmanager
def _told_before(piece: Piece, *, is_sure: bool) -> Iterator[None]:
    """Undoes what is done inside, and asks, where it costs an approval and nobody said that this is known."""
    was_approved, waited = _is_approved(piece), _not_publishable(piece)
    yield
    lost = [] if is_sure else _lost(piece, was_approved=was_approved, waited=waited)
    if lost:
        raise Conflict(problems=lost)


def _lost(piece: Piece, *, was_approved: bool, waited: set[int]) -> list[Problem]:
    told: list[Problem] = []
    if was_approved and not _is_approved(piece):
        message = phrase("Its approval does not hold then: it must be approved anew.")
        told.append(Problem(code=ASKS_SURE, message=message))
    if stuck := _not_publishable(piece) - waited:
        message = counted(
            "A planned post of it would not go out before that.",
            "{n} planned posts of it would not go out before that.",
            len(stuck),
        )
        told.append(Problem(code=ASKS_SURE, message=message))
    return told


def _is_approved(piece: Piece) -> bool:
    row = Piece.objects.select_related("workspace", "campaign").get(pk=piece.pk)
    edition = row.editions.filter(digest=digests_of([row])[row.pk]).select_related("piece").first()
    return edition is not None and is_approved(edition)


def _not_publishable(piece: Piece) -> set[int]:
    """Its planned posts that the people who planned them may not send out."""
    rows = Target.objects.filter(piece=piece.pk, state__in=Target.WAITING_STATES).exclude(created_by=None)
    planned = list(rows.select_related("edition__piece__workspace", "edition__piece__campaign", "created_by__user"))
    asked = [(row.created_by, row.edition) for row in planned if row.created_by]
    return {row.pk for row, why in zip(planned, unpublishable(asked), strict=True) if why}


def _piece(by: Member, card: str) -> Piece:
    kind, _line, number = card.partition("-")
    if kind != "piece":
        raise Conflict(phrase("Only a piece can be put there: open the post's piece."))
    return piece_for(by, _number(number))


def _post(by: Member, card: str) -> Target:
    kind, _line, number = card.partition("-")
    if kind != "post":
        raise Conflict(phrase("Only a post can be put there."))
    return target_for(by, _number(number))


def _number(text: str) -> int:
    """The row's number. Raises NotFound for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise NotFound(phrase("There is nothing of that number."))
    return int(text)


def _back(card: str, to: str) -> dict[str, str | list[str]]:
    return {"card": [card], "to": to, "sure": "yes"}


def _listed(accounts: list[Account]) -> str:
    return ", ".join(account.name for account in accounts)


_TODO: dict[str, Callable[[Member, str, Step], Done]] = {
    "state": _to_state,
    "campaign": _to_campaign,
    "member": _to_member,
    "channel": _to_account,
}
