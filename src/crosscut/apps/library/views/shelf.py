"""The library page: the grid, its search and facets, and what is done to several assets at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries, search, searchbox
from crosscut.apps.library.forms.assets import ids_in, words_in
from crosscut.apps.library.services import bins, describe
from crosscut.apps.library.showing import tile_of
from crosscut.kernel.errors import Conflict


@members_only
@require_GET
def library(request: MemberRequest) -> HttpResponse:
    """The whole page; for htmx only the part that changes: the results, or the next rows of the grid."""
    text, cursor = request.GET.get("q", "")[:1000], request.GET.get("after", "")
    wanted = searchbox.parse(text)
    window = search.window(request.member, wanted, cursor=cursor)
    today = queries.today_in(request.member.workspace)
    context: dict[str, Any] = {
        "q": text,
        "tiles": [tile_of(asset, today) for asset in window.assets],
        "next_url": _address(text, window.next_cursor) if window.next_cursor else "",
        "can_draft": can(request.member, "draft"),
    }
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    if cursor and is_part:
        return render(request, "library/rows.html", context)
    context |= _around(request, text, wanted)
    return render(request, "library/results.html" if is_part else "library/library.html", context)


@members_only
@require_GET
def selection(request: MemberRequest) -> HttpResponse:
    """The bar for the chosen assets: how many they are and what can be done to them."""
    chosen = ids_in(request.GET.getlist("asset"))
    is_archived = searchbox.parse(request.GET.get("q", "")).is_archived
    context = {"chosen": chosen, "is_archived": is_archived, "can_draft": can(request.member, "draft")}
    return render(request, "library/selection.html", context)


@members_only
@require_POST
def change_several(request: MemberRequest) -> HttpResponse:
    """Tags, archives or restores the chosen assets and goes back to the same search."""
    chosen, action = ids_in(request.POST.getlist("asset")), request.POST.get("action", "")
    tags = words_in(request.POST.get("tags", ""))
    if action == "archive":
        describe.archive(request.member, chosen)
        messages.success(request, _archived_words(len(chosen)))
    elif action == "delete":
        _delete(request, chosen)
    elif action == "restore":
        count = describe.restore(request.member, chosen)
        messages.success(request, ngettext("%(n)d asset is back.", "%(n)d assets are back.", count) % {"n": count})
    else:
        is_removal = action == "untag"
        count = describe.tag(request.member, chosen, **({"remove": tags} if is_removal else {"add": tags}))
        messages.success(request, ngettext("%(n)d asset changed.", "%(n)d assets changed.", count) % {"n": count})
    return redirect(_address(request.POST.get("q", "")[:1000]))


def _around(request: MemberRequest, text: str, wanted: searchbox.Wanted) -> dict[str, Any]:
    """What stands beside the grid: how many there are, and the clicks that narrow them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    narrowing = search.narrowing(request.member, wanted)
    for facet in narrowing.facets:
        url = _address(searchbox.toggled(text, facet.token))
        is_on = searchbox.has(text, facet.token)
        groups.setdefault(facet.group, []).append({"facet": facet, "url": url, "is_on": is_on})
    titles = {"type": _("Kind"), "rights": _("Rights"), "missing": _("Missing"), "tag": _("Tags")}
    return {
        "count": narrowing.total,
        "notes": wanted.notes,
        "groups": [(titles[name], facets) for name, facets in groups.items()],
        "is_archived": wanted.is_archived,
        "archived_url": _address(searchbox.toggled(text, "is:archived")),
        "is_empty": not queries.assets_for(request.member).exists(),
    }


def _delete(request: MemberRequest, chosen: list[int]) -> None:
    """Into the bin, all or none; says what stands in the way."""
    try:
        count = bins.put_into_bin(request.member, chosen)
    except Conflict as error:
        said = [problem.message for problem in error.problems_in(translation)]
        messages.error(request, " ".join(said[:5]))
        return
    words = ngettext("%(n)d asset deleted.", "%(n)d assets deleted.", count) % {"n": count}
    messages.success(request, format_html('{} <a href="{}">{}</a>', words, reverse("bin"), _("Look into the bin")))


def _archived_words(count: int) -> str:
    words = ngettext("%(n)d asset archived.", "%(n)d assets archived.", count) % {"n": count}
    return format_html('{} <a href="{}">{}</a>', words, _address("is:archived"), _("Look at the archive"))


def _address(text: str, cursor: str = "") -> str:
    query = {name: value for name, value in (("q", text), ("after", cursor)) if value}
    return reverse("library") + (f"?{urlencode(query)}" if query else "")
