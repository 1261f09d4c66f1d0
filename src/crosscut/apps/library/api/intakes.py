"""Many assets at once, imports, own fields and vocabularies, for programs."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from ninja import File, Form, Query, Router, Status, UploadedFile
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import incoming, queries
from crosscut.apps.library.handing import copy_response, table_response
from crosscut.apps.library.models import CustomField, Intake, IntakeRow, Vocabulary
from crosscut.apps.library.schemas.metadata import (
    CustomFieldIn,
    CustomFieldOut,
    IntakeConfirm,
    IntakeKind,
    IntakeMapping,
    IntakeOut,
    IntakeRowOut,
    SeveralIn,
    SeveralOut,
    VocabularyIn,
    VocabularyOut,
    WordsIn,
)
from crosscut.apps.library.services import custom, intake, several, vocabularies
from crosscut.apps.library.services.handout import Telling
from crosscut.apps.library.services.several import Edit

router = Router(tags=["metadata"])
_File = Annotated[UploadedFile | None, File(description="The table, the XMP file or a ZIP of them, the catalogue.")]
_BYTES: dict[str, Any] = {
    "responses": {200: {"description": "The file.", "content": {"*/*": {"schema": {"type": "string"}}}}}
}
_TABLE: dict[str, Any] = {
    "responses": {**_BYTES["responses"], 404: {"description": "Some of the chosen assets are not in this workspace."}}
}


@router.post("/library/assets/fields", response=SeveralOut, summary="Change fields of several assets")
def post_several(request: ApiRequest, payload: SeveralIn) -> dict[str, Any]:
    """All or none, undone together. With `is_preview` it only says what would change."""
    edits = [Edit(field=one.field, action=one.action, value=one.value, find=one.find) for one in payload.edits]
    found = several.preview(request.auth, payload.asset_ids, edits)
    made = None if payload.is_preview else several.apply(request.auth, payload.asset_ids, edits)
    shown = [{"asset_id": one.asset.pk, "changes": one.changes, "problem": one.problem} for one in found.shown]
    counts = {"changing": found.changing, "same": found.same, "refused": found.refused}
    return {"change_set": made.pk if made else None, "shown": shown, **counts}


@router.get("/library/assets/table", url_name="assets_table", summary="Fields as a table", openapi_extra=_TABLE)
def get_table(
    request: ApiRequest,
    assets: Annotated[list[int], Query(min_length=1, max_length=10_000)],
    form: Annotated[str, Query(pattern="^(csv|xlsx)$")] = "csv",
) -> HttpResponse:
    """CSV or XLSX, to be changed and brought back as an import of kind `sheet`."""
    return table_response(request.auth, assets, form)


@router.get(
    "/library/versions/{int:version_id}/copy", url_name="version_copy", summary="With metadata", openapi_extra=_BYTES
)
def get_copy(
    request: ApiRequest,
    version_id: int,
    place: Annotated[bool, Query(description="Tell where it was taken.")] = False,
    people: Annotated[bool, Query(description="Tell who is shown.")] = False,
    own: Annotated[bool, Query(description="Tell the workspace's own fields.")] = False,
) -> HttpResponseBase:
    """A copy of the master with what is known written in; in a ZIP with XMP beside where it cannot carry that."""
    return copy_response(request.auth, version_id, Telling(place=place, people=people, own=own))


@router.get("/library/imports", response=list[IntakeOut], summary="Metadata that was brought in")
@paginate
def list_intakes(request: ApiRequest) -> QuerySet[Intake]:
    """Newest first."""
    return queries.intakes_for(request.auth)


@router.post("/library/imports", response={202: IntakeOut}, summary="Bring metadata in")
def post_intake(
    request: ApiRequest,
    kind: Annotated[IntakeKind, Form()],
    file: _File = None,
    address: Annotated[str, Form(max_length=300, description="Of a WordPress site.")] = "",
) -> Status[Intake]:
    """It is read first; look at its rows, then confirm it."""
    if kind == "wordpress":
        return Status(202, intake.begin_wordpress(request.auth, address))
    return Status(202, intake.begin(request.auth, kind, incoming.uploaded_files(request)))


@router.get("/library/imports/{int:intake_id}", response=IntakeOut, summary="One import")
def get_intake(request: ApiRequest, intake_id: int) -> Intake:
    """Where it stands."""
    return queries.intake_for(request.auth, intake_id)


@router.get("/library/imports/{int:intake_id}/rows", response=list[IntakeRowOut], summary="Its rows")
@paginate
def list_intake_rows(request: ApiRequest, intake_id: int) -> QuerySet[IntakeRow]:
    """What each would change, or did."""
    return queries.intake_for(request.auth, intake_id).rows.all()


@router.post("/library/imports/{int:intake_id}/mapping", response={202: IntakeOut}, summary="Read it with other fields")
def post_intake_mapping(request: ApiRequest, intake_id: int, payload: IntakeMapping) -> Status[Intake]:
    """Nothing is changed yet."""
    return Status(202, intake.remap(request.auth, intake_id, payload.mapping))


@router.post("/library/imports/{int:intake_id}/confirm", response={202: IntakeOut}, summary="Apply it")
def post_intake_confirm(request: ApiRequest, intake_id: int, payload: IntakeConfirm) -> Status[Intake]:
    """A job applies its rows; one undo takes all back."""
    return Status(202, intake.confirm(request.auth, intake_id, takes_conflicts=payload.takes_conflicts))


@router.delete("/library/imports/{int:intake_id}", response={204: None}, summary="Forget it")
def delete_intake(request: ApiRequest, intake_id: int) -> Status[None]:
    """Only before it was applied."""
    intake.discard(request.auth, intake_id)
    return Status(204, None)


@router.get("/library/own-fields", response=list[CustomFieldOut], summary="The workspace's own fields")
@paginate
def list_own_fields(request: ApiRequest) -> QuerySet[CustomField]:
    """Those put away too."""
    return queries.custom_fields_for(request.auth)


@router.post("/library/own-fields", response={201: CustomFieldOut}, summary="Add a field")
def post_own_field(request: ApiRequest, payload: CustomFieldIn) -> Status[CustomField]:
    """A lead's to do."""
    return Status(201, custom.create_field(request.auth, custom.Plan(**payload.model_dump())))


@router.put("/library/own-fields/{int:field_id}", response=CustomFieldOut, summary="Change a field")
def put_own_field(request: ApiRequest, field_id: int, payload: CustomFieldIn) -> CustomField:
    """Its kind stays once an asset has a value in it."""
    return custom.change_field(request.auth, field_id, custom.Plan(**payload.model_dump()))


@router.delete("/library/own-fields/{int:field_id}", response=CustomFieldOut, summary="Put a field away")
def delete_own_field(request: ApiRequest, field_id: int) -> CustomField:
    """The values in it stay."""
    return custom.put_away(request.auth, field_id)


@router.get("/library/vocabularies", response=list[VocabularyOut], summary="The vocabularies")
@paginate
def list_vocabularies(request: ApiRequest) -> QuerySet[Vocabulary]:
    """By name."""
    return queries.vocabularies_for(request.auth)


@router.post("/library/vocabularies", response={201: VocabularyOut}, summary="Add a vocabulary")
def post_vocabulary(request: ApiRequest, payload: VocabularyIn) -> Status[Vocabulary]:
    """A lead's to do."""
    return Status(201, vocabularies.create_vocabulary(request.auth, payload.name))


@router.get("/library/vocabularies/{int:vocabulary_id}", response=dict[str, Any], summary="Its words")
def get_vocabulary(request: ApiRequest, vocabulary_id: int) -> dict[str, Any]:
    """In the words of SKOS."""
    return vocabularies.as_skos(queries.vocabulary_for(request.auth, vocabulary_id))


@router.post("/library/vocabularies/{int:vocabulary_id}/words", response=VocabularyOut, summary="Add words")
def post_words(request: ApiRequest, vocabulary_id: int, payload: WordsIn) -> Vocabulary:
    """Nothing is removed."""
    vocabularies.add_words(request.auth, vocabulary_id, vocabularies.words_in(payload.words))
    return queries.vocabulary_for(request.auth, vocabulary_id)


@router.delete("/library/vocabularies/{int:vocabulary_id}", response={204: None}, summary="Remove a vocabulary")
def delete_vocabulary(request: ApiRequest, vocabulary_id: int) -> Status[None]:
    """What was tagged with its words stays."""
    vocabularies.remove_vocabulary(request.auth, vocabulary_id)
    return Status(204, None)
