"""What one post brought: the newest numbers, and how they grew."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.measure.queries import points_of, totals_by_day, values_of
from crosscut.apps.publish.queries import target_for
from crosscut.apps.report.views.campaigns import curve_of
from crosscut.specs.metrics import definitions


@members_only
@require_safe
def numbers(request: MemberRequest, post_id: int) -> HttpResponse:
    """A part of the post's page."""
    target = target_for(request.member, post_id)
    meanings = definitions()
    values = [(meanings[value.metric][-1], value) for value in values_of([target]) if value.metric in meanings]
    points = points_of([target], zone=request.member.workspace.time_zone)
    curve = curve_of(totals_by_day(points), width_px=250, height_px=130)
    return render(request, "report/numbers.html", {"values": values, **curve})
