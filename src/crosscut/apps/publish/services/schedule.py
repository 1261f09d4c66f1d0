"""Putting a piece on its way to an account at a time, moving it, taking it back."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.services import demand_no_blocking
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.produce.services.approve import demand_allowed, demand_publishable
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.publish.models import Copy, Target
from crosscut.apps.publish.services import parts, stage
from crosscut.channels.registry import channel
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import resolve

State = Target.State
_GRACE = timedelta(minutes=1)  # a time chosen a moment ago is not yet the past
_MOVABLE = Target.WAITING_STATES


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time as it was chosen, and when that is."""

    wall_time: datetime  # naive, as clocks in `zone` show it
    zone: str  # IANA
    due_at: datetime  # the same in UTC


@transaction.atomic
def schedule(
    by: Member, piece: Piece, account: Account, *, wall_time: datetime, zone: str, occurrence: int = 0
) -> Target:
    """A target for the piece as it is now, due when clocks in `zone` show `wall_time` (naive).

    Raises Invalid for a time that has passed or does not exist, NotAllowed without a needed approval, Conflict when the
    piece is already on its way to this account, and Invalid with every blocking finding when a check stops it.
    """
    edition = freeze(piece, by=by)
    post_type = post_type_of(edition, account)
    due_at = due_moment(wall_time, zone)
    demand_publishable(by, edition)
    demand_no_blocking(edition, account.channel, post_type, at=due_at)
    moment = Moment(wall_time=wall_time, zone=zone, due_at=due_at)
    return put_on_calendar(by, edition, account, moment, occurrence=occurrence)


def put_on_calendar(by: Member, edition: Edition, account: Account, moment: Moment, *, occurrence: int) -> Target:
    """A target for the edition at that moment, in the member's name. Whether it may be is asked by whoever calls.

    Raises Conflict when that occurrence of the piece is on its way to the account already, or live there.
    """
    target = Target(
        workspace_id=by.workspace_id,
        piece=edition.piece,
        edition=edition,
        account=account,
        occurrence=occurrence,
        post_type=edition.content["outlets"][account.channel]["post_type"],
        key=secrets.token_hex(13),
        wall_time=moment.wall_time.replace(microsecond=0).isoformat(),
        zone=moment.zone,
        due_at=moment.due_at,
        next_at=stage.begins_at(account, moment.due_at),
        created_by=by,
    )
    parts.count(target)
    _created(target)
    record("post.scheduled", target, by=by, due_at=moment.due_at.isoformat(), digest=edition.digest)
    _prepare(target)
    return target


def publish_now(by: Member, piece: Piece, account: Account) -> Target:
    """Schedules the piece for this moment."""
    return schedule(by, piece, account, wall_time=timezone.now().replace(tzinfo=None), zone="UTC")


@transaction.atomic
def reschedule(by: Member, target: Target, *, wall_time: datetime, zone: str) -> Target:
    """Moves what has not gone out. What was blocked gets another chance and is checked again when it is due."""
    row = _locked(by, target)
    if row.state not in _MOVABLE:
        raise Conflict(phrase("This can no longer be moved: it is {state}.", state=row.get_state_display().lower()))
    _demand_decided(row)
    demand_publishable(by, row.edition)
    due_at = due_moment(wall_time, zone)
    demand_no_blocking(row.edition, row.account.channel, row.post_type, at=due_at)
    before = row.due_at
    row.wall_time, row.zone = wall_time.replace(microsecond=0).isoformat(), zone
    row.due_at, row.next_at = due_at, stage.begins_at(row.account, due_at)
    row.state, row.problem = State.SCHEDULED, ""
    if not row.attempts.filter(sent_at__isnull=False).exists():
        stage.forget(row)  # what a channel keeps grows old; after a try it is what tells that try from the next
    row.save()
    record("post.moved", row, by=by, before=before.isoformat(), after=due_at.isoformat())
    _prepare(row)
    return row


@transaction.atomic
def cancel(by: Member, target: Target) -> Target:
    """Takes back what has not gone out. Raises Conflict once a byte may have left."""
    row = _locked(by, target)
    if row.state not in _MOVABLE:
        raise Conflict(phrase("This can no longer be cancelled: it is {state}.", state=row.get_state_display().lower()))
    _demand_decided(row)
    demand_allowed(by, row.edition)
    row.state, row.problem = State.CANCELLED, ""
    row.save(update_fields=["state", "problem"])
    record("post.cancelled", row, by=by)
    return row


def _demand_decided(row: Target) -> None:
    """Raises Conflict while it waits for a person's word on an earlier post of the piece that is out."""
    if row.copies.filter(state=Copy.State.OPEN).exists():
        raise Conflict(phrase("An earlier post of this piece is out. Say first which one stays."))


def due_moment(wall_time: datetime, zone: str) -> datetime:
    """When that is in UTC. Raises Invalid for a time that has passed or that clocks in the zone skip."""
    if wall_time.tzinfo is not None:
        raise Invalid.at("at", phrase("Give the time as clocks show it and the zone beside it."))
    due_at = resolve(wall_time, zone)
    if due_at < timezone.now() - _GRACE:
        raise Invalid.at(
            "at",
            phrase("{wall_time:%Y-%m-%d %H:%M} in {zone} has passed.", wall_time=wall_time, zone=zone),
            code="schedule.in_the_past",
        )
    return due_at


def _prepare(target: Target) -> None:
    """Has what the target needs made well before it is due. By its name: the tasks use the services."""
    app.configure_task("crosscut.apps.publish.tasks.prepare", queue="media").defer(target_id=target.pk)


def show_edition(target: Target, edition: Edition) -> None:
    """Has a target of which nothing is out show that edition. Call it with the target locked.

    It is judged anew, by what it shows then, when it is due.
    """
    target.edition, target.post_type = edition, edition.content["outlets"][target.account.channel]["post_type"]
    parts.count(target)
    target.state, target.problem, target.next_at = State.SCHEDULED, "", stage.begins_at(target.account, target.due_at)
    shown = ("edition", "post_type", "part_count", "has_comment")
    target.save(update_fields=[*shown, "state", "problem", "next_at", "created_by"])
    _prepare(target)


def post_type_of(edition: Edition, account: Account) -> str:
    """What kind of post the edition is on the account. Raises Invalid where it can be none there."""
    name = channel(account.channel).name
    if account.workspace_id != edition.piece.workspace_id:
        raise Invalid.at("account", phrase("There is no such account in this workspace."))
    if account.state != Account.State.CONNECTED:
        raise Invalid.at(
            "account",
            phrase("{account} must be connected again first.", account=account.name),
            code="account.reconnect",
        )
    outlet = edition.content["outlets"].get(account.channel)
    if outlet is None:
        raise Invalid.at("channel", phrase("This piece has nothing for {name} yet. Add {name} to it first.", name=name))
    post_type: str = outlet["post_type"]
    return post_type


def _created(target: Target) -> Target:
    try:
        with transaction.atomic():
            target.save()
    except IntegrityError:
        raise Conflict(
            phrase(
                "This piece is already on its way to {account}, or live there. Cancel or take down that one "
                "first, or publish it as a repeat.",
                account=target.account.name,
            )
        ) from None
    return target


def _locked(by: Member, target: Target) -> Target:
    rows = Target.objects.select_for_update(of=("self",)).select_related("edition__piece__workspace", "account")
    return rows.get(pk=target.pk, workspace=by.workspace_id)
