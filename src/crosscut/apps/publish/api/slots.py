"""Weekly slots for programs: when accounts publish, and which places are free."""

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.queries import account_for
from crosscut.apps.publish import slots
from crosscut.apps.publish.models import Timetable
from crosscut.apps.publish.schemas.slots import FreeSlotOut, TimetableIn, TimetableOut
from crosscut.apps.publish.services import timetables

router = Router(tags=["slots"])


@router.get("/timetables", response=list[TimetableOut], summary="When accounts publish")
@paginate
def list_timetables(request: ApiRequest) -> QuerySet[Timetable]:
    """The one that accounts share, then those of their own."""
    return slots.timetables_for(request.auth)


@router.put("/timetable", response=TimetableOut, summary="Slots that accounts share")
def put_timetable(request: ApiRequest, payload: TimetableIn) -> Timetable:
    """Seniors and above. Posts that stand stay where they are."""
    return _set(request, None, payload)


@router.delete("/timetable", response={204: None}, summary="No shared slots")
def delete_timetable(request: ApiRequest) -> Status[None]:
    """Seniors and above."""
    timetables.drop_timetable(request.auth, None)
    return Status(204, None)


@router.put("/accounts/{int:account_id}/timetable", response=TimetableOut, summary="Slots of one account")
def put_account_timetable(request: ApiRequest, account_id: int, payload: TimetableIn) -> Timetable:
    """Seniors and above. They take the place of the shared ones."""
    return _set(request, account_for(request.auth, account_id), payload)


@router.delete("/accounts/{int:account_id}/timetable", response={204: None}, summary="The shared slots again")
def delete_account_timetable(request: ApiRequest, account_id: int) -> Status[None]:
    """Seniors and above."""
    timetables.drop_timetable(request.auth, account_for(request.auth, account_id))
    return Status(204, None)


@router.get("/accounts/{int:account_id}/free-slots", response=list[FreeSlotOut], summary="Its next free slots")
@paginate
def list_free_slots(request: ApiRequest, account_id: int) -> list[slots.Place]:
    """Of a year, the next first. A post asks for the first of them with `when`."""
    return list(slots.free_places_of(account_for(request.auth, account_id)))


def _set(request: ApiRequest, account: Account | None, payload: TimetableIn) -> Timetable:
    wanted = [timetables.Weekly(weekday=slot.weekday, at=slot.at) for slot in payload.slots]
    zone = payload.zone or request.auth.workspace.time_zone
    return timetables.set_timetable(request.auth, account, zone=zone, slots=wanted)
