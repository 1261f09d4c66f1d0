"""Languages of pieces, files for translators, and the translation memory, for programs."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation
from ninja import Query, Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.produce import memory, queries
from crosscut.apps.produce.languages import language_for, languages
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.services import remember, returned, translate
from crosscut.apps.produce.tmx import MEDIA_TYPE as TMX
from crosscut.apps.produce.tmx import as_tmx
from crosscut.apps.produce.translating import Language
from crosscut.apps.produce.translation_schemas import (
    BroughtInOut,
    LanguageIn,
    LanguageOut,
    MatchOut,
    ReturnedKeys,
    ReturnedOut,
    SegmentOut,
    TranslationIn,
    TranslationOut,
)
from crosscut.apps.produce.xliff import MEDIA_TYPE, as_xliff

router = Router(tags=["translations"])


def _content(kind: str) -> dict[str, Any]:
    return {kind: {"schema": {"type": "string", "format": "binary"}}}


def _file(kind: str) -> dict[str, Any]:
    return {"responses": {200: {"description": "The file.", "content": _content(kind)}}}


def _body(kind: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": _content(kind)}}


@router.get("/pieces/{int:piece_id}/languages", response=list[LanguageOut], summary="Its languages")
def list_languages(request: ApiRequest, piece_id: int) -> list[Language]:
    """Those the piece was given beside its own."""
    return languages(queries.piece_for(request.auth, piece_id))


@router.post("/pieces/{int:piece_id}/languages", response={201: TranslationOut}, summary="Add a language")
def post_language(request: ApiRequest, piece_id: int, payload: LanguageIn) -> Status[Language]:
    """A piece of its own with the same channels and media, whose words are still to come. 409 when there is one."""
    made = translate.add_language(request.auth, queries.piece_for(request.auth, piece_id), payload.language)
    return Status(201, language_for(request.auth, made.pk))


@router.get("/pieces/{int:piece_id}/translation", response=TranslationOut, summary="As a translation")
def get_translation(request: ApiRequest, piece_id: int) -> Language:
    """The piece beside its source, passage by passage. 404 for one that is its own source."""
    return language_for(request.auth, piece_id)


@router.patch("/pieces/{int:piece_id}/translation", response=TranslationOut, summary="Translate")
def patch_translation(request: ApiRequest, piece_id: int, payload: TranslationIn) -> Language:
    """Writes passages, says that they are done, or both; 409 when somebody saved since, or the source was changed."""
    piece = queries.piece_for(request.auth, piece_id)
    words = {one.key: one.target for one in payload.words if one.target is not None}
    done = {one.key: one.done for one in payload.words if one.done}
    return translate.translate_passages(request.auth, piece, words, done=done, revision=payload.revision)


@router.post("/pieces/{int:piece_id}/translation/follow", response=TranslationOut, summary="Take over what is new")
def post_follow(request: ApiRequest, piece_id: int) -> Language:
    """Channels and media that the source has and the translation has not."""
    translate.follow_source(request.auth, queries.piece_for(request.auth, piece_id))
    return language_for(request.auth, piece_id)


@router.post("/pieces/{int:piece_id}/translation/review", response=TranslationOut, summary="Say that you read it")
def post_review(request: ApiRequest, piece_id: int) -> Language:
    """By somebody else than who translated it; it holds for exactly these words."""
    return translate.review(request.auth, queries.piece_for(request.auth, piece_id))


@router.get("/pieces/{int:piece_id}/translation/xliff", summary="As XLIFF", openapi_extra=_file(MEDIA_TYPE))
def get_xliff(request: ApiRequest, piece_id: int, version: str = "2.1") -> HttpResponse:
    """For translators' tools, with what is translated already: version 2.1 or 1.2."""
    found = language_for(request.auth, piece_id)
    return HttpResponse(as_xliff(found, version), content_type=MEDIA_TYPE)


@router.post(
    "/pieces/{int:piece_id}/translation/xliff/look",
    response=list[ReturnedOut],
    summary="Look at a translated file",
    openapi_extra=_body(MEDIA_TYPE),
)
def post_xliff_look(request: ApiRequest, piece_id: int) -> list[returned.Row]:
    """The body is the XLIFF. What it would change, passage by passage; nothing is kept."""
    rows = returned.look(request.auth, queries.piece_for(request.auth, piece_id), request.body)
    return [row.said_in(translation) for row in rows]


@router.post(
    "/pieces/{int:piece_id}/translation/xliff",
    response=TranslationOut,
    summary="Take a translated file",
    openapi_extra=_body(MEDIA_TYPE),
)
def post_xliff(request: ApiRequest, piece_id: int, wanted: Query[ReturnedKeys]) -> Language:
    """The body is the XLIFF. Takes the passages that `keys` name, else all that are clean; all of them or nothing."""
    piece = queries.piece_for(request.auth, piece_id)
    return returned.take(request.auth, piece, request.body, wanted.keys or None)


@router.get("/pieces/{int:piece_id}/translation/matches", response=list[MatchOut], summary="What was said before")
def list_matches(request: ApiRequest, piece_id: int, text: str) -> list[memory.Match]:
    """What the translation memory has for a paragraph, the most alike first."""
    found = language_for(request.auth, piece_id)
    return memory.matches_for(request.auth, text, languages=(found.source.piece.language, found.piece.language))


@router.get("/translation-memory", response=list[SegmentOut], summary="The translation memory")
@paginate
def list_segments(request: ApiRequest, text: str = "", language: str = "") -> QuerySet[Segment]:
    """Paragraphs in two languages, the latest first."""
    return memory.segments_for(request.auth, text=text[:200], language=language[:12])


@router.get("/translation-memory.tmx", summary="All of it as TMX", openapi_extra=_file(TMX))
def get_memory(request: ApiRequest, language: str = "") -> StreamingHttpResponse:
    """TMX 1.4b, for translators' tools."""
    rows = memory.exported(request.auth, language=language[:12])
    return StreamingHttpResponse(as_tmx(rows), content_type=TMX)


@router.post(
    "/translation-memory.tmx",
    response=BroughtInOut,
    summary="Bring a memory in",
    openapi_extra=_body(TMX),
)
def post_memory(request: ApiRequest) -> remember.BroughtIn:
    """The body is the TMX. What is known already stays as it is."""
    return remember.bring_in(request.auth, request.body)


@router.delete("/translation-memory/{int:segment_id}", response={204: None}, summary="Forget a segment")
def delete_segment(request: ApiRequest, segment_id: int) -> Status[None]:
    """It is not offered any more; pieces keep their words."""
    remember.forget(request.auth, segment_id)
    return Status(204, None)
