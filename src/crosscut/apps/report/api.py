"""A campaign's report for programs."""

from typing import Any

from django.http import HttpResponse
from ninja import Router

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.report.facts import as_facts
from crosscut.apps.report.queries import report_on
from crosscut.apps.report.schemas import ReportOut
from crosscut.apps.report.services import report_name, write_report

router = Router(tags=["reports"])
_PDF = {"responses": {200: {"description": "The PDF.", "content": {"application/pdf": {"schema": {"type": "string"}}}}}}


@router.get("/campaigns/{int:campaign_id}/report", response=ReportOut, summary="What a campaign brought")
def get_report(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """As of now."""
    return as_facts(report_on(request.auth, campaign_for(request.auth, campaign_id)))


@router.get("/campaigns/{int:campaign_id}/report.pdf", summary="The same on paper", openapi_extra=_PDF)
def get_report_pdf(request: ApiRequest, campaign_id: int) -> HttpResponse:
    """A PDF that screen readers can read (PDF/UA-1)."""
    campaign = campaign_for(request.auth, campaign_id)
    answer = HttpResponse(write_report(request.auth, campaign), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{report_name(campaign, "pdf")}"'
    return answer
