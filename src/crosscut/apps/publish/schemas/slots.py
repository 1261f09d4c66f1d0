"""What the API says and takes about weekly slots."""

from datetime import datetime, time
from typing import Annotated

from ninja import Field, Schema
from pydantic import AfterValidator

from crosscut.apps.publish.models import Timetable
from crosscut.apps.publish.schemas.posts import StrictSchema


def _whole_minute(at: time) -> time:
    if at.second or at.microsecond or at.tzinfo:
        raise ValueError("give whole minutes as clocks show them, such as 09:30")
    return at


class SlotIn(StrictSchema):
    """One place of a week."""

    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    at: Annotated[time, AfterValidator(_whole_minute)] = Field(description="As clocks in `zone` show it: 09:30.")


class TimetableIn(StrictSchema):
    """When an account publishes each week."""

    zone: str = Field("", max_length=64, description="An IANA name; empty: the workspace's.")
    slots: list[SlotIn] = Field(max_length=168, description="Empty: none, not even the shared ones.")


class SlotOut(Schema):
    """One place of a week."""

    weekday: int = Field(description="0 is Monday.")
    at: str = Field(description="As clocks in `zone` show it.")


class TimetableOut(Schema):
    """When an account publishes each week."""

    account: int | None = Field(alias="account_id", description="null: every account without a timetable of its own.")
    zone: str
    slots: list[SlotOut]

    @staticmethod
    def resolve_slots(table: Timetable) -> list[dict[str, object]]:
        return [{"weekday": slot.weekday, "at": f"{slot.at:%H:%M}"} for slot in table.slots.all()]


class FreeSlotOut(Schema):
    """A slot that no post has taken."""

    at: datetime
    wall_time: datetime = Field(description="What clocks in `zone` show then.")
    zone: str
