"""What a campaign published and brought: parts of its page, its report, and the report on paper."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.measure.queries import points_of, results_of, totals_by_day
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce.queries import pieces_for
from crosscut.apps.publish.cards import cards_of
from crosscut.apps.publish.models import Proof, Target
from crosscut.apps.publish.queries import targets_for
from crosscut.apps.publish.wording import VERDICTS
from crosscut.apps.report.charts import Spot, lines
from crosscut.apps.report.queries import Line, report_on
from crosscut.apps.report.services import report_name, write_report
from crosscut.channels.icons import name_of
from crosscut.specs.metrics import definitions

SHOWN = 40  # posts in the part of the campaign's page; the list of posts has them all
_UNSENT = 30  # pieces without a post that are named


@members_only
@require_safe
def results(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Each key result with its value, goal, and what the value is made of."""
    campaign = campaign_for(request.member, campaign_id)
    return render(request, "report/results.html", {"campaign": campaign, "results": results_of(campaign)})


@members_only
@require_safe
def posts(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """The campaign's posts by state, and its pieces that are no posts yet."""
    campaign = campaign_for(request.member, campaign_id)
    rows = targets_for(request.member).filter(piece__campaign=campaign)
    counts = Counter(dict(rows.order_by().values_list("state").annotate(count=Count("pk"))))
    context = {
        "campaign": campaign,
        "counts": [(state, counts[state.value]) for state in Target.State if counts[state.value]],
        "cards": cards_of(request.member, rows.order_by("due_at", "id")[:SHOWN]),
        "more": max(0, counts.total() - SHOWN),
        "unsent": pieces_for(request.member).filter(campaign=campaign, targets=None)[:_UNSENT],
    }
    return render(request, "report/posts.html", context)


@members_only
@require_safe
def report(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """The report as a page."""
    campaign = campaign_for(request.member, campaign_id)
    made = report_on(request.member, campaign)
    context = {
        "report": made,
        "campaign": campaign,
        "results": made.results,
        "lines": [(line, _proof_word(line), _numbers(line)) for line in made.lines],
        "name": report_name(campaign, "pdf"),
    }
    return render(request, "report/report.html", context)


@members_only
@require_safe
def curve(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """How the key results grew: a chart and the same as a table. Drawn apart, so that the report need not wait."""
    campaign = campaign_for(request.member, campaign_id)
    targets = list(targets_for(request.member).filter(piece__campaign=campaign, state__in=Target.LIVE_STATES))
    wanted = set(campaign.key_results.values_list("metric", flat=True))
    points = points_of(targets, zone=request.member.workspace.time_zone)
    totals = totals_by_day(point for point in points if point.metric in wanted)
    return render(request, "report/curve.html", curve_of(totals))


@members_only
@require_safe
def paper(request: MemberRequest, campaign_id: int, form: str) -> HttpResponse:
    """The report as a file."""
    campaign = campaign_for(request.member, campaign_id)
    types = {"pdf": "application/pdf", "json": "application/json"}
    answer = HttpResponse(write_report(request.member, campaign, form=form), content_type=types.get(form))
    answer["Content-Disposition"] = f'attachment; filename="{report_name(campaign, form)}"'
    return answer


def curve_of(totals: list[tuple[date, str, int]], **size: int) -> dict[str, Any]:
    """What the template of a chart needs: the drawing, and the newest days as rows."""
    names = _names({metric for _on, metric, _total in totals})
    spots = [Spot(on=on, line=names[metric], value=total) for on, metric, total in totals if metric in names]
    return {"chart": lines(spots, **size), "spots": spots[::-1][:SHOWN]}


def _names(metrics: set[str]) -> dict[str, str]:
    """Each metric's name for a person, with its channel where two channels count the same."""
    meanings = definitions()
    names = {metric: meanings[metric][-1].name for metric in metrics if metric in meanings}
    often = Counter(names.values())
    return {
        metric: f"{name} ({name_of(metric.partition('.')[0])})" if often[name] > 1 else name
        for metric, name in names.items()
    }


def _proof_word(line: Line) -> str:
    return str(VERDICTS[Proof.Verdict(line.proof.verdict)]) if line.proof else _("Not looked at yet")


def _numbers(line: Line) -> list[tuple[str, int]]:
    meanings = definitions()
    return [(meanings[value.metric][-1].name, value.value) for value in line.values if value.metric in meanings]
