"""Series: which there are, one with its dates, and starting, changing and ending them."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.produce.markets import terms_of
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import outlets_of, piece_for
from crosscut.apps.produce.services.approve import may_schedule
from crosscut.apps.produce.services.freeze import digests_of
from crosscut.apps.publish import series as shown
from crosscut.apps.publish.models import Series, Target
from crosscut.apps.publish.rule_words import rule_in_words, words_of
from crosscut.apps.publish.series_forms import RepeatForm, initial_of
from crosscut.apps.publish.services import series as acts
from crosscut.apps.publish.services.series import Plan
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import CrosscutError, Invalid, Problem
from crosscut.kernel.phrases import phrase, spoken

WINDOW = 50  # series on a page
_MORNING = time(9, 0)  # what is proposed: tomorrow at nine


@members_only
@require_safe
def all_series(request: MemberRequest) -> HttpResponse:
    """Those that have dates to come, the next to be looked at first."""
    page = Paginator(shown.running_for(request.member), WINDOW).get_page(request.GET.get("page"))
    return render(request, "publish/all_series.html", {"page": page, "rows": [_row(one) for one in page.object_list]})


@members_only
def new(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The form for a series of the piece on one or several accounts, and what it makes."""
    piece = piece_for(request.member, piece_id)
    form, problems = _form(request, piece), list[Problem]()
    if request.method == "POST" and form.is_valid():
        try:
            started = _start(request, piece, form.plan())
        except Invalid as error:
            problems = list(error.problems_in(translation))
        else:
            words = ngettext("%(n)d series is set.", "%(n)d series are set.", len(started)) % {"n": len(started)}
            messages.success(request, words)
            return redirect("series", started[0].pk) if len(started) == 1 else redirect("all-series")
    context = {
        "piece": piece,
        "form": form,
        "problems": problems,
        "choices": _choices(request, piece),
        "chosen": request.POST.getlist("account"),
        "may_schedule": may_schedule(request.member, piece),
    }
    return render(request, "publish/series_new.html", context, status=422 if request.method == "POST" else 200)


@members_only
@require_safe
def preview(request: MemberRequest) -> HttpResponse:
    """The first dates of what stands in the form."""
    form = RepeatForm(request.GET)
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            context = _previewed(request, form.plan())
        except Invalid as error:
            context = {"problems": error.problems_in(translation)}
    return render(request, "publish/series_preview.html", context)


@members_only
@require_safe
def one_series(request: MemberRequest, series_id: int) -> HttpResponse:
    """One of them."""
    return render(request, "publish/series.html", _context(request, shown.one_series_for(request.member, series_id)))


@members_only
@require_POST
def act(request: MemberRequest, series_id: int) -> HttpResponse:
    """What the pressed button says: leave a date out, put it back, take the piece over, end it."""
    row = shown.one_series_for(request.member, series_id)
    does = _ACTS.get(request.POST.get("act", ""))
    if does is None:
        raise Invalid.at("act", phrase("Nobody knows what this button does."))
    messages.success(request, does(request, row))
    return redirect("series", row.pk)


@members_only
@require_POST
def follow(request: MemberRequest, series_id: int) -> HttpResponse:
    """A date and all after it, by another rule, time or end."""
    row = shown.one_series_for(request.member, series_id)
    form = RepeatForm(request.POST)
    if form.is_valid():
        try:
            made = acts.change_from(request.member, row, request.POST.get("date", ""), form.plan())
        except CrosscutError as error:
            context = {**_context(request, row, form), "problems": error.problems_in(translation)}
            return render(request, "publish/series.html", context, status=422)
        messages.success(request, _("Changed from that date on."))
        return redirect("series", made.pk)
    return render(request, "publish/series.html", _context(request, row, form), status=422)


def _leave_out(request: MemberRequest, row: Series) -> str:
    acts.leave_out(request.member, row, request.POST.get("date", ""))
    return _("Left out. The series goes on.")


def _put_back(request: MemberRequest, row: Series) -> str:
    acts.put_back(request.member, row, request.POST.get("date", ""))
    return _("It has its post again.")


def _take_over(request: MemberRequest, row: Series) -> str:
    _row, left = acts.take_over(request.member, row)
    if left:
        words = ngettext(
            "Its posts to come show the piece as it is now; %(n)d keeps what its channel has parts of already.",
            "Its posts to come show the piece as it is now; %(n)d keep what their channel has parts of already.",
            left,
        )
        return words % {"n": left}
    return _("All its posts to come show the piece as it is now.")


def _end(request: MemberRequest, row: Series) -> str:
    count = acts.end_series(request.member, row, keeps_posts=request.POST.get("keep") == "1")
    if not count:
        return _("Ended. No further posts are made.")
    words = ngettext("Ended. %(n)d post went off the calendar.", "Ended. %(n)d posts went off the calendar.", count)
    return words % {"n": count}


_ACTS: dict[str, Callable[[MemberRequest, Series], str]] = {
    "leave-out": _leave_out,
    "put-back": _put_back,
    "take-over": _take_over,
    "end": _end,
}


def _start(request: MemberRequest, piece: Piece, plan: Plan) -> list[Series]:
    """A series for each chosen account: all of them, or none."""
    wanted = set(request.POST.getlist("account"))
    accounts = [account for account in accounts_for(request.member) if str(account.pk) in wanted]
    return acts.start_on_all(request.member, piece, accounts, plan)


def _form(request: MemberRequest, piece: Piece) -> RepeatForm:
    if request.method == "POST":
        return RepeatForm(request.POST)
    zone = terms_of(request.member.workspace, piece.language).time_zone
    tomorrow = timezone.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return RepeatForm(initial={"at": datetime.combine(tomorrow, _MORNING), "zone": zone})


def _choices(request: MemberRequest, piece: Piece) -> list[dict[str, Any]]:
    slugs = {outlet.channel for outlet in outlets_of(piece)}
    return [
        {
            "account": account,
            "channel": name_of(account.channel),
            "is_connected": account.state == Account.State.CONNECTED,
        }
        for account in accounts_for(request.member)
        if account.channel in slugs and account.state != Account.State.DISCONNECTED
    ]


def _previewed(request: MemberRequest, plan: Plan) -> dict[str, Any]:
    seen = shown.preview(request.member.workspace, plan)
    return {
        "words": rule_in_words(seen.rule, seen.wall_time, seen.ends_on),
        "days": list(zip(seen.days, (spoken(words, translation) for words in seen.warnings), strict=True)),
        "count": seen.count,
        "rule": seen.rule,
        "zone": seen.zone,
    }


def _row(series: Series) -> dict[str, Any]:
    days = [day for day in shown.days_of(series) if not day.why_none and day.at and day.at > timezone.now()]
    return {
        "series": series,
        "words": words_of(series),
        "channel": name_of(series.account.channel),
        "next_at": days[0].at if days else None,
        "obstacle": spoken(acts.obstacle_to(series), translation),
    }


def _context(request: MemberRequest, row: Series, form: RepeatForm | None = None) -> dict[str, Any]:
    days = shown.days_of(row)
    ahead = [day for day in days if day.at is None or day.at > timezone.now()]
    first = ahead[0].key if ahead else row.wall_time
    return {
        "series": row,
        "words": words_of(row),
        "channel": name_of(row.account.channel),
        "days": days,
        "ahead": ahead,
        "now": timezone.now(),
        "waiting": Target.WAITING_STATES,
        "obstacle": "" if row.ended_at else spoken(acts.obstacle_to(row), translation),
        "is_changed": digests_of([row.piece])[row.piece_id] != row.edition.digest,
        "form": form or RepeatForm(initial=initial_of(row, first)),
        "from_date": request.POST.get("date", first),
        "may_change": row.ended_at is None and can(request.member, "draft"),
        "weeks": acts.AHEAD.days // 7,
    }
