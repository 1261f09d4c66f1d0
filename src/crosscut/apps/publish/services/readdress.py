"""A planned post on another account, and a cancelled one planned again: what it shows stays what was approved."""

from datetime import datetime

from django.db import transaction

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.preflight.services import demand_no_blocking
from crosscut.apps.produce.services.approve import demand_publishable
from crosscut.apps.publish.models import SeriesDate, Target
from crosscut.apps.publish.services.schedule import Moment, cancel, due_moment, post_type_of, put_on_calendar
from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase


@transaction.atomic
def readdress(by: Member, target: Target, account: Account) -> Target:
    """A post of the same edition at the same time on that account; the one there was is cancelled.

    Raises Conflict for what may have gone out and for a post of a series, Invalid where the piece has nothing for that
    account's channel or a check stops it there.
    """
    demand_no_series(target)
    if account.pk == target.account_id:
        return target
    gone = cancel(by, target)
    return _planned(by, gone, account)


@transaction.atomic
def plan_again(by: Member, target: Target) -> Target:
    """A post as the cancelled one was: the same edition, account and time. Raises Invalid when that has passed."""
    row = Target.objects.select_for_update(of=("self",)).select_related("edition__piece__workspace", "account")
    gone = row.get(pk=target.pk, workspace=by.workspace_id)
    if gone.state != Target.State.CANCELLED:
        raise Conflict(phrase("Only a post that was taken off the calendar can be put back."))
    return _planned(by, gone, gone.account)


def demand_no_series(target: Target) -> None:
    """Raises Conflict for a post that a rule made: its series says where and when it goes."""
    if SeriesDate.objects.filter(target=target).exists():
        raise Conflict(phrase("It belongs to a series. Change the series, or leave this date out there."))


def _planned(by: Member, gone: Target, account: Account) -> Target:
    edition, wall_time = gone.edition, datetime.fromisoformat(gone.wall_time)
    post_type = post_type_of(edition, account)
    due_at = due_moment(wall_time, gone.zone)
    demand_publishable(by, edition)
    demand_no_blocking(edition, account.channel, post_type, at=due_at)
    moment = Moment(wall_time=wall_time, zone=gone.zone, due_at=due_at)
    return put_on_calendar(by, edition, account, moment, occurrence=gone.occurrence)
