"""What the API says and takes about series."""

from datetime import date, datetime

from django.utils import translation
from ninja import Field, Schema
from pydantic import NaiveDatetime, StrictBool

from crosscut.apps.publish.models import Series
from crosscut.apps.publish.rule_words import words_of
from crosscut.apps.publish.schemas.posts import EARLIEST, LATEST, MOST_ID, StrictSchema
from crosscut.apps.publish.series import Day
from crosscut.apps.publish.services.series import Plan, obstacle_to
from crosscut.kernel.phrases import spoken

_DATE = "As the rule says it, by clocks in the series' zone: 2026-11-30T09:00:00."


class PlanIn(StrictSchema):
    """When something repeats."""

    rule: str = Field(
        min_length=1,
        max_length=300,
        description="A recurrence rule of RFC 5545 without times of day: FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20.",
    )
    at: NaiveDatetime = Field(
        ge=EARLIEST, le=LATEST, description="From when on, as clocks in `zone` show it; all dates have its time of day."
    )
    zone: str = Field("", max_length=64, description="An IANA name; empty: the workspace's.")
    ends_on: date | None = Field(None, description="The last day.")

    def plan(self, zone: str) -> Plan:
        """The same for the services."""
        return Plan(rule=self.rule, wall_time=self.at, zone=self.zone or zone, ends_on=self.ends_on)


class SeriesIn(PlanIn):
    """A piece that repeats."""

    piece: int = Field(ge=1, le=MOST_ID)
    account: int = Field(ge=1, le=MOST_ID)


class FollowIn(PlanIn):
    """This date and all after it, otherwise."""

    date: NaiveDatetime = Field(description=_DATE)


class SeriesDateIn(StrictSchema):
    """One date of a series."""

    date: NaiveDatetime = Field(description=_DATE)


class EndIn(StrictSchema):
    """How a series ends."""

    keeps_posts: StrictBool = Field(False, description="What is on the calendar already stays there.")


class SeriesDateOut(Schema):
    """One date of a series."""

    date: str = Field(alias="key", description=_DATE)
    at: datetime | None = Field(description="When its post goes out, or would; null: clocks skip this time.")
    post: int | None
    why_none: str = Field(description="Why there is no post; empty where there is one, or will be.")
    is_ahead: bool = Field(description="Its post is made when it comes within reach.")
    is_moved: bool = Field(description="Its post stands at another time than the rule says.")

    @staticmethod
    def resolve_post(day: Day) -> int | None:
        return day.post.pk if day.post else None


class PreviewOut(Schema):
    """What a rule would give."""

    rule: str = Field(description="Canonical, without an end.")
    words: str
    ends_on: date | None
    count: int | None = Field(description="How many dates there are in all, up to 1,000; null without an end.")
    dates: list[SeriesDateOut] = Field(alias="days", description="The first of them.")


class SeriesOut(Schema):
    """A piece that repeats on an account."""

    id: int
    piece: int = Field(alias="piece_id")
    account: int = Field(alias="account_id")
    version: str = Field(alias="edition.digest", description="The hash of what its next posts show.")
    rule: str
    words: str
    wall_time: str
    zone: str
    ends_on: date | None
    ended_at: datetime | None
    obstacle: str = Field(description="Why no further posts are made; empty where nothing stands in the way.")
    follows: int | None = Field(alias="follows_id", description="The series it goes on from.")
    created_by: int | None = Field(alias="created_by_id")
    created_at: datetime

    @staticmethod
    def resolve_words(series: Series) -> str:
        return words_of(series)

    @staticmethod
    def resolve_obstacle(series: Series) -> str:
        return "" if series.ended_at else spoken(obstacle_to(series), translation)
