"""Replacing an asset everywhere: choosing the other one, seeing what it touches, doing it, undoing it."""

from dataclasses import replace as replace_in
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries, search, searchbox
from crosscut.apps.library.models import Asset
from crosscut.apps.library.rights import rights_of
from crosscut.apps.library.showing import tile_of
from crosscut.apps.produce.queries import pieces_for
from crosscut.apps.publish.queries import targets_for
from crosscut.apps.publish.services import replacing

OFFERED = 24  # assets to choose from; more are found by their words


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: MemberRequest, asset_id: int) -> HttpResponse:
    """What to put in its place; then what that touches, each piece and post by name; then it is done."""
    wanted = request.POST.get("with", "") or request.GET.get("with", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return _choose(request, queries.asset_for(request.member, asset_id))
    if request.method == "POST":
        row = replacing.replace_everywhere(request.member, asset_id, int(wanted))
        messages.success(request, _("Done. It can be undone here in one step."))
        return redirect("replacement", row.pk)
    old, new, touched = replacing.touched_by(request.member, asset_id, int(wanted))
    context = {
        "old": old,
        "new": new,
        "is_same": old.pk == new.pk,
        "touched": touched,
        "losing": sum(one.loses_approval for one in touched.posts),
        "rights": rights_of(new, queries.today_in(new.workspace)),
        "crumbs": _crumbs(old),
        "can_replace": can(request.member, "schedule"),
    }
    return render(request, "publish/replace.html", context)


@members_only
@require_GET
def replacement(request: MemberRequest, replacement_id: int) -> HttpResponse:
    """What was done, with the way back."""
    row = replacing.replacement_for(request.member, replacement_id)
    context = {
        "row": row,
        "posts": targets_for(request.member).filter(pk__in=[entry["post"] for entry in row.posts]).order_by("due_at"),
        "pieces": pieces_for(request.member).filter(pk__in=[entry["piece"] for entry in row.media]),
        "crumbs": _crumbs(row.old),
        "can_replace": can(request.member, "schedule"),
    }
    return render(request, "publish/replacement.html", context)


@members_only
@require_POST
def undo(request: MemberRequest, replacement_id: int) -> HttpResponse:
    """Puts everything back, as far as nobody changed it since."""
    row, left = replacing.undo_replacement(request.member, replacement_id)
    words = ngettext(
        "Undone. %(n)d thing was changed since and stays as it is.",
        "Undone. %(n)d things were changed since and stay as they are.",
        left,
    )
    messages.success(request, words % {"n": left} if left else _("Undone: everything is as it was."))
    return redirect("asset-section", row.old_id, "uses")


def _choose(request: MemberRequest, old: Asset) -> HttpResponse:
    text = request.GET.get("q", "")[:1000]
    wanted = replace_in(searchbox.parse(text), kinds=(old.kind,))
    found = search.window(request.member, wanted, size=OFFERED + 1).assets
    today = queries.today_in(old.workspace)
    context: dict[str, Any] = {
        "old": old,
        "q": text,
        "tiles": [tile_of(asset, today) for asset in found if asset.pk != old.pk][:OFFERED],
        "has_versions": old.versions.count() > 1,
        "crumbs": _crumbs(old),
    }
    return render(request, "publish/replace_choose.html", context)


def _crumbs(old: Asset) -> list[tuple[str, str]]:
    return [(_("Library"), "/library/"), (old.title, f"/library/{old.pk}/view/uses/"), (_("Replace everywhere"), "")]
