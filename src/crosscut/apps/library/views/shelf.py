"""The library page: the grid, its search and facets, and what is done to several assets at once."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import incoming, likenesses, queries, search, searchbox
from crosscut.apps.library.forms.assets import ids_in, words_in
from crosscut.apps.library.models import SavedSearch
from crosscut.apps.library.services import bins, collecting, describe, saved
from crosscut.apps.library.showing import Tile, tile_of
from crosscut.apps.library.spoken import moments_in
from crosscut.apps.library.views.rooms import ask_to_delete
from crosscut.kernel.errors import Conflict


@members_only
@require_GET
def library(request: MemberRequest) -> HttpResponse:
    """The whole page; for htmx only the part that changes: the results, or the next rows of the grid."""
    text, cursor = request.GET.get("q", "")[:1000], request.GET.get("after", "")
    wanted = searchbox.parse(text)
    found = search.find(request.member, wanted)
    start = _place(request.GET.get("start", ""), found.total)
    window = search.window_of(request.member, found, cursor=cursor or search.cursor_at(start))
    context: dict[str, Any] = {
        "q": text,
        "tiles": _tiles(request, window, wanted, found),
        "next_url": _address(text, window.next_cursor) if window.next_cursor else "",
        "can_draft": can(request.member, "draft"),
    }
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    if cursor and is_part:
        return render(request, "library/rows.html", context)
    context |= _around(request, text, wanted, found) | {"start": start}
    return render(request, "library/results.html" if is_part else "library/library.html", context)


@members_only
@require_POST
def look(request: MemberRequest) -> JsonResponse:
    """Where what looks like the dropped picture is found. The picture is not kept."""
    queries.refuse_guests(request.member)
    upload = incoming.uploaded_files(request)[0]
    return JsonResponse(
        {"url": _address(likenesses.token_of_upload(upload)), "words": _("Looking for what is like it")}
    )


@members_only
@require_POST
def save_search(request: MemberRequest) -> HttpResponse:
    """Keeps the search under a name and goes back to it; or makes a collection of it that fills itself."""
    text = request.POST.get("q", "")[:1000]
    if request.POST.get("as") == "collection":
        made = collecting.make_collection(request.member, request.POST.get("name", ""), search=text)
        messages.success(request, _("The collection “%(title)s” is made.") % {"title": made.title})
        return redirect("collection", made.pk)
    is_shared = request.POST.get("is_shared") == "on"
    kept = saved.save_search(request.member, request.POST.get("name", ""), text, is_shared=is_shared)
    messages.success(request, _("Kept as “%(name)s”.") % {"name": kept.name})
    return redirect(_address(text))


@members_only
@require_POST
def forget_search(request: MemberRequest, search_id: int) -> HttpResponse:
    """Forgets a kept search and goes back to the library."""
    saved.forget_search(request.member, search_id)
    messages.success(request, _("Forgotten. Nothing that it found has changed."))
    return redirect(_address(request.POST.get("q", "")[:1000]))


def _place(text: str, total: int) -> int:
    """Where in the list to begin: never behind its end."""
    return min(int(text), max(0, total - 1)) if text.isdecimal() and len(text) < 10 else 0


def _tiles(request: MemberRequest, window: search.Window, wanted: searchbox.Wanted, found: search.Found) -> list[Tile]:
    today = queries.today_in(request.member.workspace)
    said = moments_in([asset.pk for asset in window.assets if asset.kind in ("video", "audio")], wanted.words)
    meant = {
        number: at_ms for number, at_ms in found.meant.items() if number not in found.said
    }  # the words say why else
    return [tile_of(asset, today, said=said.get(asset.pk), meant_ms=meant.get(asset.pk)) for asset in window.assets]


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
        try:
            _delete(request, chosen)
        except Conflict as error:
            return ask_to_delete(request, error, chosen)
    elif action == "restore":
        count = describe.restore(request.member, chosen)
        messages.success(request, ngettext("%(n)d asset is back.", "%(n)d assets are back.", count) % {"n": count})
    else:
        is_removal = action == "untag"
        count = describe.tag(request.member, chosen, **({"remove": tags} if is_removal else {"add": tags}))
        messages.success(request, ngettext("%(n)d asset changed.", "%(n)d assets changed.", count) % {"n": count})
    return redirect(_address(request.POST.get("q", "")[:1000]))


def _around(request: MemberRequest, text: str, wanted: searchbox.Wanted, found: search.Found) -> dict[str, Any]:
    """What stands beside the grid: how many there are, the clicks that narrow them, and searches that were kept."""
    groups: dict[str, list[dict[str, Any]]] = {}
    narrowing = search.narrowing_of(request.member, wanted, found)
    for facet in narrowing.facets:
        url = _address(searchbox.toggled(text, facet.token))
        is_on = searchbox.has(text, facet.token)
        groups.setdefault(facet.group, []).append({"facet": facet, "url": url, "is_on": is_on})
    titles = _titles()
    kept = queries.saved_searches_for(request.member)
    return {
        "count": narrowing.total,
        "is_cut": narrowing.is_cut,
        "notes": [*wanted.notes, *found.notes],
        "groups": [(titles[name], facets) for name, facets in groups.items()],
        "is_archived": wanted.is_archived,
        "archived_url": _address(searchbox.toggled(text, "is:archived")),
        "is_empty": not len(found.columns) or not found.columns.alive.any(),
        "sorts": [(label, _address(_sorted(text, sort)), wanted.sort == sort) for sort, label in _sorts()],
        "kept": [(row, _address(row.text), row.text == text, _may_forget(request, row)) for row in kept],
        "like_picture": wanted.like,
        "meaning": _meaning(text, wanted),
    }


def _delete(request: MemberRequest, chosen: list[int]) -> None:
    """Into the bin, all or none. Raises Conflict with what needs them and was not named."""
    count = bins.put_into_bin(request.member, chosen, named=request.POST.getlist("named"))
    words = ngettext("%(n)d asset deleted.", "%(n)d assets deleted.", count) % {"n": count}
    messages.success(request, format_html('{} <a href="{}">{}</a>', words, reverse("bin"), _("Look into the bin")))


def _titles() -> dict[str, str]:
    return {
        "type": _("Kind"),
        "person": _("People"),
        "place": _("Places"),
        "thing": _("Things and works"),
        "tag": _("Tags"),
        "rights": _("Rights"),
        "live": _("Live on"),
        "missing": _("Missing"),
        "colour": _("Colour"),
        "shape": _("Shape"),
        "length": _("Length"),
        "year": _("Year"),
    }


def _sorts() -> tuple[tuple[str, str], ...]:
    return (
        ("", _("Best or newest")),
        ("taken", _("When it was made")),
        ("name", _("Name")),
        ("size", _("Size")),
        ("length", _("Length")),
    )


def _meaning(text: str, wanted: searchbox.Wanted) -> tuple[str, bool] | None:
    """What switches the search by meaning on and off, and whether it is on; None where there is nothing to switch."""
    if not (settings.MEANING_MODEL and wanted.words and not wanted.like):
        return None
    return _address(searchbox.toggled(text, "meaning:off")), not wanted.is_literal


def _sorted(text: str, sort: str) -> str:
    """The search text with another order."""
    rest = " ".join(part for part in text.split(" ") if not part.lower().startswith("sort:")).strip()
    return f"{rest} sort:{sort}".strip() if sort else rest


def _may_forget(request: MemberRequest, row: SavedSearch) -> bool:
    return row.member_id == request.member.pk or request.member.role == "lead"


def _archived_words(count: int) -> str:
    words = ngettext("%(n)d asset archived.", "%(n)d assets archived.", count) % {"n": count}
    return format_html('{} <a href="{}">{}</a>', words, _address("is:archived"), _("Look at the archive"))


def _address(text: str, cursor: str = "") -> str:
    query = {name: value for name, value in (("q", text), ("after", cursor)) if value}
    return reverse("library") + (f"?{urlencode(query)}" if query else "")
