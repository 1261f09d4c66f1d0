"""The list of pieces, starting one, and putting one away."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import assets_for, with_card_parts
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.editing import campaign_from
from crosscut.apps.produce.filters import groups_for, wanted_from
from crosscut.apps.produce.forms import NewPieceForm
from crosscut.apps.produce.kinds import fitting
from crosscut.apps.produce.services.start import start_piece
from crosscut.apps.produce.services.write import archive_piece, restore_piece
from crosscut.apps.produce.showing import rows_of
from crosscut.channels.registry import channels
from crosscut.kernel.errors import Invalid

MANY = 50  # assets that one new piece may begin with
SHOWN_OF_CAMPAIGN = 12  # pieces on the campaign's page; the list has them all


@members_only
@require_GET
def pieces(request: MemberRequest) -> HttpResponse:
    """The whole page; for htmx the next rows, or the results after a filter."""
    wanted, cursor = wanted_from(request.GET), request.GET.get("after", "")
    window = queries.window(request.member, wanted, cursor=cursor)
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    context = {
        "rows": rows_of(window.pieces),
        "next_url": _next(request.GET, window.next_cursor),
        "wanted": wanted,
        "can_draft": can(request.member, "draft"),
    }
    if cursor and is_part:
        return render(request, "produce/rows.html", context)
    context |= {
        "groups": groups_for(request.member, request.GET),
        "is_narrowed": wanted != queries.Wanted(is_archived=wanted.is_archived),
        "kept": [(name, request.GET[name]) for name in request.GET if name not in ("q", "after")],
    }
    return render(request, "produce/pieces.html", context)


@members_only
@require_GET
def of_campaign(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """The campaign's pieces, for its page."""
    row = campaign_for(request.member, campaign_id)
    window = queries.window(request.member, queries.Wanted(campaign=row.pk))
    query = urlencode({"campaign": row.pk})
    context = {
        "rows": rows_of(window.pieces[:SHOWN_OF_CAMPAIGN]),
        "all_url": f"{reverse('pieces')}?{query}" if len(window.pieces) > SHOWN_OF_CAMPAIGN else "",
        "new_url": f"{reverse('piece-new')}?{query}" if can(request.member, "draft") and not row.archived_at else "",
    }
    return render(request, "produce/of_campaign.html", context)


@members_only
def new(request: MemberRequest) -> HttpResponse:
    """Starts a piece: its title, its campaign, where it goes, and the assets it begins with."""
    demand(request.member, "draft")
    assets = _assets(request.member, [*request.GET.getlist("asset"), *request.POST.getlist("asset")])
    connected = connected_channels(request.member)
    fits = fitting(connected, [asset.kind for asset in assets])
    begin = {"campaign": request.GET.get("campaign", ""), "channels": fits}
    form = NewPieceForm(request.POST or None, by=request.member, connected=connected, initial=begin)
    if form.is_valid():
        try:
            campaign = campaign_from(request.member, form.cleaned_data["campaign"])
            wanted = {"title": form.cleaned_data["title"], "campaign": campaign}
            piece = start_piece(request.member, wanted, channels=form.cleaned_data["channels"], assets=assets)
        except Invalid as error:
            show_problems(form, error)
        else:
            return redirect("piece", piece.pk)
    context = {"form": form, "assets": assets}
    return render(request, "produce/new.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def archive(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Puts the piece out of sight; the message leads back to it."""
    row = queries.piece_for(request.member, piece_id)
    archive_piece(request.member, row)
    words = _("%(title)s is archived. Nothing is lost.") % {"title": row.title}
    back = reverse("piece", args=[row.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', words, back, _("Bring it back")))
    return redirect("pieces")


@members_only
@require_POST
def restore(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Brings it back."""
    row = queries.piece_for(request.member, piece_id)
    restore_piece(request.member, row)
    messages.success(request, _("%(title)s is back.") % {"title": row.title})
    return redirect("piece", row.pk)


def connected_channels(member: Member) -> list[str]:
    """The channels of the workspace's accounts, each once."""
    slugs = (account.channel for account in accounts_for(member) if account.state != Account.State.DISCONNECTED)
    return [slug for slug in dict.fromkeys(slugs) if slug in channels()]


def _assets(member: Member, ids: Sequence[str]) -> list[Asset]:
    chosen = list(dict.fromkeys(int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 16))[:MANY]
    rows = {row.pk: row for row in with_card_parts(assets_for(member).filter(pk__in=chosen))}
    return [rows[pk] for pk in chosen if pk in rows]


def _next(query: QueryDict, cursor: str) -> str:
    kept = query.copy()
    kept["after"] = cursor
    return f"?{kept.urlencode()}" if cursor else ""
