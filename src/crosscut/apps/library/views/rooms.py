"""Storage for a lead, and the bin for the team."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.library import queries, storage
from crosscut.apps.library.forms.assets import ids_in
from crosscut.apps.library.models import Asset, StorageClass
from crosscut.apps.library.queries.rooms import cold_of, ready_bytes_of, rooms_of, trend_of
from crosscut.apps.library.services import bins, rooms, sweep
from crosscut.apps.library.showing import Tile, tile_of
from crosscut.apps.work.queries import jobs_for
from crosscut.kernel.errors import Conflict, Invalid

BIN_PAGE = 60
_WIDTH, _HEIGHT = 600, 120  # of the drawing, in its own units


@dataclass(frozen=True, kw_only=True)
class Line:
    """How one sort of files grew, as the points of a line."""

    label: str
    storage_class: str
    points: str  # "0,120 300,60"


@members_only
@require_GET
def storage_page(request: MemberRequest) -> HttpResponse:
    """What the files take, what may be given back, and what the last look through them found."""
    demand(request.member, "workspace")
    workspace, found = request.member.workspace, rooms_of(request.member.workspace)
    trend = trend_of(workspace, queries.today_in(workspace))
    cold_bytes, cold_files = cold_of(workspace)
    context = {
        "rooms": [(room, _words_of(room.storage_class)) for room in found],
        "total_bytes": sum(room.size_bytes for room in found),
        "regenerable_bytes": sum(room.regenerable_bytes for room in found),
        "lines": _lines(trend),
        "trend": trend,
        "most_bytes": max((size for _day, sizes in trend for size in sizes.values()), default=0),
        "has_cold": storage.cold_store() is not None,
        "cold_bytes": cold_bytes,
        "cold_files": cold_files,
        "ready_bytes": ready_bytes_of(workspace),
        "cold_after_days": settings.COLD_AFTER_DAYS,
        "binned": queries.binned_for(request.member).count(),
        "check": jobs_for(request.member, kind="storage").first(),
        "width": _WIDTH,
        "height": _HEIGHT,
    }
    return render(request, "library/storage.html", context)


@members_only
@require_POST
def set_budget(request: MemberRequest) -> HttpResponse:
    """Keeps a budget given in GB; an empty field lifts it."""
    demand(request.member, "workspace")
    text = request.POST.get("limit_gb", "").strip().replace(",", ".")
    try:
        limit_bytes = int(Decimal(text) * 10**9) if text else None
        rooms.set_budget(request.member, request.POST.get("storage_class", ""), limit_bytes)
        messages.success(request, _("The budget is kept.") if text else _("There is no budget any more."))
    except (ArithmeticError, ValueError):
        messages.error(request, _("Write the budget as a number of GB, such as 250 or 1.5."))
    except Invalid as error:
        messages.error(request, " ".join(problem.message for problem in error.problems_in(translation)))
    return redirect("storage")


@members_only
@require_POST
def check(request: MemberRequest) -> HttpResponse:
    """Starts a look through everything stored."""
    is_deep, is_dry = bool(request.POST.get("is_deep")), not request.POST.get("acts")
    sweep.plan_check(request.member, is_deep=is_deep, is_dry=is_dry)
    messages.success(request, _("It is being looked through. What is found stands here in a while."))
    return redirect("storage")


@members_only
@require_GET
def the_bin(request: MemberRequest) -> HttpResponse:
    """What was deleted, with how long it can still be brought back."""
    queries.refuse_guests(request.member)
    page = Paginator(queries.with_card_parts(queries.binned_for(request.member)), BIN_PAGE).get_page(
        request.GET.get("page")
    )
    today = queries.today_in(request.member.workspace)
    context = {
        "page": page,
        "binned": [_binned(asset, today) for asset in page.object_list],
        "days": settings.BIN_DAYS,
        "can_draft": can(request.member, "draft"),
        "can_empty": can(request.member, "workspace"),
        "crumbs": [(_("Library"), "/library/"), (_("Bin"), "")],
    }
    return render(request, "library/bin.html", context)


@members_only
@require_POST
def delete(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Puts one asset into the bin; asks first where something needs it, naming all of that."""
    queries.asset_for(request.member, asset_id)
    try:
        bins.put_into_bin(request.member, [asset_id], named=request.POST.getlist("named"))
    except Conflict as error:
        return ask_to_delete(request, error, [asset_id])
    messages.success(request, _("Deleted. You can bring it back from the bin."))
    return redirect("bin")


def ask_to_delete(request: MemberRequest, error: Conflict, chosen: list[int]) -> HttpResponse:
    """Everything that needs the chosen assets, and the choice to delete them all the same."""
    context = {
        "problems": error.problems_in(translation),
        "count": len(chosen),
        "kept": [(name, value) for name in ("action", "q", "asset") for value in request.POST.getlist(name)],
        "named": [*request.POST.getlist("named"), *(problem.where for problem in error.problems)],
        "back_url": reverse("asset-section", args=[chosen[0], "uses"]) if len(chosen) == 1 else reverse("library"),
        "crumbs": [(_("Library"), "/library/"), (_("Delete"), "")],
    }
    return render(request, "library/delete.html", context, status=409)


@members_only
@require_POST
def restore_binned(request: MemberRequest) -> HttpResponse:
    """Brings the chosen assets back."""
    count = bins.take_out_of_bin(request.member, ids_in(request.POST.getlist("asset")))
    messages.success(request, ngettext("%(n)d asset is back.", "%(n)d assets are back.", count) % {"n": count})
    return redirect("bin")


@members_only
@require_POST
def empty(request: MemberRequest) -> HttpResponse:
    """Removes everything in the bin for good."""
    count = bins.empty_bin(request.member)
    kept = queries.binned_for(request.member).count()
    words = ngettext("%(n)d asset is gone for good.", "%(n)d assets are gone for good.", count) % {"n": count}
    if kept:
        words += " " + _("What the history of posts names stays in the bin.")
    messages.success(request, words)
    return redirect("bin")


def _binned(asset: Asset, today: date) -> tuple[Tile, int, Asset]:
    """Its card, the days it has left, and itself."""
    now = timezone.now()
    left = (asset.binned_at or now) + timedelta(days=settings.BIN_DAYS) - now
    return tile_of(asset, today), max(0, ceil(left / timedelta(days=1))), asset


def _words_of(storage_class: StorageClass) -> str:
    words = {
        StorageClass.MASTERS: _("What people brought, and contracts. Nothing here can be made again."),
        StorageClass.RENDITIONS: _("Made for a channel. Made again when a post needs them."),
        StorageClass.PREVIEWS: _("What these pages show. Made again when somebody looks."),
    }
    return words[storage_class]


def _lines(trend: list[tuple[date, dict[str, int]]]) -> list[Line]:
    """A line for each sort over the days that were noted; none for a single day."""
    if len(trend) < 2:
        return []
    first, last = trend[0][0], trend[-1][0]
    most = max((size for _day, sizes in trend for size in sizes.values()), default=0) or 1
    span = max(1, (last - first).days)

    def point(day: date, size: int) -> str:
        return f"{(day - first).days * _WIDTH / span:.1f},{_HEIGHT - size * (_HEIGHT - 8) / most:.1f}"

    return [
        Line(
            label=str(one.label),
            storage_class=one.value,
            points=" ".join(point(day, sizes.get(one.value, 0)) for day, sizes in trend),
        )
        for one in StorageClass
    ]
