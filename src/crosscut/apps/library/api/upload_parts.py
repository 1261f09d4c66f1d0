"""Sending files straight into an S3 store, in parts, by addresses signed for each."""

from uuid import UUID

from ninja import Router, Status

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import Arrival
from crosscut.apps.library.schemas.assets import ArrivalOut
from crosscut.apps.library.schemas.uploads import PartAddresses, PartsIn, PartsOut, WantedParts
from crosscut.apps.library.services import parts, uploads
from crosscut.apps.library.services.parts import Sending
from crosscut.apps.library.services.uploads import Announced

router = Router(tags=["uploads"])


@router.post("/library/uploads/parts", url_name="upload-parts", response={201: PartsOut}, summary="Begin one in parts")
def post_parts(request: ApiRequest, payload: PartsIn) -> Status[Sending]:
    """Its bytes go straight into the S3 store. Where there is none, the code is `upload.no_parts`: send it by tus."""
    return Status(201, parts.sending(parts.begin(request.auth, Announced(**payload.model_dump()))))


@router.get("/library/uploads/parts/{uuid:key}", response=PartsOut, summary="Which parts have arrived")
def get_parts(request: ApiRequest, key: UUID) -> Sending:
    """As the store tells it now. After a break, send the others."""
    return parts.sending(queries.upload_for(request.auth, key))


@router.post("/library/uploads/parts/{uuid:key}/addresses", response=PartAddresses, summary="Where parts go")
def post_addresses(request: ApiRequest, key: UUID, payload: WantedParts) -> PartAddresses:
    """New ones each time, for an hour. A part that is sent again takes the place of the one before."""
    wanted = {part.number: part.md5 for part in payload.parts}
    made = parts.addresses(queries.upload_for(request.auth, key), wanted)
    return PartAddresses.model_validate({"lasts_s": parts.LASTS_S, "addresses": made}, from_attributes=True)


@router.post("/library/uploads/parts/{uuid:key}/complete", response={202: ArrivalOut}, summary="All parts were sent")
def post_complete(request: ApiRequest, key: UUID) -> Status[Arrival]:
    """The store is asked what it holds; then the file is read like any other. It is stored when its state says so."""
    return Status(202, parts.complete(queries.upload_for(request.auth, key)))


@router.delete("/library/uploads/parts/{uuid:key}", response={204: None}, summary="Give one in parts up")
def delete_parts(request: ApiRequest, key: UUID) -> Status[None]:
    """What the store holds of it is deleted, and its addresses are dead."""
    uploads.give_up(request.auth, queries.upload_for(request.auth, key))
    return Status(204, None)
