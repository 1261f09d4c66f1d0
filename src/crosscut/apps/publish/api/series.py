"""Series for programs: pieces that go out again and again by a calendar rule."""

from typing import Any

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.queries import account_for
from crosscut.apps.produce.queries import piece_for
from crosscut.apps.publish import series as shown
from crosscut.apps.publish.models import Series
from crosscut.apps.publish.rule_words import rule_in_words
from crosscut.apps.publish.schemas.series import (
    EndIn,
    FollowIn,
    PlanIn,
    PreviewOut,
    SeriesDateIn,
    SeriesDateOut,
    SeriesIn,
    SeriesOut,
)
from crosscut.apps.publish.services import series as acts

router = Router(tags=["series"])


@router.get("/series", response=list[SeriesOut], summary="Series")
@paginate
def list_series(request: ApiRequest) -> QuerySet[Series]:
    """Those that go on first, then those that ended."""
    return shown.series_for(request.auth)


@router.post("/series", response={201: SeriesOut}, summary="Repeat a piece")
def post_series(request: ApiRequest, payload: SeriesIn) -> Status[Series]:
    """As it is now. Each date becomes a post of its own, made eight weeks ahead, the next one always."""
    piece, account = piece_for(request.auth, payload.piece), account_for(request.auth, payload.account)
    made = acts.start_series(request.auth, piece, account, payload.plan(request.auth.workspace.time_zone))
    return Status(201, _again(request, made.pk))


@router.post("/series/preview", response=PreviewOut, summary="What a rule would give")
def post_preview(request: ApiRequest, payload: PlanIn) -> dict[str, Any]:
    """Its first dates, with those on which nothing may go out. Nothing is kept."""
    seen = shown.preview(request.auth.workspace, payload.plan(request.auth.workspace.time_zone))
    words = rule_in_words(seen.rule, seen.wall_time, seen.ends_on)
    return {"rule": seen.rule, "words": words, "ends_on": seen.ends_on, "count": seen.count, "days": seen.days}


@router.get("/series/{int:series_id}", response=SeriesOut, summary="One series")
def get_series(request: ApiRequest, series_id: int) -> Series:
    """With what stands in its way."""
    return shown.one_series_for(request.auth, series_id)


@router.get("/series/{int:series_id}/dates", response=list[SeriesDateOut], summary="Its dates to come")
def list_dates(request: ApiRequest, series_id: int) -> list[shown.Day]:
    """The next 24, those without a post with the reason."""
    return shown.days_of(shown.one_series_for(request.auth, series_id))


@router.post("/series/{int:series_id}/leave-out", response=SeriesOut, summary="Leave a date out")
def post_leave_out(request: ApiRequest, series_id: int, payload: SeriesDateIn) -> Series:
    """Its post goes off the calendar; the series goes on."""
    acts.leave_out(request.auth, shown.one_series_for(request.auth, series_id), payload.date.isoformat())
    return _again(request, series_id)


@router.post("/series/{int:series_id}/put-back", response=SeriesOut, summary="Put a date back")
def post_put_back(request: ApiRequest, series_id: int, payload: SeriesDateIn) -> Series:
    """It has a post again, also in closed time that only warns."""
    acts.put_back(request.auth, shown.one_series_for(request.auth, series_id), payload.date.isoformat())
    return _again(request, series_id)


@router.post("/series/{int:series_id}/follow", response={201: SeriesOut}, summary="Change this date and all after it")
def post_follow(request: ApiRequest, series_id: int, payload: FollowIn) -> Status[Series]:
    """The answer is the series that goes on; the old one ends before that date."""
    row = shown.one_series_for(request.auth, series_id)
    made = acts.change_from(request.auth, row, payload.date.isoformat(), payload.plan(row.zone))
    return Status(201, _again(request, made.pk))


@router.post("/series/{int:series_id}/take-over", response=SeriesOut, summary="Show the piece as it is now")
def post_take_over(request: ApiRequest, series_id: int) -> Series:
    """In all its posts that have not gone out, in the asker's name."""
    acts.take_over(request.auth, shown.one_series_for(request.auth, series_id))
    return _again(request, series_id)


@router.post("/series/{int:series_id}/end", response=SeriesOut, summary="End it")
def post_end(request: ApiRequest, series_id: int, payload: EndIn) -> Series:
    """Its posts that have not gone out go off the calendar, unless they are kept."""
    acts.end_series(request.auth, shown.one_series_for(request.auth, series_id), keeps_posts=payload.keeps_posts)
    return _again(request, series_id)


def _again(request: ApiRequest, series_id: int) -> Series:
    """The series as it is stored now."""
    return shown.one_series_for(request.auth, series_id)
