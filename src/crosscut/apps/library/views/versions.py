"""An asset's versions: two of them compared, and the way back to an earlier one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import comparing, queries
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.services import versions
from crosscut.apps.library.views.sections import address
from crosscut.kernel.errors import NotFound


@members_only
@require_GET
def compare(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Two versions side by side, over each other or subtracted; unless named, the current one and the one before."""
    row = queries.asset_for(request.member, asset_id)
    rows = list(row.versions.all())
    if len(rows) < 2:
        raise NotFound(_("There is only one version so far: nothing to compare it with."))
    after = _chosen(rows, request.GET.get("after", "")) or _current(rows, row)
    before = _chosen(rows, request.GET.get("before", "")) or _neighbour(rows, after)
    context = {
        "asset": row,
        "crumbs": [
            (_("Library"), "/library/"),
            (row.title, address(row)),
            (_("Versions"), address(row, "versions")),
            (_("Compare"), ""),
        ],
        "versions": rows,
        "sides": [comparing.side_of(before), comparing.side_of(after)],
        "differences": comparing.differences(before, after),
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "library/compare.html", context)


@members_only
@require_POST
def make_current(request: MemberRequest, version_id: int) -> HttpResponse:
    """Makes an earlier version the current one again."""
    row = versions.make_current(request.member, version_id)
    number = row.current.number if row.current else 0
    messages.success(request, _("Version %(n)d is the current one. All others are kept.") % {"n": number})
    return redirect(address(row, "versions"))


def _chosen(rows: list[Version], number: str) -> Version | None:
    return next((row for row in rows if str(row.number) == number), None)


def _current(rows: list[Version], asset: Asset) -> Version:
    return next((row for row in rows if row.pk == asset.current_id), rows[0])


def _neighbour(rows: list[Version], after: Version) -> Version:
    """The version before it; of the first, the one after. `rows` has the newest first."""
    at = rows.index(after)
    return rows[at + 1] if at + 1 < len(rows) else rows[at - 1]
