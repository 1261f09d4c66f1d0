"""Findings and signed exceptions for programs."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils import timezone, translation
from ninja import Field, Query, Router, Schema, Status
from ninja.pagination import paginate
from pydantic import AfterValidator, AwareDatetime, ConfigDict, StrictBool

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.models import Role
from crosscut.apps.preflight import closed_times, making, queries, services
from crosscut.apps.preflight import foreign_calendars as foreign
from crosscut.apps.preflight import holiday_calendars as holidays
from crosscut.apps.preflight.closing import closed_times_for
from crosscut.apps.preflight.models import ClosedTime, ForeignCalendar, ForeignEvent, HolidayCalendar, Waiver
from crosscut.apps.produce.queries import piece_for
from crosscut.apps.work.models import Job
from crosscut.apps.work.schemas import JobOut
from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Level, blocking
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data
from crosscut.specs.holidays import source

router = Router(tags=["checks"])


def _without_zone(at: time) -> time:
    if at.tzinfo:
        raise ValueError("give the time as clocks in the workspace show it, without an offset")
    return at


Clock = Annotated[time, AfterValidator(_without_zone)]


class FindingOut(Schema):
    """One sentence of a check."""

    code: str = Field(description="Stable, for programs: text.too_long.")
    level: Level = Field(description="`block` must be repaired or waived; `advice` is worth knowing.")
    message: str
    where: str = Field(description="Which part: text, media[0].")
    post_type: str
    source: str = Field(description="Why: title, address and date of the rule.")
    repair: str = Field(description="What to do.")
    action: str = Field(description="What Crosscut can do itself: render; or empty.")
    values: dict[str, Any]


class ChannelFindings(Schema):
    """What the checks say about the piece on one channel."""

    channel: str
    blocking: int = Field(description="How many stop it.")
    findings: list[FindingOut] = Field(description="Worst first.")


class CheckFilter(Schema):
    """For when."""

    at: AwareDatetime | None = Field(
        None,
        ge=datetime(2000, 1, 1, tzinfo=UTC),
        lt=datetime(2200, 1, 1, tzinfo=UTC),
        description="The publishing time rights are judged for; now when left out.",
    )


class WaiverIn(Schema):
    """A senior's exception."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=60, description="A finding's code. Rights cannot be waived.")
    where: str = Field("", max_length=120, description="A finding's place; empty: anywhere in the piece.")
    reason: str = Field(max_length=2000)
    ends_on: date = Field(description="The last day it holds.")


class WaiverOut(Schema):
    """A senior's exception."""

    id: int
    code: str
    where: str
    reason: str
    member: int
    at: datetime
    ends_on: date

    @staticmethod
    def resolve_member(waiver: Waiver) -> int:
        return waiver.member_id


class ClosedTimeIn(Schema):
    """Blackout dates or quiet hours, as clocks in the workspace's zone show them."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    kind: Literal["days", "hours"]
    starts_on: date | None = Field(None, description="Of days: the first.")
    ends_on: date | None = Field(None, description="Of days: the last; null: the first alone.")
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(
        [], max_length=7, description="Of hours: the days on which they begin, 0 is Monday; empty: every day."
    )
    from_time: Clock | None = Field(None, description="Of hours: when they begin.")
    until_time: Clock | None = Field(None, description="Of hours: when they end; on the next day when that is earlier.")
    is_strict: StrictBool = Field(False, description="Nothing can be scheduled there; else one is warned.")


class ClosedTimeOut(Schema):
    """When nothing is meant to go out."""

    id: int
    name: str
    kind: Literal["days", "hours"]
    starts_on: date | None
    ends_on: date | None
    weekdays: list[int]
    from_time: time | None
    until_time: time | None
    is_strict: bool


class HolidayCalendarIn(Schema):
    """Whose holidays, and what they mean."""

    model_config = ConfigDict(extra="forbid")

    country: str = Field(min_length=2, max_length=2, description="ISO 3166-1: DE.")
    part: str = Field("", max_length=10, description="ISO 3166-2 without the country: BY; empty: the whole country.")
    effect: HolidayCalendar.Effect = Field(
        HolidayCalendar.Effect.SHOW, description="`close`: nothing can be scheduled."
    )
    market: int | None = Field(
        None, ge=1, le=2**63 - 1, description="A market's number: for posts in its language only."
    )


class HolidayCalendarOut(Schema):
    """Whose holidays, and what they mean."""

    id: int
    country: str
    part: str
    effect: str
    market: int | None = Field(alias="market_id")


class DaysFilter(Schema):
    """From when to when."""

    start: date = Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))
    end: date = Field(ge=date(1970, 1, 1), le=date(2200, 1, 1), description="The last day.")


class HolidayOut(Schema):
    """One holiday."""

    on: date
    name: str
    place: str
    effect: str = Field(alias="calendar.effect")


class HolidaysOut(Schema):
    """Holidays, and who says so."""

    days: list[HolidayOut]
    source: str


class EffectIn(Schema):
    """What events mean for posts."""

    model_config = ConfigDict(extra="forbid")

    effect: HolidayCalendar.Effect = Field(description="show, warn, or close: nothing can be scheduled then.")


class ForeignCalendarIn(Schema):
    """A calendar kept elsewhere."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    kind: Literal["file", "caldav"] = Field(description="file: an address of a calendar file; caldav: a collection.")
    address: str = Field(max_length=2000, description="https:// or webcal://. Kept encrypted.")
    user: str = Field("", max_length=300)
    password: str = Field("", max_length=300, description="Kept encrypted.")
    effect: HolidayCalendar.Effect = HolidayCalendar.Effect.SHOW


class ForeignCalendarOut(Schema):
    """A calendar kept elsewhere."""

    id: int
    name: str
    kind: str
    host: str
    effect: str
    problem: str = Field(description="Why it could not be read last time; empty when it could.")
    read_at: datetime | None
    next_at: datetime


class MomentsFilter(Schema):
    """From when to when."""

    start: AwareDatetime = Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
    end: AwareDatetime = Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))


class ForeignEventOut(Schema):
    """One time of an event."""

    calendar: int = Field(alias="calendar_id")
    title: str
    start_at: datetime
    end_at: datetime
    is_all_day: bool
    is_busy: bool = Field(description="It takes time: only such an event can close it.")


@router.get("/pieces/{int:piece_id}/findings", response=list[ChannelFindings], summary="Check a piece")
def list_findings(request: ApiRequest, piece_id: int, wanted: Query[CheckFilter]) -> list[dict[str, Any]]:
    """As it is now, for each of its channels. Nothing is kept."""
    found = services.check_piece(piece_for(request.auth, piece_id), at=wanted.at or timezone.now())
    return [
        {
            "channel": slug,
            "blocking": len(blocking(findings)),
            "findings": as_data(tuple(one.said_in(translation) for one in findings)),
        }
        for slug, findings in found.items()
    ]


@router.post("/pieces/{int:piece_id}/files", response={202: JobOut}, summary="Make the files its posts need")
def post_files(request: ApiRequest, piece_id: int) -> Status[Job]:
    """Follow the job in `/jobs`."""
    return Status(202, making.ask_to_make(request.auth, piece_for(request.auth, piece_id)))


@router.get("/pieces/{int:piece_id}/waivers", response=list[WaiverOut], summary="Its exceptions")
@paginate
def list_waivers(request: ApiRequest, piece_id: int) -> QuerySet[Waiver]:
    """Newest first, those that have ended too."""
    return queries.waivers_of(piece_for(request.auth, piece_id))


@router.post("/pieces/{int:piece_id}/waivers", response={201: WaiverOut}, summary="Sign an exception")
def post_waiver(request: ApiRequest, piece_id: int, payload: WaiverIn) -> Status[Waiver]:
    """Seniors and leads."""
    return Status(201, services.waive(request.auth, piece_for(request.auth, piece_id), **payload.model_dump()))


@router.post("/pieces/{int:piece_id}/waivers/{int:waiver_id}/end", response=WaiverOut, summary="End an exception")
def post_waiver_end(request: ApiRequest, piece_id: int, waiver_id: int) -> Waiver:
    """From now on the finding stops again."""
    return services.end_waiver(request.auth, piece_for(request.auth, piece_id), waiver_id)


@router.get("/holidays", response=list[HolidayCalendarOut], tags=["slots"], summary="Whose holidays are kept in sight")
@paginate
def list_holidays(request: ApiRequest) -> QuerySet[HolidayCalendar]:
    """By country."""
    return holidays.holiday_calendars_for(request.auth)


@router.post("/holidays", response={201: HolidayCalendarOut}, tags=["slots"], summary="Keep holidays in sight")
def post_holidays(request: ApiRequest, payload: HolidayCalendarIn) -> Status[HolidayCalendar]:
    """Seniors and above. Kept already, only what they mean is changed."""
    told = payload.model_dump(exclude={"market"})
    return Status(201, holidays.keep_holidays(request.auth, **told, market_id=payload.market))


@router.get("/holidays/days", response=HolidaysOut, tags=["slots"], summary="Which days they are")
def list_holiday_days(request: ApiRequest, asked: Query[DaysFilter]) -> dict[str, Any]:
    """From `start` to `end`, both included, named in the asker's language where that is known; at most two years."""
    if asked.end < asked.start or asked.end - asked.start > timedelta(days=731):
        raise Invalid.at("end", phrase("Ask for at most two years at a time."))
    found = holidays.holidays_on_calendar(request.auth.workspace, asked.start, asked.end)
    return {"days": [] if request.auth.role == Role.GUEST else found, "source": source()}


@router.delete("/holidays/{int:calendar_id}", response={204: None}, tags=["slots"], summary="Out of sight again")
def delete_holidays(request: ApiRequest, calendar_id: int) -> Status[None]:
    """Seniors and above."""
    holidays.drop_holidays(request.auth, calendar_id)
    return Status(204, None)


@router.get("/foreign-calendars", response=list[ForeignCalendarOut], tags=["slots"], summary="Calendars kept elsewhere")
@paginate
def list_foreign_calendars(request: ApiRequest) -> QuerySet[ForeignCalendar]:
    """By name. Their addresses are shown to nobody."""
    return foreign.foreign_calendars_for(request.auth)


@router.post(
    "/foreign-calendars", response={201: ForeignCalendarOut}, tags=["slots"], summary="Subscribe to a calendar"
)
def post_foreign_calendar(request: ApiRequest, payload: ForeignCalendarIn) -> Status[ForeignCalendar]:
    """Seniors and above. It is read at once: what cannot be read is not subscribed to."""
    return Status(201, foreign.subscribe(request.auth, foreign.Subscription(**payload.model_dump())))


@router.get("/foreign-calendars/events", response=list[ForeignEventOut], tags=["slots"], summary="What stands in them")
@paginate
def list_foreign_events(request: ApiRequest, asked: Query[MomentsFilter]) -> QuerySet[ForeignEvent]:
    """Between two moments, as they were read last."""
    rows = foreign.events_between(request.auth.workspace, asked.start, asked.end)
    return rows.none() if request.auth.role == Role.GUEST else rows


@router.patch(
    "/foreign-calendars/{int:calendar_id}", response=ForeignCalendarOut, tags=["slots"], summary="What its events mean"
)
def patch_foreign_calendar(request: ApiRequest, calendar_id: int, payload: EffectIn) -> ForeignCalendar:
    """Seniors and above."""
    return foreign.set_effect(request.auth, calendar_id, payload.effect)


@router.delete("/foreign-calendars/{int:calendar_id}", response={204: None}, tags=["slots"], summary="Unsubscribe")
def delete_foreign_calendar(request: ApiRequest, calendar_id: int) -> Status[None]:
    """Seniors and above."""
    foreign.unsubscribe(request.auth, calendar_id)
    return Status(204, None)


@router.get("/closed-times", response=list[ClosedTimeOut], tags=["slots"], summary="When nothing is meant to go out")
@paginate
def list_closed_times(request: ApiRequest) -> list[ClosedTime]:
    """Blackout dates and quiet hours."""
    return closed_times_for(request.auth)


@router.post("/closed-times", response={201: ClosedTimeOut}, tags=["slots"], summary="Close days or hours")
def post_closed_time(request: ApiRequest, payload: ClosedTimeIn) -> Status[ClosedTime]:
    """Seniors and above. Posts that stand there already stay, and are warned of."""
    wanted = {**payload.model_dump(), "weekdays": tuple(payload.weekdays)}
    return Status(201, closed_times.close_time(request.auth, closed_times.Closing(**wanted)))


@router.delete("/closed-times/{int:closed_id}", response={204: None}, tags=["slots"], summary="Open it again")
def delete_closed_time(request: ApiRequest, closed_id: int) -> Status[None]:
    """Seniors and above."""
    closed_times.open_time(request.auth, closed_id)
    return Status(204, None)
