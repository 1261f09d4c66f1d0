"""The editor of one piece: the page, saving, what is added and taken out, the preview, who else is here."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import accounts_for, audit_for
from crosscut.apps.library import search, searchbox
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.showing import tile_of
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.editing import edits_from, field_values, version_of
from crosscut.apps.produce.kinds import kind_named
from crosscut.apps.produce.models import Outlet, Piece
from crosscut.apps.produce.preview import preview_of
from crosscut.apps.produce.services import write
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.words import MAX_TEXT
from crosscut.apps.produce.showing import missing_places, place_of, tabs_of, tightest, tray_items
from crosscut.apps.produce.views.approval import approval_context
from crosscut.apps.produce.views.changes import ACTIONS
from crosscut.apps.produce.views.history import history_context
from crosscut.apps.produce.views.translating import languages_context
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.specs.text import count

_MEDIA_KINDS = ("image", "video", "audio")
_HERE = timedelta(minutes=5)  # whoever saved or looked this lately is said to be here


@members_only
@require_GET
def piece(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The whole page. Findings and posts come in from the apps that know them."""
    row = queries.piece_for(request.member, piece_id)
    context = {
        **_fields_context(request.member, row, request.GET.get("channel", "")),
        **_preview_context(row, request.GET.get("channel", "")),
        **approval_context(request.member, row),
        **history_context(request.member, row),
        **languages_context(request.member, row),
        "others": _others_here(request.member, row),
        "standing": queries.standing_of(row),
    }
    return render(request, "produce/piece.html", context)


@members_only
@require_POST
def save(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Keeps what was typed and answers the new version; 409 with the other's words when somebody else was faster."""
    row = queries.piece_for(request.member, piece_id)
    outlets, uses = queries.outlets_of(row), queries.media_of(row)
    edits = edits_from(request.member, request.POST, outlets, uses)
    try:
        saved = write.save_edits(request.member, row, edits, revision=version_of(request.POST))
    except Conflict as error:
        return _both(request.member, row, error)
    return JsonResponse({"version": str(saved.revision), "title": saved.title})


@members_only
@require_POST
def change(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Adds, takes out and moves; answers the editor's fields as they are then."""
    row = queries.piece_for(request.member, piece_id)
    action, _colon, value = request.POST.get("action", "").partition(":")
    act = ACTIONS.get(action)
    if act is None:
        raise Invalid.at("action", _("Nobody knows how to do this."))
    tab = act(request, row, value) or request.POST.get("tab", "")
    row = queries.piece_for(request.member, piece_id)
    answer = render(request, "produce/fields.html", _fields_context(request.member, row, tab))
    answer["HX-Trigger-After-Settle"] = "piece-changed"
    return answer


@members_only
@require_GET
def preview(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The post as the chosen channel will draw it."""
    row = queries.piece_for(request.member, piece_id)
    return render(request, "produce/preview.html", _preview_context(row, request.GET.get("channel", "")))


@members_only
@require_GET
def choose_media(request: MemberRequest, piece_id: int) -> HttpResponse:
    """What the library has for the piece, found by the library's own search."""
    row = queries.piece_for(request.member, piece_id)
    text = request.GET.get("q", "")[:1000]
    wanted = searchbox.parse(text)
    kinds = tuple(kind for kind in wanted.kinds if kind in _MEDIA_KINDS) or _MEDIA_KINDS
    found = search.window(request.member, replace(wanted, kinds=kinds), cursor=request.GET.get("after", ""))
    there = {use.asset_id for use in queries.media_of(row)}
    today = today_in(request.member.workspace)
    context = {
        "piece": row,
        "q": text,
        "tiles": [(tile_of(asset, today), asset.pk in there) for asset in found.assets],
        "next_cursor": found.next_cursor,
        "is_more": bool(request.GET.get("after")),
    }
    return render(request, "produce/choose.html", context)


@members_only
@require_GET
def here(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Who else is at work on the piece."""
    row = queries.piece_for(request.member, piece_id)
    return render(request, "produce/here.html", {"piece": row, "others": _others_here(request.member, row)})


@members_only
@require_POST
def count_text(request: MemberRequest, channel_slug: str, post_type: str) -> JsonResponse:
    """The length of a text as that channel counts it."""
    kind = kind_named(channel_slug, post_type)
    counted = count(request.POST.get("text", "")[:MAX_TEXT], kind.platform, kind.slug)
    return JsonResponse({"used": counted.used, "limit": counted.limit, "unit": counted.unit})


def _both(member: Member, row: Piece, error: Conflict) -> JsonResponse:
    """What somebody else saved, beside what is in the asker's hands. Theirs is kept as a state first."""
    fresh = queries.piece_for(member, row.pk)
    if fresh.archived_at is None:
        freeze(fresh, by=member)
    theirs = field_values(fresh, queries.outlets_of(fresh), queries.media_of(fresh))
    told = {"version": str(fresh.revision), "theirs": theirs, "detail": error.said_in(translation)}
    return JsonResponse(told, status=409)


def _fields_context(member: Member, row: Piece, tab: str) -> dict[str, Any]:
    outlets, uses = queries.outlets_of(row), queries.tray_of(row)
    connected: dict[str, int] = {}
    accounts = list(accounts_for(member))
    for account in accounts:
        connected[account.channel] = connected.get(account.channel, 0) + 1
    tabs = tabs_of(row, outlets, [(account.channel, account.limits) for account in accounts], uses)
    slugs = [outlet.channel for outlet in outlets]
    return {
        "piece": row,
        "tabs": tabs,
        "tab": tab if tab in slugs else (slugs[0] if slugs else ""),
        "tightest": tightest(row, tabs),
        "tray": tray_items(uses),
        "campaigns": campaigns_for(member),
        "missing": missing_places(outlets, connected),
        "can_draft": can(member, "draft") and row.archived_at is None,
    }


def _preview_context(row: Piece, wanted: str) -> dict[str, Any]:
    outlets = queries.outlets_of(row)
    chosen: Outlet | None = next((one for one in outlets if one.channel == wanted), outlets[0] if outlets else None)
    return {
        "piece": row,
        "preview": preview_of(row, chosen, queries.tray_of(row)) if chosen else None,
        "preview_places": [place_of(outlet.channel) for outlet in outlets],
    }


def _others_here(member: Member, row: Piece) -> list[str]:
    """Names of those who saved the piece in the last minutes."""
    since = timezone.now() - _HERE
    events = audit_for(member).filter(subject=f"piece:{row.pk}", verb="piece.changed", at__gte=since)
    names = [str(event.member.user) for event in events.exclude(member=member)[:50] if event.member]
    return list(dict.fromkeys(names))
