"""The steps of approval of a campaign, for programs, and how a piece stands in them."""

from ninja import Field, Router, Schema
from pydantic import ConfigDict, StrictBool

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.approving import Progress, steps_of
from crosscut.apps.produce.models import ApprovalStep
from crosscut.apps.produce.services.approval_steps import MOST, Step, set_steps
from crosscut.apps.produce.services.approve import standing_in_steps

router = Router(tags=["approval"])


class StepOut(Schema):
    """One of the yeses that the pieces of a campaign need."""

    id: int
    name: str
    people: list[int] = Field(description="Members who are asked; none: whoever is senior enough.")
    needs_all: bool = Field(description="All of them have to say yes; else one is enough.")
    four_eyes: bool = Field(description="Whoever wrote a piece cannot say yes to it here.")

    @staticmethod
    def resolve_people(step: ApprovalStep) -> list[int]:
        return [person.pk for person in step.people.all()]


class StepIn(Schema):
    """One step as it is to be."""

    model_config = ConfigDict(extra="forbid")
    id: int | None = Field(None, ge=1, le=2**63 - 1, description="Of a step that stays: what was said in it counts on.")
    name: str = Field(max_length=80)
    people: list[int] = Field(default=[], max_length=100)
    needs_all: StrictBool = False
    four_eyes: StrictBool = True


class StepsIn(Schema):
    """All steps of a campaign, in order."""

    model_config = ConfigDict(extra="forbid")
    steps: list[StepIn] = Field(max_length=MOST, description="None: the workspace's rule holds.")


class ProgressOut(Schema):
    """How a piece, as it is now, stands in one step."""

    step: StepOut
    is_done: bool
    yeses: list[int] = Field(description="Members whose yes counts.")
    objections: list[int] = Field(description="Members who want changes.")
    awaited: list[int] = Field(description="Members named in the step who have not said yes.")

    @staticmethod
    def resolve_yeses(progress: Progress) -> list[int]:
        return [word.member_id for word in progress.yeses]

    @staticmethod
    def resolve_objections(progress: Progress) -> list[int]:
        return [word.member_id for word in progress.objections]

    @staticmethod
    def resolve_awaited(progress: Progress) -> list[int]:
        return [person.pk for person in progress.awaited]


@router.get("/campaigns/{int:campaign_id}/approval-steps", response=list[StepOut], summary="Who approves its pieces")
def list_approval_steps(request: ApiRequest, campaign_id: int) -> list[ApprovalStep]:
    """In order; none where the workspace's rule holds."""
    return list(steps_of(campaign_for(request.auth, campaign_id)))


@router.put("/campaigns/{int:campaign_id}/approval-steps", response=list[StepOut], summary="Say who approves them")
def put_approval_steps(request: ApiRequest, campaign_id: int, payload: StepsIn) -> list[ApprovalStep]:
    """All of them at once, in order. Seniors only."""
    wanted = [
        Step(pk=one.id, name=one.name, people=tuple(one.people), needs_all=one.needs_all, four_eyes=one.four_eyes)
        for one in payload.steps
    ]
    return set_steps(request.auth, campaign_id, wanted)


@router.get("/pieces/{int:piece_id}/approval-steps", response=list[ProgressOut], summary="How far its approval is")
def list_piece_steps(request: ApiRequest, piece_id: int) -> list[Progress]:
    """The steps of its campaign in order, for the piece exactly as it is now."""
    return list(standing_in_steps(queries.piece_for(request.auth, piece_id)))
