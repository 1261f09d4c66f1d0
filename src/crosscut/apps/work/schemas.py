"""What the API says about long work."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from crosscut.apps.work.models import Job
from crosscut.apps.work.services import time_left_s


class JobOut(Schema):
    """One piece of long work."""

    id: int
    kind: str
    subject: str
    label: str
    state: str = Field(json_schema_extra={"enum": [*Job.State.values]})
    done: float = Field(description="0 to 1.")
    time_left_s: float | None = Field(description="At the present speed; null while nobody can tell.")
    step: str
    problem: str
    result: dict[str, Any]
    is_cancel_requested: bool
    is_pause_requested: bool = Field(description="It rests, or is about to.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def resolve_done(job: Any) -> float:
        return float(job.done_permille) / 1000

    @staticmethod
    def resolve_time_left_s(job: Any) -> float | None:
        return time_left_s(job)


class JobFilter(Schema):
    """Which work."""

    state: str = Field("", pattern=f"^({'|'.join(Job.State.values)})?$")
    kind: str = Field("", max_length=40)
