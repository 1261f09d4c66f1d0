"""Tables of posts for programs: in, row by row, and out."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from ninja import File, Query, Router, Status, UploadedFile
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import incoming
from crosscut.apps.library.queries import refuse_guests
from crosscut.apps.publish import queries
from crosscut.apps.publish.models import PostImport, PostImportRow
from crosscut.apps.publish.schemas.imports import ChoicesIn, PostImportOut, PostImportRowOut
from crosscut.apps.publish.schemas.posts import PostFilter
from crosscut.apps.publish.services import post_export, post_import

router = Router(tags=["imports of posts"])
_BYTES: dict[str, Any] = {
    "responses": {200: {"description": "The table.", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}
_File = Annotated[UploadedFile, File(description="A CSV or XLSX file, at most 10,000 rows.")]


@router.get("/posts/table", url_name="posts_table", summary="All posts as a table", openapi_extra=_BYTES)
def get_posts_table(request: ApiRequest, wanted: Query[PostFilter]) -> StreamingHttpResponse:
    """CSV that an import can read; the earliest due first."""
    refuse_guests(request.auth)
    return StreamingHttpResponse(post_export.as_csv(request.auth, wanted.wanted()), content_type="text/csv")


@router.get("/post-imports", response=list[PostImportOut], summary="Tables that were brought")
@paginate
def list_post_imports(request: ApiRequest) -> QuerySet[PostImport]:
    """The newest first."""
    return queries.post_imports_for(request.auth)


@router.post("/post-imports", response={202: PostImportOut}, summary="Bring a table of posts")
def post_post_import(request: ApiRequest, file: _File) -> Status[PostImport]:
    """It is read first: look at its rows, then confirm it."""
    return Status(202, post_import.begin(request.auth, incoming.uploaded_files(request)[0]))


@router.get("/post-imports/{int:import_id}", response=PostImportOut, summary="One table")
def get_post_import(request: ApiRequest, import_id: int) -> PostImport:
    """With how many rows are what."""
    return queries.post_import_for(request.auth, import_id)


@router.get("/post-imports/{int:import_id}/rows", response=list[PostImportRowOut], summary="Its rows")
@paginate
def list_post_import_rows(request: ApiRequest, import_id: int) -> QuerySet[PostImportRow]:
    """In the file's order, each with what becomes of it."""
    return queries.post_import_for(request.auth, import_id).rows.order_by("number")


@router.post("/post-imports/{int:import_id}/read", response={202: PostImportOut}, summary="Read it otherwise")
def post_post_import_read(request: ApiRequest, import_id: int, payload: ChoicesIn) -> Status[PostImport]:
    """With other columns, zone, order of dates or accounts."""
    given = {**payload.model_dump(), "accounts": tuple(payload.accounts)}
    return Status(202, post_import.read_again(request.auth, import_id, post_import.Choices(**given)))


@router.post("/post-imports/{int:import_id}/confirm", response={202: PostImportOut}, summary="Make its posts")
def post_post_import_confirm(request: ApiRequest, import_id: int) -> Status[PostImport]:
    """Row by row; stopped half-way, it can be confirmed again."""
    return Status(202, post_import.confirm(request.auth, import_id))


@router.post("/post-imports/{int:import_id}/undo", response={202: PostImportOut}, summary="Take it all back")
def post_post_import_undo(request: ApiRequest, import_id: int) -> Status[PostImport]:
    """What has not gone out is cancelled and archived."""
    return Status(202, post_import.undo(request.auth, import_id))


@router.delete("/post-imports/{int:import_id}", response={204: None}, summary="Forget it")
def delete_post_import(request: ApiRequest, import_id: int) -> Status[None]:
    """As long as nothing of it was made."""
    post_import.discard(request.auth, import_id)
    return Status(204, None)
