"""What the API says and takes about campaigns."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema

from crosscut.apps.accounts.schemas import Day, Input
from crosscut.kernel.money import MOST_MINOR


class AudienceIn(Input):
    """For whom."""

    name: str = Field(max_length=120)
    description: str = ""


class AudienceOut(Schema):
    """For whom."""

    id: int
    name: str
    description: str


class CampaignIn(Input):
    """Everything a planner decides. What is left out of a change becomes empty."""

    name: str = Field(max_length=160)
    objective: str = Field("", description="One sentence: what changes when this works.")
    brief: str = Field("", description="What is wanted, in Markdown.")
    audiences: list[int] = Field(default_factory=list, max_length=50, description="Ids.")
    owner: int | None = Field(None, description="A member's id; null: whoever creates it.")
    starts_on: Day | None = None
    ends_on: Day | None = None
    budget_minor: int = Field(0, ge=0, le=MOST_MINOR, description="In the currency's smallest unit.")
    currency: str = Field("", pattern="^([A-Z]{3})?$", description="ISO 4217; empty: the workspace's.")


class CampaignChange(CampaignIn):
    """A campaign planned anew."""

    revision: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The one you saw: refused when somebody saved since. Null: saved anyhow."
    )


class CampaignFilter(Schema):
    """Which campaigns."""

    search: str = Field("", max_length=160, description="Words of the name.")
    is_archived: bool = False


class CampaignOut(Schema):
    """A reason to publish, with dates and a budget."""

    id: int
    revision: int = Field(description="Counts how often it was planned anew.")
    name: str
    slug: str
    objective: str
    brief: str
    audiences: list[AudienceOut]
    owner: int | None = Field(alias="owner_id")
    starts_on: date | None
    ends_on: date | None
    budget_minor: int
    currency: str
    created_at: datetime
    archived_at: datetime | None


class KeyResultIn(Input):
    """A number to reach."""

    name: str = Field(max_length=160)
    metric: str = Field(max_length=60, description="A key of /metrics/definitions: site.page_views.")
    goal: Decimal = Field(gt=0, max_digits=16, decimal_places=2)


class KeyResultOut(Schema):
    """A number to reach."""

    id: int
    name: str
    metric: str
    goal: Decimal
    position: int


class CostIn(Input):
    """Money or hours that were spent."""

    label: str = Field(max_length=160)
    amount_minor: int = Field(0, ge=0, le=MOST_MINOR, description="In the currency's smallest unit.")
    currency: str = Field("", pattern="^([A-Z]{3})?$", description="ISO 4217; empty: the campaign's.")
    hours: Decimal = Field(Decimal(0), ge=0, max_digits=8, decimal_places=2)
    spent_on: Day


class CostOut(Schema):
    """Money or hours that were spent."""

    id: int
    label: str
    amount_minor: int
    currency: str
    hours: Decimal
    spent_on: date


class SpendingOut(Schema):
    """What a campaign has cost until now."""

    spent_minor: int = Field(description="In the campaign's own currency.")
    elsewhere: dict[str, int] = Field(description="Other currencies; never added up with the first.")
    hours: Decimal


class MetricOut(Schema):
    """What a number means, for key results."""

    key: str
    name: str
    meaning: str
    unit: str
