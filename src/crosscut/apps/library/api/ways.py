"""Places from which files come by themselves, for programs."""

from django.db.models import QuerySet
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import Card, WayIn
from crosscut.apps.library.schemas.ways import CardOut, WayInOut, WaySwitch, WayToBucket, WayToFolder, WayToMail
from crosscut.apps.library.services import cards, ways
from crosscut.apps.work.models import Job
from crosscut.apps.work.schemas import JobOut

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


@router.post("/library/ways-in/buckets", response={201: WayInOut}, summary="Take files from an S3 bucket")
def post_bucket(request: ApiRequest, payload: WayToBucket) -> Status[WayIn]:
    """Each object once, and again when it becomes another; nothing is changed there. A lead's."""
    told = payload.model_dump(exclude={"name", "secret_key"})
    return Status(201, ways.add_way(request.auth, "bucket", payload.name, told, password=payload.secret_key))


@router.post("/library/ways-in/cards", response={201: WayInOut}, summary="Take what is new on camera cards")
def post_cards(request: ApiRequest, payload: WayToFolder) -> Status[WayIn]:
    """A folder of the server in which cards appear, or a card itself. A lead's."""
    return Status(201, ways.add_way(request.auth, "card", payload.name, {"path": payload.path}))


@router.get("/library/cards", response=list[CardOut], summary="Camera cards that were inserted")
@paginate
def list_cards(request: ApiRequest) -> QuerySet[Card]:
    """The one seen last first, with whether it may be formatted."""
    return queries.cards_for(request.auth)


@router.post("/library/cards/{int:card_id}/compare", response={202: JobOut}, summary="Compare a card with the library")
def post_comparison(request: ApiRequest, card_id: int) -> Status[Job]:
    """Reads every shot on it once more; `may_be_formatted` of the card tells what came of it."""
    return Status(202, cards.ask_comparison(request.auth, card_id))


@router.patch("/library/ways-in/{int:way_id}", response=WayInOut, summary="Pause it or go on")
def patch_way(request: ApiRequest, way_id: int, payload: WaySwitch) -> WayIn:
    """What was taken is not taken again."""
    return ways.switch(request.auth, way_id, is_on=payload.is_on)


@router.delete("/library/ways-in/{int:way_id}", response={204: None}, summary="Forget it")
def delete_way(request: ApiRequest, way_id: int) -> Status[None]:
    """What came from there stays."""
    ways.remove_way(request.auth, way_id)
    return Status(204, None)
