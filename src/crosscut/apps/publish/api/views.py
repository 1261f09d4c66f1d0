"""Kept views of the calendar for programs."""

from django.db.models import QuerySet
from django.http import QueryDict
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.publish.kept_views import filters_in, kept_views_for
from crosscut.apps.publish.models import CalendarView
from crosscut.apps.publish.schemas.views import CalendarViewIn, CalendarViewOut, FirstViewIn
from crosscut.apps.publish.services.kept_views import begin_with, forget_view, keep_view

router = Router(tags=["calendar views"])


@router.get("/calendar-views", response=list[CalendarViewOut], summary="Kept views")
@paginate
def list_views(request: ApiRequest) -> QuerySet[CalendarView]:
    """The asker's own and the shared ones, by name."""
    return kept_views_for(request.auth)


@router.post("/calendar-views", response={201: CalendarViewOut}, summary="Keep a view")
def post_view(request: ApiRequest, payload: CalendarViewIn) -> Status[CalendarView]:
    """Of the asker's of that name, layout and filters are changed; its address stays."""
    query = QueryDict(mutable=True)
    filters = payload.filters.model_dump(exclude_none=True) if payload.filters else {}
    query.update({name: str(value) for name, value in filters.items()})  # an address holds texts
    kept = keep_view(request.auth, payload.name, payload.layout, filters_in(query), is_shared=payload.is_shared)
    return Status(201, kept_views_for(request.auth).get(pk=kept.pk))


@router.put("/calendar-view", response=CalendarViewOut | None, summary="Begin with a view")
def put_first_view(request: ApiRequest, payload: FirstViewIn) -> CalendarView | None:
    """The asker's calendar begins with it; with null as it does for everybody."""
    return begin_with(request.auth, payload.view)


@router.delete("/calendar-views/{int:view_id}", response={204: None}, summary="Forget a view")
def delete_view(request: ApiRequest, view_id: int) -> Status[None]:
    """One's own; leads every shared one."""
    forget_view(request.auth, view_id)
    return Status(204, None)
