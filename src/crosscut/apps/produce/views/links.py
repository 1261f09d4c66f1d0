"""Links: the rules they are marked by, short ones, and which lead nowhere."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce import queries
from crosscut.apps.produce.editing import campaign_from
from crosscut.apps.produce.link_forms import DefaultForm, MarkForm, NewShortForm, RulesForm, ShortForm
from crosscut.apps.produce.linking import rules_of
from crosscut.apps.produce.models import LinkCheck, ShortLink
from crosscut.apps.produce.services import link_checks, link_rules, short_links
from crosscut.apps.produce.showing import place_of
from crosscut.kernel.errors import CrosscutError

PAGE, DAYS, BAD = 25, 30, 20
_BAD_STATES = (LinkCheck.State.DEAD, LinkCheck.State.SILENT)


@members_only
@require_safe
def links(request: MemberRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@members_only
@require_POST
def set_rules(request: MemberRequest) -> HttpResponse:
    """What links may be marked with."""
    form = RulesForm(request.POST, prefix="rules")
    try:
        if form.is_valid():
            link_rules.set_rules(request.member, form.wish())
            messages.success(request, _("Saved. What is scheduled already goes out as it was."))
            return redirect("links")
    except CrosscutError as error:
        show_problems(form, error)
    return _page(request, {"rules": form}, status=422)


@members_only
@require_POST
def set_default(request: MemberRequest) -> HttpResponse:
    """What links are marked with on a channel, in a campaign, or everywhere."""
    allowed = dict(rules_of(request.member.workspace).allowed)
    form = DefaultForm(request.POST, prefix="default", by=request.member, allowed=allowed)
    try:
        if form.is_valid():
            campaign = campaign_from(request.member, form.cleaned_data["campaign_row"])
            channel = form.cleaned_data["channel"]
            link_rules.set_default(request.member, form.tags(), channel=channel, campaign=campaign)
            messages.success(request, _("Saved. Pieces that are not scheduled yet go by it."))
            return redirect("links")
    except CrosscutError as error:
        show_problems(form, error)
    return _page(request, {"default": form}, status=422)


@members_only
@require_POST
def drop_default(request: MemberRequest, default_id: int) -> HttpResponse:
    """Marks nothing by it any more."""
    link_rules.drop_default(request.member, default_id)
    messages.success(request, _("Removed."))
    return redirect("links")


@members_only
@require_POST
def mark(request: MemberRequest) -> HttpResponse:
    """The address with its marks, to be copied."""
    form = MarkForm(request.POST, prefix="mark", allowed=dict(rules_of(request.member.workspace).allowed))
    try:
        if form.is_valid():
            made = link_rules.build_address(request.member, form.cleaned_data["address"], form.tags())
            return _page(request, {"mark": form}, marked=made)
    except CrosscutError as error:
        show_problems(form, error)
    return _page(request, {"mark": form}, status=422)


@members_only
@require_POST
def make(request: MemberRequest) -> HttpResponse:
    """A short link."""
    form = NewShortForm(request.POST, prefix="short")
    try:
        if form.is_valid():
            told = {name: form.cleaned_data[name] for name in ("leads_to", "code", "name")}
            ends_at = form.ends_at(request.member.workspace.time_zone)
            row = short_links.make_link(request.member, short_links.Wish(**told, ends_at=ends_at))
            return redirect("short-link", row.pk)
    except CrosscutError as error:
        show_problems(form, error)
    return _page(request, {"short": form}, status=422)


@members_only
@require_POST
def check_again(request: MemberRequest) -> HttpResponse:
    """Looks at an address soon."""
    address = link_rules.checked_address(request.POST.get("address", ""))
    link_checks.ask_again_for(request.member, address)
    messages.success(request, _("It is looked at within some seconds."))
    return redirect("links")


@members_only
def short_link(request: MemberRequest, link_id: int) -> HttpResponse:
    """One short link: its code to print, how often it was followed, where it leads."""
    row = queries.short_link_for(request.member, link_id)
    zone = request.member.workspace.time_zone
    ends_on = row.ends_at.astimezone(ZoneInfo(zone)).date() if row.ends_at else None
    form = ShortForm(
        request.POST if request.method == "POST" else None,
        initial={"leads_to": row.leads_to, "name": row.name, "ends_on": ends_on},
    )
    try:
        if request.method == "POST" and form.is_valid():
            told = {name: form.cleaned_data[name] for name in ("leads_to", "name")}
            short_links.change_link(request.member, row, {**told, "ends_at": form.ends_at(zone)})
            messages.success(request, _("Saved. Its address stays as it is."))
            return redirect("short-link", link_id)
    except CrosscutError as error:
        show_problems(form, error)
    return render(request, "produce/short_link.html", _one(request, row, form), status=422 if form.errors else 200)


@members_only
@require_POST
def end(request: MemberRequest, link_id: int) -> HttpResponse:
    """It answers that it is over."""
    short_links.end_link(request.member, queries.short_link_for(request.member, link_id))
    messages.success(request, _("It is over: whoever follows it is told so."))
    return redirect("short-link", link_id)


@members_only
@require_safe
def qr(request: MemberRequest, link_id: int, kind: str) -> HttpResponse:
    """Its QR code, to look at or to keep."""
    row = queries.short_link_for(request.member, link_id)
    media_type = {"svg": "image/svg+xml", "png": "image/png"}[kind]
    answer = HttpResponse(short_links.qr_code(short_links.address_of(row), kind), content_type=media_type)
    if "save" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="{row.code}.{kind}"'
    return answer


def _page(
    request: MemberRequest, typed: dict[str, Form] | None = None, *, marked: str = "", status: int = 200
) -> HttpResponse:
    member, forms = request.member, typed or {}
    rules = rules_of(member.workspace)
    page = Paginator(queries.short_links_for(member), PAGE).get_page(request.GET.get("page"))
    context = {
        "rules": rules,
        "parts": [
            (_("Sources"), rules.allowed["source"]),
            (_("Media"), rules.allowed["medium"]),
            (_("Campaign marks"), rules.allowed["campaign"]),
        ],
        "defaults": [(row, row.channel and place_of(row.channel)) for row in queries.link_defaults_for(member)],
        "page": page,
        "over": {row.pk for row in page if short_links.is_over(row)},
        "bad": queries.link_checks_for(member).filter(state__in=_BAD_STATES)[:BAD],
        "dead": queries.dead_links_for(member)[:BAD],
        "marked": marked,
        "forms": {**_forms(request), **forms},
        "can_rule": can(member, "links"),
        "can_make": can(member, "schedule"),
    }
    return render(request, "produce/links.html", context, status=status)


def _forms(request: MemberRequest) -> dict[str, Form]:
    """Each form as it stands before anybody types."""
    rules = rules_of(request.member.workspace)
    allowed, host = dict(rules.allowed), queries.short_host_of(request.member)
    listed = {f"{part}s": "\n".join(values) for part, values in allowed.items()}
    return {
        "rules": RulesForm(prefix="rules", initial={"hosts": "\n".join(rules.hosts), **listed, "short_host": host}),
        "default": DefaultForm(prefix="default", by=request.member, allowed=allowed),
        "mark": MarkForm(prefix="mark", allowed=allowed),
        "short": NewShortForm(prefix="short"),
    }


def _one(request: MemberRequest, row: ShortLink, form: Form) -> dict[str, Any]:
    days = list(row.days.order_by("-day")[:DAYS])
    return {
        "link": row,
        "address": short_links.address_of(row),
        "is_over": short_links.is_over(row),
        "days": days,
        "most": max((day.value for day in days), default=0),
        "form": form,
        "can_make": can(request.member, "schedule"),
    }
