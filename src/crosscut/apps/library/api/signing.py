"""The workspace's certificate, and what files say of their origin, for programs."""

from ninja import Router, Status

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import Signer
from crosscut.apps.library.schemas.engine import CredentialsOut, SignerOut, SignerWanted
from crosscut.apps.library.services import signing
from crosscut.kernel.errors import NotFound, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.provenance import Provenance

router = Router(tags=["library"])
_NONE = {"responses": {404: {"description": "There is nothing."}}}


@router.get("/library/signer", response=SignerOut, summary="With what files are signed", openapi_extra=_NONE)
def get_signer(request: ApiRequest) -> Signer:
    """404 while there is nothing."""
    queries.refuse_guests(request.auth)
    found = signing.signer_of(request.auth.workspace)
    if found is None:
        raise NotFound(phrase("This workspace has no certificate yet: files go out without credentials."))
    return found


@router.put("/library/signer", response=SignerOut, summary="Set the certificate")
def put_signer(request: ApiRequest, payload: SignerWanted) -> Signer:
    """Tried before it is kept. Files made from then on are signed with it."""
    return signing.set_signer(request.auth, payload.certificates, payload.key)


@router.post("/library/signer", response=SignerOut, summary="Make a certificate of our own")
def post_signer(request: ApiRequest) -> Signer:
    """Valid for a year; trusted by whoever trusts the last certificate of its chain."""
    return signing.make_signer(request.auth)


@router.delete("/library/signer", response={204: None}, summary="Remove the certificate")
def delete_signer(request: ApiRequest) -> Status[None]:
    """What was signed stays so."""
    signing.remove_signer(request.auth)
    return Status(204, None)


@router.get("/library/versions/{int:version_id}/origin", response=CredentialsOut, summary="A master’s origin")
def get_version_origin(request: ApiRequest, version_id: int) -> Provenance:
    """Read now from the stored file."""
    return _read(queries.version_for(request.auth, version_id).sha256)


@router.get("/library/renditions/{int:rendition_id}/origin", response=CredentialsOut, summary="A made file’s origin")
def get_rendition_origin(request: ApiRequest, rendition_id: int) -> Provenance:
    """Read now from the stored file."""
    return _read(queries.rendition_for_member(request.auth, rendition_id).sha256)


def _read(sha256: str) -> Provenance:
    found = signing.verify_made(sha256)
    if found is None:
        raise Unsupported(phrase("This kind of file cannot be asked for its origin."))
    return found
