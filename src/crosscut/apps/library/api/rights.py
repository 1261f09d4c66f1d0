"""What may be done with assets, for programs: licences, embargoes, who is shown, consents, and the question itself."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from ninja import Body, Query, Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.api.assets import BYTES
from crosscut.apps.library.incoming import kept_for, uploaded_files
from crosscut.apps.library.models import Consent, Licence, Paper, Placement, RightsAnswer, Subject
from crosscut.apps.library.schemas.rights import (
    AnswerKept,
    AnswerOut,
    ConsentIn,
    ConsentOut,
    EmbargoIn,
    EndingOut,
    LicenceGroupOut,
    LicenceIn,
    LicenceOut,
    PaperOut,
    PlacementIn,
    PlacementOut,
    PresetIn,
    PresetOut,
    Reason,
    RightsNeeded,
    SubjectIn,
    SubjectOut,
    UseIn,
)
from crosscut.apps.library.services import clear, consents, papers, placements
from crosscut.apps.library.services.holdings import holdings_of
from crosscut.apps.library.serving import paper_response
from crosscut.specs.licences import Preset, presets
from crosscut.specs.rights import Answer, Edits, Use, may, to_odrl

router = Router(tags=["rights"])
_Policy = Annotated[dict[str, Any], Body(description="A policy as JSON-LD.")]


@router.get("/library/licences", response=list[LicenceGroupOut], summary="Licences by holder and terms")
def list_groups(request: ApiRequest, q: str = "") -> list[queries.LicenceGroup]:
    """Those with most files first; `q` stands in the holder's name or the terms. Withdrawn ones are left out."""
    return queries.licence_groups_for(request.auth, text=q.strip()[:200])


@router.get("/library/assets/{int:asset_id}/licences", response=list[LicenceOut], summary="Its licences")
@paginate
def list_licences(request: ApiRequest, asset_id: int) -> QuerySet[Licence]:
    """Those that were not withdrawn."""
    return queries.asset_for(request.auth, asset_id).licences.filter(withdrawn_at=None)


@router.post("/library/assets/{int:asset_id}/licences", response={201: LicenceOut}, summary="Enter a licence")
def post_licence(request: ApiRequest, asset_id: int, payload: LicenceIn) -> Status[Licence]:
    """What somebody allows to be done with the asset."""
    return Status(201, clear.add_licence(request.auth, asset_id, _terms(payload)))


@router.put("/library/licences/{int:licence_id}", response=LicenceOut, summary="Change a licence")
def put_licence(request: ApiRequest, licence_id: int, payload: LicenceIn) -> Licence:
    """Replaces all it says."""
    return clear.change_licence(request.auth, licence_id, _terms(payload))


@router.delete("/library/licences/{int:licence_id}", response={204: None}, summary="Withdraw a licence")
def delete_licence(request: ApiRequest, licence_id: int) -> Status[None]:
    """It no longer counts; the record of it stays."""
    clear.withdraw_licence(request.auth, licence_id)
    return Status(204, None)


@router.post("/library/licences/{int:licence_id}/reinstate", response=LicenceOut, summary="Undo a withdrawal")
def post_reinstate(request: ApiRequest, licence_id: int) -> Licence:
    """The licence counts again."""
    return clear.reinstate_licence(request.auth, licence_id)


@router.get("/library/assets/{int:asset_id}/odrl", response=dict[str, Any], summary="Its licences as an ODRL policy")
def get_odrl(request: ApiRequest, asset_id: int) -> dict[str, Any]:
    """JSON-LD after W3C ODRL 2.2, for other systems. Those that were not withdrawn."""
    asset = queries.asset_for(request.auth, asset_id)
    address = request.build_absolute_uri(reverse("asset", args=[asset_id]))
    return to_odrl(holdings_of(asset).licences, target=address)


@router.post(
    "/library/assets/{int:asset_id}/odrl", response={201: list[LicenceOut]}, summary="Take an ODRL policy over"
)
def post_odrl(request: ApiRequest, asset_id: int, payload: _Policy) -> Status[list[Licence]]:
    """Each permission becomes a licence. What no licence here can hold is refused by name; then nothing is entered."""
    return Status(201, clear.take_over(request.auth, asset_id, payload))


@router.get("/library/licences/ready-made", response=list[PresetOut], summary="Ready-made licences")
def list_presets(request: ApiRequest) -> list[Preset]:
    """Creative Commons by version, public domain, stock libraries: each with where its terms come from."""
    return list(presets().values())


@router.post(
    "/library/assets/{int:asset_id}/licences/ready-made", response={201: LicenceOut}, summary="Enter a ready-made one"
)
def post_preset(request: ApiRequest, asset_id: int, payload: PresetIn) -> Status[Licence]:
    """With its terms, uses and credit line filled in."""
    asset = queries.asset_for(request.auth, asset_id)
    terms = clear.from_preset(payload.preset, asset, holder=payload.holder)
    return Status(201, clear.add_licence(request.auth, asset_id, terms))


@router.post("/library/licences/{int:licence_id}/papers", response={201: PaperOut}, summary="Attach a contract")
def post_licence_paper(request: ApiRequest, licence_id: int) -> Status[Paper]:
    """The file of a multipart form, kept as evidence."""
    queries.licence_for(request.auth, licence_id)
    upload = uploaded_files(request)[0]
    with kept_for(upload) as path:
        return Status(201, papers.attach_to_licence(request.auth, licence_id, path, filename=str(upload.name)))


@router.post("/library/consents/{int:consent_id}/papers", response={201: PaperOut}, summary="Attach a release")
def post_consent_paper(request: ApiRequest, consent_id: int) -> Status[Paper]:
    """The file of a multipart form, kept as evidence."""
    queries.consent_for(request.auth, consent_id)
    upload = uploaded_files(request)[0]
    with kept_for(upload) as path:
        return Status(201, papers.attach_to_consent(request.auth, consent_id, path, filename=str(upload.name)))


@router.get("/library/papers/{int:paper_id}/file", summary="A contract or release", openapi_extra=BYTES)
def get_paper_file(request: ApiRequest, paper_id: int) -> HttpResponseBase:
    """As it was attached; always as a download."""
    return paper_response(request, queries.paper_for(request.auth, paper_id))


@router.get("/library/assets/{int:asset_id}/placements", response=list[PlacementOut], summary="Places outside")
def list_placements(request: ApiRequest, asset_id: int) -> list[Placement]:
    """Where somebody noted that it is used besides our posts, ended ones too."""
    return list(queries.asset_for(request.auth, asset_id).placements.all())


@router.post("/library/assets/{int:asset_id}/placements", response={201: PlacementOut}, summary="Note a place outside")
def post_placement(request: ApiRequest, asset_id: int, payload: PlacementIn) -> Status[Placement]:
    """When its rights end, a task to take it down by hand is opened."""
    return Status(201, placements.note_placement(request.auth, asset_id, payload.place, url=payload.url))


@router.delete("/library/placements/{int:placement_id}", response={204: None}, summary="It is not there any more")
def delete_placement(request: ApiRequest, placement_id: int) -> Status[None]:
    """The note of it stays, with its end."""
    placements.end_placement(request.auth, placement_id)
    return Status(204, None)


@router.get("/library/endings", response=list[EndingOut], summary="Rights that end soon")
def list_endings(request: ApiRequest, days: Annotated[int, Query(ge=0, le=366)] = 30) -> list[queries.Ending]:
    """Assets whose use comes to its end within so many days, the first first. Where a licence goes on, nothing ends."""
    queries.refuse_guests(request.auth)
    return queries.endings_for(request.auth, days=days)


@router.put("/library/assets/{int:asset_id}/embargo", response={204: None}, summary="Set or lift its embargo")
def put_embargo(request: ApiRequest, asset_id: int, payload: EmbargoIn) -> Status[None]:
    """Nobody may see it before; what is live already is taken down."""
    clear.set_embargo(request.auth, asset_id, payload.until)
    return Status(204, None)


@router.put("/library/assets/{int:asset_id}/rights-needed", response={204: None}, summary="Say which rights it has")
def put_rights_needed(request: ApiRequest, asset_id: int, payload: RightsNeeded) -> Status[None]:
    """Music has two that each need a licence: the composition and the recording."""
    clear.set_rights_needed(request.auth, asset_id, payload.rights)
    return Status(204, None)


@router.get("/library/assets/{int:asset_id}/may", response=AnswerOut, summary="Ask whether it may be used")
def get_may(request: ApiRequest, asset_id: int, planned: Query[UseIn]) -> Answer:
    """Yes; no, because; or from when. Nothing is changed by asking."""
    asset = queries.asset_for(request.auth, asset_id)
    zone = ZoneInfo(asset.workspace.time_zone)
    values: dict[str, Any] = planned.model_dump(exclude={"at", "until", "edits"})
    at = _in_zone(planned.at, zone) if planned.at else timezone.now().astimezone(zone)
    until = _in_zone(planned.until, zone) if planned.until else None
    return may(
        holdings_of(asset), Use(at=at, until=until, name=f"“{asset.title}”", edits=Edits(planned.edits), **values)
    )


@router.get("/library/assets/{int:asset_id}/answers", response=list[AnswerKept], summary="What its rights said")
@paginate
def list_answers(request: ApiRequest, asset_id: int) -> QuerySet[RightsAnswer]:
    """The evidence kept when posts were planned, sent and watched, newest first."""
    return queries.asset_for(request.auth, asset_id).rights_answers.all()


@router.post("/library/assets/{int:asset_id}/subjects", response={201: SubjectOut}, summary="Note who is shown")
def post_subject(request: ApiRequest, asset_id: int, payload: SubjectIn) -> Status[Subject]:
    """From now on nothing with this asset goes out without their consent."""
    return Status(201, consents.show_subject(request.auth, asset_id, payload.name, kind=payload.kind))


@router.delete("/library/assets/{int:asset_id}/subjects/{int:subject_id}", response={204: None}, summary="Not shown")
def delete_subject(request: ApiRequest, asset_id: int, subject_id: int) -> Status[None]:
    """They cannot be recognised in the asset after all."""
    consents.hide_subject(request.auth, asset_id, subject_id)
    return Status(204, None)


@router.get("/library/subjects", response=list[SubjectOut], summary="People, places and things shown")
@paginate
def list_subjects(request: ApiRequest) -> QuerySet[Subject]:
    """With what they agreed to, by name."""
    queries.refuse_guests(request.auth)
    return queries.subjects_for(request.auth).prefetch_related("consents")


@router.post("/library/subjects/{int:subject_id}/consents", response={201: ConsentOut}, summary="Enter a consent")
def post_consent(request: ApiRequest, subject_id: int, payload: ConsentIn) -> Status[Consent]:
    """What they agreed to: for one asset, or for all that show them."""
    values: dict[str, Any] = payload.model_dump(exclude={"asset_id"})
    agreement = consents.Agreement(**values)
    return Status(201, consents.give_consent(request.auth, subject_id, agreement, asset_id=payload.asset_id))


@router.delete("/library/consents/{int:consent_id}", response={204: None}, summary="Withdraw a consent")
def delete_consent(request: ApiRequest, consent_id: int, reason: Query[Reason]) -> Status[None]:
    """What went out with it alone is taken down; the record of it stays."""
    consents.withdraw_consent(request.auth, consent_id, reason=reason.reason)
    return Status(204, None)


@router.post("/library/consents/{int:consent_id}/reinstate", response=ConsentOut, summary="Undo a withdrawn consent")
def post_consent_back(request: ApiRequest, consent_id: int) -> Consent:
    """It counts again; what was taken down stays down."""
    return consents.reinstate_consent(request.auth, consent_id)


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment by the workspace's clocks; one without a zone is meant so."""
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _terms(payload: LicenceIn) -> clear.Terms:
    values: dict[str, Any] = payload.model_dump()
    return clear.Terms(**values)
