"""Readers and letters for programs."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from ninja import File, Form, Query, Router, Status, UploadedFile
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import incoming
from crosscut.apps.publish.queries import target_for
from crosscut.apps.readers import queries
from crosscut.apps.readers.models import Letter, Reader, ReaderTable
from crosscut.apps.readers.schemas import (
    LetterOut,
    LetterState,
    MailingOut,
    ReaderFilter,
    ReaderIn,
    ReaderOut,
    ReaderTableOut,
    SettleLettersIn,
    TableRowOut,
)
from crosscut.apps.readers.services import lists, settling, tables
from crosscut.channels.registry import mails_readers
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

router = Router(tags=["readers"])
_CSV: dict[str, Any] = {
    "responses": {200: {"description": "The list.", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}
_File = Annotated[UploadedFile, File(description="A CSV or XLSX file with a column “E-mail”, at most 20,000 rows.")]


@router.get("/accounts/{int:account_id}/readers", response=list[ReaderOut], summary="A newsletter's readers")
@paginate
def list_readers(request: ApiRequest, account_id: int, wanted: Query[ReaderFilter]) -> QuerySet[Reader]:
    """By address."""
    return queries.readers_of(queries.newsletter_for(request.auth, account_id), **wanted.model_dump())


@router.post("/accounts/{int:account_id}/readers", response={201: ReaderOut}, summary="Enter a reader")
def post_reader(request: ApiRequest, account_id: int, payload: ReaderIn) -> Status[Reader]:
    """Not one who has left: only they themselves come back."""
    return Status(201, lists.add_reader(request.auth, account_id, **payload.model_dump()))


@router.get(
    "/accounts/{int:account_id}/readers/table", url_name="readers_table", summary="The list as CSV", openapi_extra=_CSV
)
def get_readers_table(request: ApiRequest, account_id: int, wanted: Query[ReaderFilter]) -> StreamingHttpResponse:
    """A table that can be brought back."""
    return StreamingHttpResponse(lists.as_csv(request.auth, account_id, **wanted.model_dump()), content_type="text/csv")


@router.post("/readers/{int:reader_id}/take-out", response=ReaderOut, summary="Take a reader out")
def post_reader_take_out(request: ApiRequest, reader_id: int) -> Reader:
    """They get nothing more, also not by another table."""
    return lists.take_out(request.auth, reader_id)


@router.delete("/readers/{int:reader_id}", response={204: None}, summary="Forget a reader")
def delete_reader(request: ApiRequest, reader_id: int) -> Status[None]:
    """Address, name and history go for good. A hash stays, by which no table brings the address back."""
    lists.forget(request.auth, reader_id)
    return Status(204, None)


@router.post(
    "/accounts/{int:account_id}/reader-tables", response={201: ReaderTableOut}, summary="Bring a table of readers"
)
def post_reader_table(request: ApiRequest, account_id: int, file: _File, consent: Form[str]) -> Status[ReaderTable]:
    """It is read first: look at its rows, then confirm it."""
    upload = incoming.uploaded_files(request)[0]
    return Status(201, tables.begin(request.auth, account_id, upload, consent=consent))


@router.get("/reader-tables/{int:table_id}/rows", response=list[TableRowOut], summary="Its rows")
@paginate
def list_reader_table_rows(request: ApiRequest, table_id: int) -> list[tables.Row]:
    """In the file's order, each with what becomes of it."""
    return tables.judged(queries.table_for(request.auth, table_id))


@router.post("/reader-tables/{int:table_id}/confirm", response=ReaderTableOut, summary="Take it in")
def post_reader_table_confirm(request: ApiRequest, table_id: int) -> ReaderTable:
    """Adds the new ones; everybody else stays as they are."""
    return tables.confirm(request.auth, table_id)


@router.delete("/reader-tables/{int:table_id}", response={204: None}, summary="Forget a table")
def delete_reader_table(request: ApiRequest, table_id: int) -> Status[None]:
    """As long as it was not taken in."""
    tables.discard(request.auth, table_id)
    return Status(204, None)


@router.get("/posts/{int:post_id}/mailing", response=MailingOut, summary="How an issue's letters stand")
def get_mailing(request: ApiRequest, post_id: int) -> dict[str, Any]:
    """Counted, without addresses."""
    target = target_for(request.auth, post_id)
    if not mails_readers(target.account.channel):
        raise NotFound(phrase("This post mails nobody."))
    mailing = queries.mailing_of(target)
    if mailing is None:
        return {"state": "waits", "problem": "", "counts": {}, "begun_at": None, "ended_at": None}
    told = {"state": mailing.state, "problem": mailing.problem, "counts": queries.count_letters(mailing)}
    return {**told, "begun_at": mailing.begun_at, "ended_at": mailing.ended_at}


@router.get("/posts/{int:post_id}/letters", response=list[LetterOut], summary="An issue's letters")
@paginate
def list_letters(request: ApiRequest, post_id: int, state: LetterState | None = None) -> QuerySet[Letter]:
    """One for each reader."""
    return queries.letters_for(request.auth, post_id, state=state or "")


@router.post("/posts/{int:post_id}/letters/settle", response=MailingOut, summary="Settle unknown letters")
def post_letters_settle(request: ApiRequest, post_id: int, payload: SettleLettersIn) -> dict[str, Any]:
    """Say whether letters whose answer was lost have arrived."""
    act = settling.say_arrived if payload.arrived else settling.send_again
    act(request.auth, post_id, payload.letters)
    return get_mailing(request, post_id)
