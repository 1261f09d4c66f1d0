"""Places from which files come by themselves, for programs."""

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import WayIn
from crosscut.apps.library.schemas.ways import WayInOut, WaySwitch, WayToFolder, WayToMail
from crosscut.apps.library.services import ways

router = Router(tags=["ways in"])


@router.get("/library/ways-in", response=list[WayInOut], summary="Where files come from")
@paginate
def list_ways(request: ApiRequest) -> QuerySet[WayIn]:
    """By name, with what the last look met."""
    return queries.ways_for(request.auth)


@router.post("/library/ways-in/folders", response={201: WayInOut}, summary="Watch a folder")
def post_folder(request: ApiRequest, payload: WayToFolder) -> Status[WayIn]:
    """On the server, inside what its keeper allowed. A lead's."""
    return Status(201, ways.add_way(request.auth, "folder", payload.name, {"path": payload.path}))


@router.post("/library/ways-in/mailboxes", response={201: WayInOut}, summary="Take attachments from a mailbox")
def post_mailbox(request: ApiRequest, payload: WayToMail) -> Status[WayIn]:
    """From allowed senders alone; messages stay as they are. A lead's."""
    told = payload.model_dump(exclude={"name", "password"})
    return Status(201, ways.add_way(request.auth, "mail", payload.name, told, password=payload.password))


@router.patch("/library/ways-in/{int:way_id}", response=WayInOut, summary="Pause it or go on")
def patch_way(request: ApiRequest, way_id: int, payload: WaySwitch) -> WayIn:
    """What was taken is not taken again."""
    return ways.switch(request.auth, way_id, is_on=payload.is_on)


@router.delete("/library/ways-in/{int:way_id}", response={204: None}, summary="Forget it")
def delete_way(request: ApiRequest, way_id: int) -> Status[None]:
    """What came from there stays."""
    ways.remove_way(request.auth, way_id)
    return Status(204, None)
