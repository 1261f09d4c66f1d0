"""When accounts publish, and when nothing goes out: the page of publishing times."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import account_for, accounts_for
from crosscut.apps.preflight import closed_times
from crosscut.apps.preflight import foreign_calendars as foreign
from crosscut.apps.preflight import holiday_calendars as holidays
from crosscut.apps.preflight.closing import closed_times_for
from crosscut.apps.preflight.models import ForeignCalendar
from crosscut.apps.publish.models import Timetable
from crosscut.apps.publish.services.timetables import drop_timetable, set_timetable
from crosscut.apps.publish.slots import timetables_of, zone_of
from crosscut.apps.publish.time_forms import WEEKDAYS, BlackoutForm, ForeignForm, HolidayForm, QuietForm, TimetableForm
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import Damaged, Invalid, Unavailable
from crosscut.specs.holidays import source

_CLOSINGS: dict[str, type[BlackoutForm] | type[QuietForm]] = {"days": BlackoutForm, "hours": QuietForm}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One timetable on the page."""

    key: str  # the account's id; empty for the shared one
    name: str
    channel: str  # a word; empty for the shared one
    zone: str
    week: tuple[tuple[str, tuple[str, ...]], ...]  # each weekday with its times
    is_own: bool  # there is one; else the shared one counts
    form: TimetableForm


@members_only
@require_safe
def times(request: MemberRequest) -> HttpResponse:
    """Everybody sees them; seniors change them."""
    return render(request, "publish/times.html", _context(request))


@members_only
@require_POST
def set_times(request: MemberRequest) -> HttpResponse:
    """The slots of a week, of the account named or of all without their own."""
    key = request.POST.get("account", "")
    account = _account(request, key)
    form = TimetableForm(request.POST, prefix=f"t{key}")
    if form.is_valid():
        try:
            set_timetable(request.member, account, zone=form.cleaned_data["zone"], slots=form.slots())
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The slots are saved. Posts that stand stay where they are."))
            return redirect("times")
    return render(request, "publish/times.html", _context(request, forms={f"t{key}": form}), status=422)


@members_only
@require_POST
def drop_times(request: MemberRequest) -> HttpResponse:
    """An account has the shared slots again."""
    drop_timetable(request.member, _account(request, request.POST.get("account", "")))
    messages.success(request, _("Removed."))
    return redirect("times")


@members_only
@require_POST
def close(request: MemberRequest) -> HttpResponse:
    """Blackout dates or quiet hours."""
    kind = "hours" if request.POST.get("kind") == "hours" else "days"
    form = _CLOSINGS[kind](request.POST, prefix=kind)
    if form.is_valid():
        try:
            closed_times.close_time(request.member, form.closing())
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("Nothing is meant to go out then."))
            return redirect("times")
    return render(request, "publish/times.html", _context(request, forms={kind: form}), status=422)


@members_only
@require_POST
def reopen(request: MemberRequest, closed_id: int) -> HttpResponse:
    """Things may go out then again."""
    closed_times.open_time(request.member, closed_id)
    messages.success(request, _("Things may go out then again."))
    return redirect("times")


@members_only
@require_POST
def keep_holidays(request: MemberRequest) -> HttpResponse:
    """The holidays of a place on the calendar, and what they mean."""
    form = HolidayForm(request.POST, prefix="holidays", by=request.member)
    if form.is_valid():
        told = form.cleaned_data
        market = int(told["market"]) if told["market"] else None
        try:
            holidays.keep_holidays(request.member, told["country"], told["part"], told["effect"], market_id=market)
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("They stand on the calendar."))
            return redirect("times")
    return render(request, "publish/times.html", _context(request, forms={"holidays": form}), status=422)


@members_only
@require_POST
def drop_holidays(request: MemberRequest, calendar_id: int) -> HttpResponse:
    """They stand on the calendar no more."""
    holidays.drop_holidays(request.member, calendar_id)
    messages.success(request, _("Removed."))
    return redirect("times")


@members_only
@require_POST
def subscribe(request: MemberRequest) -> HttpResponse:
    """A calendar kept elsewhere, read at once."""
    form = ForeignForm(request.POST, prefix="foreign")
    if form.is_valid():
        try:
            foreign.subscribe(request.member, foreign.Subscription(**form.cleaned_data))
        except (Invalid, Unavailable, Damaged) as error:
            show_problems(form, error)
        else:
            messages.success(request, _("Its events stand on the calendar."))
            return redirect("times")
    return render(request, "publish/times.html", _context(request, forms={"foreign": form}), status=422)


@members_only
@require_POST
def act_on_foreign(request: MemberRequest, calendar_id: int) -> HttpResponse:
    """What the pressed button says: what its events mean, or that they go."""
    if request.POST.get("act") == "drop":
        foreign.unsubscribe(request.member, calendar_id)
        messages.success(request, _("Removed."))
    else:
        foreign.set_effect(request.member, calendar_id, request.POST.get("effect", ""))
        messages.success(request, _("Saved."))
    return redirect("times")


def _context(request: MemberRequest, *, forms: dict[str, Form] | None = None) -> dict[str, Any]:
    typed = forms or {}
    known = timetables_of(request.member.workspace_id)
    accounts = [None, *accounts_for(request.member).exclude(state=Account.State.DISCONNECTED)]
    return {
        "sheets": [_sheet(request, account, known, typed) for account in accounts],
        "closed": [(row, [str(WEEKDAYS[day][1]) for day in row.weekdays]) for row in closed_times_for(request.member)],
        "forms": {kind: typed.get(kind) or form(prefix=kind) for kind, form in _CLOSINGS.items()},
        "holidays": [(row, holidays.place_name(row)) for row in holidays.holiday_calendars_for(request.member)],
        "holiday_form": typed.get("holidays") or HolidayForm(prefix="holidays", by=request.member),
        "holiday_source": source(),
        "foreign": foreign.foreign_calendars_for(request.member),
        "foreign_form": typed.get("foreign") or ForeignForm(prefix="foreign"),
        "effects": ForeignCalendar.Effect.choices,
        "zone": request.member.workspace.time_zone,
        "can_change": can(request.member, "timetable"),
    }


def _sheet(
    request: MemberRequest, account: Account | None, known: dict[int | None, Timetable], typed: dict[str, Form]
) -> Sheet:
    key = str(account.pk) if account else ""
    own, shared = known.get(account.pk if account else None), known.get(None)
    counts = own or shared
    zone = zone_of(request.member.workspace, counts)
    form = typed.get(f"t{key}")
    if not isinstance(form, TimetableForm):
        form = TimetableForm(initial=TimetableForm.initial_of(own, zone), prefix=f"t{key}")
    return Sheet(
        key=key,
        name=account.name if account else _("All accounts"),
        channel=name_of(account.channel) if account else "",
        zone=zone,
        week=_week(counts),
        is_own=own is not None,
        form=form,
    )


def _week(table: Timetable | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    slots = list(table.slots.all()) if table else []
    return tuple(
        (str(label), tuple(f"{slot.at:%H:%M}" for slot in slots if slot.weekday == number))
        for number, (_name, label) in enumerate(WEEKDAYS)
    )


def _account(request: MemberRequest, key: str) -> Account | None:
    return account_for(request.member, int(key)) if key.isascii() and key.isdecimal() and len(key) < 16 else None
