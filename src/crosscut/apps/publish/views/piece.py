"""The posts of one piece beside its editor, and scheduling new ones."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.produce.guests import guests_awaited
from crosscut.apps.produce.languages import has_languages, translation_of
from crosscut.apps.produce.markets import Terms, terms_of
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import outlets_of, piece_for
from crosscut.apps.produce.services.approve import may_schedule
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import cards_of
from crosscut.apps.publish.forms import MoveForm
from crosscut.apps.publish.neighbours import Newcomer, neighbour_findings
from crosscut.apps.publish.rule_words import words_of
from crosscut.apps.publish.series import running_for
from crosscut.apps.publish.services.plan_languages import Together, plan_languages
from crosscut.apps.publish.services.plan_posts import NextSlot, Outcome, When, plan_posts
from crosscut.apps.publish.services.schedule import due_moment
from crosscut.apps.publish.slots import next_free
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import CrosscutError, Invalid
from crosscut.kernel.findings import Finding
from crosscut.kernel.zones import zone_names

SHOWN = 30  # posts beside the editor; the list of posts has them all
_MORNING = time(9, 0)  # what is proposed: tomorrow at nine


@members_only
@require_safe
def posts(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Its posts, the latest due first, and the form for another."""
    return render(request, "publish/piece.html", _context(request, piece_for(request.member, piece_id)))


@members_only
@require_safe
def when(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The chosen moment in words, or why it cannot be."""
    row = piece_for(request.member, piece_id)
    try:
        chosen = _chosen(request.GET.get("at", ""), request.GET.get("zone", ""))
        moment = due_moment(chosen.wall_time, chosen.zone)
        context = {"moment": moment, "zone": chosen.zone, "warnings": _neighbours(request, row, moment)}
    except Invalid as error:
        context = {"problems": error.problems_in(translation)}
    return render(request, "publish/moment.html", context)


@members_only
@require_POST
def schedule(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Puts the piece on its way to the chosen accounts; the answer names what could not be, and why."""
    row = piece_for(request.member, piece_id)
    wanted = set(request.POST.getlist("account"))
    accounts = [account for account in accounts_for(request.member) if str(account.pk) in wanted]
    try:
        outcomes = _planned(request, row, accounts)
    except Invalid as error:
        context = {**_context(request, row), **_typed(request, wanted), "problems": error.problems_in(translation)}
        return render(request, "publish/piece.html", context, status=422)
    return _told(request, row, outcomes)


def _neighbours(request: MemberRequest, row: Piece, at: datetime) -> list[Finding]:
    """What posts of the ticked accounts come too close to it then, in time or in words."""
    texts = {one.channel: row.text if one.text is None else one.text for one in outlets_of(row)}
    wanted = request.GET.getlist("account")
    accounts = [one for one in accounts_for(request.member) if str(one.pk) in wanted and one.channel in texts]
    coming = [Newcomer(account=one, piece_id=row.pk, at=at, text=texts[one.channel]) for one in accounts]
    return [finding.said_in(translation) for new in coming for finding in neighbour_findings(new)]


def _planned(request: MemberRequest, row: Piece, accounts: list[Account]) -> list[Outcome]:
    """The posts of the piece, and of its languages where somebody wants them too."""
    chosen, together = _when(request), request.POST.get("languages", "")
    if together not in list(Together) or not isinstance(chosen, When):
        return plan_posts(request.member, row, accounts, chosen)
    own = plan_posts(request.member, row, accounts, chosen) if accounts else []
    return own + plan_languages(request.member, row, chosen, Together(together))


def _told(request: MemberRequest, row: Piece, outcomes: list[Outcome]) -> HttpResponse:
    done = [outcome for outcome in outcomes if outcome.target]
    refused = [_spoken(outcome) for outcome in outcomes if not outcome.target]
    context = _context(request, row)
    if refused:
        context |= {**_typed(request, {str(outcome.account.pk) for outcome in refused}), "refused": refused}
    answer = render(request, "publish/piece.html", context, status=200 if done else 422)
    if done:
        words = ngettext("%(n)d post is scheduled.", "%(n)d posts are scheduled.", len(done)) % {"n": len(done)}
        trigger_client_event(answer, "say", {"words": words, "level": "success"})
        trigger_client_event(answer, "calendar-changed", {})
    return answer


def _spoken(outcome: Outcome) -> Outcome:
    """The outcome in the reader's language."""
    return replace(outcome, problems=tuple(one.said_in(translation) for one in outcome.problems))


def _context(request: MemberRequest, row: Piece) -> dict[str, Any]:
    member = request.member
    terms = terms_of(member.workspace, row.language)
    zone = terms.time_zone
    rows = queries.targets_for(member).filter(piece=row).order_by("-due_at", "-id")[:SHOWN]
    tomorrow = timezone.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    choices = _choices(member, row)
    return {
        "piece": row,
        "cards": cards_of(member, rows),
        "choices": choices,
        "series": [(one, words_of(one)) for one in running_for(member).filter(piece=row)],
        "chosen": _usual(row, choices, terms),
        "has_languages": has_languages(row),
        "is_open": any(not one["is_taken"] for one in choices),
        "has_slots": any(one["next_slot"] for one in choices),
        "at": datetime.combine(tomorrow, _MORNING).strftime("%Y-%m-%dT%H:%M"),
        "zone": zone,
        "zones": sorted(zone_names()),
        "may_schedule": may_schedule(member, row),
        "guests_awaited": guests_awaited(row),
        "is_archived": row.archived_at is not None,
    }


def _choices(member: Member, row: Piece) -> list[dict[str, Any]]:
    """The accounts of the piece's channels: those it is on its way to already cannot be chosen again."""
    slugs = {outlet.channel for outlet in outlets_of(row)}
    taken = queries.busy_accounts(row)
    return [
        {
            "account": account,
            "channel": name_of(account.channel),
            "is_taken": account.pk in taken,
            "is_connected": account.state == Account.State.CONNECTED,
            "next_slot": _next_slot(account) if account.pk not in taken else None,
        }
        for account in accounts_for(member)
        if account.channel in slugs
    ]


def _usual(row: Piece, choices: list[dict[str, Any]], terms: Terms) -> set[str]:
    """The accounts that are ticked before anybody chooses: those of the piece's language, else all of no other one; for
    a translation whose accounts nobody named none, so that no account says it in the wrong language.
    """
    ids = {one["account"].pk for one in choices}
    if terms.accounts:
        return {str(pk) for pk in ids & terms.accounts}
    return set() if translation_of(row.pk) else {str(pk) for pk in ids - terms.others}


def _next_slot(account: Account) -> datetime | None:
    """When its next free slot is; None where it has none."""
    try:
        return next_free(account).at
    except CrosscutError:
        return None


def _when(request: MemberRequest) -> When | NextSlot | None:
    """What the pressed button says: now, in the next free slots, or at the chosen time."""
    if request.POST.get("now") == "1":
        return None
    if request.POST.get("slot") == "1":
        return NextSlot()
    return _chosen(request.POST.get("at", ""), request.POST.get("zone", ""))


def _chosen(at: str, zone: str) -> When:
    form = MoveForm({"at": at})
    if not form.is_valid():
        raise Invalid.at("at", _("Give the day and the time."), code="schedule.no_time")
    if zone not in zone_names():
        raise Invalid.at("zone", _("Choose a time zone, such as Europe/Berlin."), code="zone.unknown")
    return When(wall_time=form.cleaned_data["at"], zone=zone)


def _typed(request: MemberRequest, accounts: set[str]) -> dict[str, Any]:
    """What was typed, so that nobody types it again."""
    given = {name: request.POST.get(name, "") for name in ("at", "zone") if request.POST.get(name)}
    return {**given, "chosen": accounts}
