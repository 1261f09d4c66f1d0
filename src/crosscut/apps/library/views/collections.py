"""Collections: the list of them, and one with its assets, its guests and what those did."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.guest_links import USUAL_DAYS
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import gathering, lightbox, queries
from crosscut.apps.library.forms.assets import ids_in, say
from crosscut.apps.library.forms.collections import AboutForm, ShowForm
from crosscut.apps.library.models import Collection
from crosscut.apps.library.services import collecting, showing_guests
from crosscut.apps.library.showing import tile_of
from crosscut.kernel.errors import Invalid

EVENTS = 50  # of guests, shown


@members_only
def collections(request: MemberRequest) -> HttpResponse:
    """All of them; a new one when the form is sent."""
    queries.refuse_guests(request.member)
    form = AboutForm()
    if request.method == "POST":
        form = AboutForm(request.POST)
        if form.is_valid():
            chosen = ids_in(request.POST.getlist("asset"))
            try:
                row = collecting.make_collection(request.member, asset_ids=chosen, **form.cleaned_data)
                return redirect("collection", row.pk)
            except Invalid as error:
                say(form, error)
    rows = list(queries.collections_shown(request.member)[:500])
    covers = _covers(request, rows)
    context = {
        "crumbs": [(_("Library"), "/library/"), (_("Collections"), "")],
        "collections": [(row, covers.get(row.pk)) for row in rows],
        "form": form,
        "chosen": ids_in(request.GET.getlist("asset")),
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "library/collections.html", context, status=422 if form.errors else 200)


@members_only
@require_GET
def collection(request: MemberRequest, collection_id: int) -> HttpResponse:
    """One of them."""
    return collection_page(request, queries.collection_for(request.member, collection_id))


@members_only
@require_POST
def describe(request: MemberRequest, collection_id: int) -> HttpResponse:
    """Changes its title, notes or cover."""
    row, form = queries.collection_for(request.member, collection_id), AboutForm(request.POST)
    if not form.is_valid():
        return collection_page(request, row, about_form=form)
    cover = ids_in([request.POST.get("cover", "")])
    search = form.cleaned_data["search"] or None if row.search else None
    about = collecting.About(
        title=form.cleaned_data["title"],
        notes=form.cleaned_data["notes"],
        cover=cover[0] if cover else None,
        search=search,
    )
    try:
        collecting.describe_collection(request.member, collection_id, about)
    except Invalid as error:
        say(form, error)
        return collection_page(request, row, about_form=form)
    messages.success(request, _("Saved."))
    return redirect("collection", collection_id)


@members_only
@require_POST
def collect(request: MemberRequest) -> HttpResponse:
    """Adds the chosen assets to a collection, or to a new one when a title was written."""
    chosen, title = ids_in(request.POST.getlist("asset")), request.POST.get("title", "").strip()
    wanted = ids_in([request.POST.get("collection", "")])
    if title:
        row = collecting.make_collection(request.member, title, asset_ids=chosen)
        messages.success(request, _("The collection “%(title)s” is made.") % {"title": row.title})
        return redirect("collection", row.pk)
    if not wanted:
        messages.error(request, _("Choose a collection, or write the title of a new one."))
        return redirect(
            request.POST.get("back", "") if request.POST.get("back", "").startswith("/library/") else "library"
        )
    count = collecting.collect(request.member, wanted[0], chosen)
    words = ngettext("%(n)d asset added.", "%(n)d assets added.", count) % {"n": count}
    messages.success(request, words if count else _("It was in there already."))
    return redirect("collection", wanted[0])


@members_only
@require_POST
def take_out(request: MemberRequest, collection_id: int, asset_id: int) -> HttpResponse:
    """Takes one asset out; it stays in the library."""
    collecting.take_out(request.member, collection_id, asset_id)
    messages.success(request, _("Taken out. It is still in the library."))
    return redirect("collection", collection_id)


@members_only
@require_POST
def order(request: MemberRequest, collection_id: int) -> HttpResponse:
    """Keeps a new order: the whole of it, or one asset some places further."""
    if steps := request.POST.get("steps", ""):
        asset_id = next(iter(ids_in([request.POST.get("asset", "")])), 0)
        collecting.move(request.member, collection_id, asset_id, steps=-1 if steps.startswith("-") else 1)
        return redirect("collection", collection_id)
    collecting.put_in_order(request.member, collection_id, ids_in(request.POST.getlist("asset")))
    return HttpResponse(status=204)


@members_only
@require_POST
def archive(request: MemberRequest, collection_id: int) -> HttpResponse:
    """Puts it away."""
    collecting.archive_collection(request.member, collection_id)
    messages.success(request, _("Put away. Its assets stay in the library; bring it back on its page."))
    return redirect("collection", collection_id)


@members_only
@require_POST
def restore(request: MemberRequest, collection_id: int) -> HttpResponse:
    """Brings it back."""
    collecting.restore_collection(request.member, collection_id)
    messages.success(request, _("It is back."))
    return redirect("collection", collection_id)


@members_only
@require_POST
def show(request: MemberRequest, collection_id: int) -> HttpResponse:
    """Makes a link for a guest and shows its address, this once."""
    row, form = queries.collection_for(request.member, collection_id), ShowForm(request.POST)
    if form.is_valid():
        try:
            link, url = showing_guests.show_collection(request.member, collection_id, form.wish(row.workspace))
            return collection_page(request, row, new_link=link, new_url=url)
        except Invalid as error:
            say(form, error)
    return collection_page(request, row, show_form=form)


@members_only
@require_POST
def end(request: MemberRequest, link_id: int) -> HttpResponse:
    """Ends a link at once."""
    link = showing_guests.end_showing(request.member, link_id)
    messages.success(request, _("%(name)s can no longer look at it.") % {"name": link.name})
    return redirect("collection", link.collection_id)


def collection_page(request: MemberRequest, row: Collection, **more: Any) -> HttpResponse:
    """The page as it is, or with a form that could not be kept, or with a link that was just made."""
    today = queries.today_in(row.workspace)
    items = gathering.items_in(row)
    usual_end = (timezone.localtime() + timedelta(days=USUAL_DAYS)).date()
    links = list(row.links.select_related("created_by__user"))
    context = {
        "collection": row,
        "crumbs": [(_("Library"), "/library/"), (_("Collections"), "/library/collections/"), (row.title, "")],
        "tiles": [tile_of(asset, today) for asset in gathering.assets_in(row)],
        "hidden": lightbox.hidden_from_guests(items, today) if links else [],
        "links": [(link, queries.is_open(link)) for link in links],
        "events": queries.guest_events(row)[:EVENTS],
        "about_form": about_form(row),
        "search_url": f"{reverse('library')}?{urlencode({'q': row.search})}" if row.search else "",
        "most": gathering.MOST_FOUND,
        "nothing_words": _("Its search finds nothing now.")
        if row.search
        else _("Choose assets in the library and collect them here."),
        "show_form": ShowForm(initial={"ends_on": usual_end}),
        "can_draft": can(request.member, "draft"),
        "can_share": can(request.member, "share"),
        **more,
    }
    is_wrong = any(getattr(form, "errors", None) for form in more.values())
    return render(request, "library/collection.html", context, status=422 if is_wrong else 200)


def about_form(row: Collection) -> AboutForm:
    """What the collection says of itself; one that was filled by hand has no search."""
    form = AboutForm(initial={"title": row.title, "notes": row.notes, "search": row.search})
    if not row.search:
        del form.fields["search"]
    return form


def _covers(request: MemberRequest, rows: list[Any]) -> dict[int, Any]:
    """The cover of each collection as a tile: the chosen one, else its first asset. Counts what searches find."""
    today = queries.today_in(request.member.workspace)
    chosen: dict[int, int | None] = {}
    for row in rows:
        first = next((item.asset_id for item in row.items.all()), None)
        if row.search:
            row.assets_count, first = gathering.count_found(request.member, row)
        chosen[row.pk] = row.cover_id or first
    assets = queries.with_card_parts(queries.assets_for(request.member)).in_bulk([pk for pk in chosen.values() if pk])
    return {pk: tile_of(assets[asset_id], today) for pk, asset_id in chosen.items() if asset_id in assets}
