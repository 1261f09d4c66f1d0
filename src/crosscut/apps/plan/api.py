"""Campaigns and audiences for programs."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query, Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.plan import queries
from crosscut.apps.plan.meanings import metric_choices
from crosscut.apps.plan.models import Audience, Campaign, Cost, KeyResult
from crosscut.apps.plan.schemas import (
    AudienceIn,
    AudienceOut,
    CampaignChange,
    CampaignFilter,
    CampaignIn,
    CampaignOut,
    CostIn,
    CostOut,
    KeyResultIn,
    KeyResultOut,
    MetricOut,
    SpendingOut,
)
from crosscut.apps.plan.services import audiences, campaigns, figures

router = Router(tags=["campaigns"])


@router.get("/campaigns", response=list[CampaignOut], summary="Campaigns")
@paginate
def list_campaigns(request: ApiRequest, wanted: Query[CampaignFilter]) -> QuerySet[Campaign]:
    """Those that end last first."""
    return queries.campaigns_for(request.auth, search=wanted.search, is_archived=wanted.is_archived)


@router.post("/campaigns", response={201: CampaignOut}, summary="Start a campaign")
def post_campaign(request: ApiRequest, payload: CampaignIn) -> Status[Campaign]:
    """Specialists and above."""
    campaign = campaigns.create_campaign(request.auth, _plan(payload))
    return Status(201, queries.campaign_for(request.auth, campaign.pk))


@router.get("/campaigns/{int:campaign_id}", response=CampaignOut, summary="One campaign")
def get_campaign(request: ApiRequest, campaign_id: int) -> Campaign:
    """Archived or not."""
    return queries.campaign_for(request.auth, campaign_id)


@router.put("/campaigns/{int:campaign_id}", response=CampaignOut, summary="Plan it anew")
def put_campaign(request: ApiRequest, campaign_id: int, payload: CampaignChange) -> Campaign:
    """Its owner, or a senior."""
    return campaigns.change_campaign(request.auth, campaign_id, _plan(payload), revision=payload.revision)


@router.post("/campaigns/{int:campaign_id}/archive", response=CampaignOut, summary="Put it away")
def post_campaign_archive(request: ApiRequest, campaign_id: int) -> Campaign:
    """Nothing in it is lost."""
    return campaigns.archive_campaign(request.auth, campaign_id)


@router.post("/campaigns/{int:campaign_id}/restore", response=CampaignOut, summary="Bring it back")
def post_campaign_restore(request: ApiRequest, campaign_id: int) -> Campaign:
    """Out of the archive."""
    return campaigns.restore_campaign(request.auth, campaign_id)


@router.get("/campaigns/{int:campaign_id}/key-results", response=list[KeyResultOut], summary="What it wants to reach")
@paginate
def list_key_results(request: ApiRequest, campaign_id: int) -> QuerySet[KeyResult]:
    """In their order."""
    return queries.key_results_of(queries.campaign_for(request.auth, campaign_id))


@router.post("/campaigns/{int:campaign_id}/key-results", response={201: KeyResultOut}, summary="Add a key result")
def post_key_result(request: ApiRequest, campaign_id: int, payload: KeyResultIn) -> Status[KeyResult]:
    """At the end of the list."""
    return Status(201, figures.set_key_result(request.auth, campaign_id, figures.Aim(**payload.model_dump())))


@router.put(
    "/campaigns/{int:campaign_id}/key-results/{int:key_result_id}", response=KeyResultOut, summary="Change a key result"
)
def put_key_result(request: ApiRequest, campaign_id: int, key_result_id: int, payload: KeyResultIn) -> KeyResult:
    """It keeps its place."""
    aim = figures.Aim(**payload.model_dump())
    return figures.set_key_result(request.auth, campaign_id, aim, key_result_id=key_result_id)


@router.delete(
    "/campaigns/{int:campaign_id}/key-results/{int:key_result_id}", response={204: None}, summary="Remove a key result"
)
def delete_key_result(request: ApiRequest, campaign_id: int, key_result_id: int) -> Status[None]:
    """The activity keeps what it was."""
    figures.remove_key_result(request.auth, campaign_id, key_result_id)
    return Status(204, None)


@router.get("/campaigns/{int:campaign_id}/costs", response=list[CostOut], summary="What was spent, one by one")
@paginate
def list_costs(request: ApiRequest, campaign_id: int) -> QuerySet[Cost]:
    """The first spent first."""
    return queries.costs_of(queries.campaign_for(request.auth, campaign_id))


@router.get("/campaigns/{int:campaign_id}/spending", response=SpendingOut, summary="What was spent in all")
def get_spending(request: ApiRequest, campaign_id: int) -> queries.Spending:
    """Money by currency, and hours."""
    return queries.spending_of(queries.campaign_for(request.auth, campaign_id))


@router.post("/campaigns/{int:campaign_id}/costs", response={201: CostOut}, summary="Enter a cost")
def post_cost(request: ApiRequest, campaign_id: int, payload: CostIn) -> Status[Cost]:
    """Money, hours, or both."""
    return Status(201, figures.enter_cost(request.auth, campaign_id, figures.Expense(**payload.model_dump())))


@router.delete("/campaigns/{int:campaign_id}/costs/{int:cost_id}", response={204: None}, summary="Remove a cost")
def delete_cost(request: ApiRequest, campaign_id: int, cost_id: int) -> Status[None]:
    """The activity keeps what it was."""
    figures.remove_cost(request.auth, campaign_id, cost_id)
    return Status(204, None)


@router.get("/metrics/definitions", response=list[MetricOut], summary="What a key result can count")
def list_metric_definitions(request: ApiRequest) -> list[dict[str, Any]]:
    """Every definition in force, with what it means."""
    return [{"key": one.key, "name": one.name, "meaning": one.meaning, "unit": one.unit} for one in metric_choices()]


@router.get("/audiences", response=list[AudienceOut], summary="Audiences")
@paginate
def list_audiences(request: ApiRequest) -> QuerySet[Audience]:
    """By name."""
    return queries.audiences_for(request.auth)


@router.post("/audiences", response={201: AudienceOut}, summary="Describe an audience")
def post_audience(request: ApiRequest, payload: AudienceIn) -> Status[Audience]:
    """Specialists and above."""
    return Status(201, audiences.describe_audience(request.auth, payload.name, payload.description))


@router.put("/audiences/{int:audience_id}", response=AudienceOut, summary="Change an audience")
def put_audience(request: ApiRequest, audience_id: int, payload: AudienceIn) -> Audience:
    """Every campaign for it follows."""
    return audiences.change_audience(request.auth, audience_id, **payload.model_dump())


@router.delete("/audiences/{int:audience_id}", response={204: None}, summary="Remove an audience")
def delete_audience(request: ApiRequest, audience_id: int) -> Status[None]:
    """Only while no campaign is for it."""
    audiences.remove_audience(request.auth, audience_id)
    return Status(204, None)


def _plan(payload: CampaignIn) -> campaigns.Plan:
    return campaigns.Plan(**{**payload.model_dump(exclude={"revision"}), "audiences": tuple(payload.audiences)})
