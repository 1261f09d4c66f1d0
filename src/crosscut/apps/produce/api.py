"""Pieces for programs."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.library.queries import asset_for
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.brand_api import router as brand
from crosscut.apps.produce.guest_api import router as guests
from crosscut.apps.produce.kinds import kind_named
from crosscut.apps.produce.link_api import router as links
from crosscut.apps.produce.market_api import router as markets
from crosscut.apps.produce.models import Approval, Edition, Piece
from crosscut.apps.produce.schemas import (
    CountOut,
    DecisionIn,
    DecisionOut,
    FrozenOut,
    MediaIn,
    MediaOrder,
    OutletIn,
    OwnerIn,
    PieceChange,
    PieceDetail,
    PieceFilter,
    PieceIn,
    PieceOut,
    SplitIn,
    TextIn,
    ThreadIn,
    WishIn,
)
from crosscut.apps.produce.services import approve, restore, thread, write
from crosscut.apps.produce.services.assign import assign
from crosscut.apps.produce.services.freeze import freeze_for
from crosscut.apps.produce.services.from_file import apply_piece_text
from crosscut.apps.produce.services.markets import add_legal_lines
from crosscut.apps.produce.services.shorten import shorten_text
from crosscut.apps.produce.services.wish import wish_for
from crosscut.apps.produce.step_api import router as steps
from crosscut.apps.produce.translation_api import router as translations
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.piece_file import CampaignFile, PieceFile, schema
from crosscut.specs.text import Count, count

router = Router(tags=["pieces"])
router.add_router("", guests)
router.add_router("", steps)
router.add_router("", brand)
router.add_router("", links)
router.add_router("", translations)
router.add_router("", markets)
_YAML: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/yaml": {"schema": {"type": "string"}, "example": "crosscut: 1\ntitle: A leaf"}},
    }
}
_MAX_FILE_BYTES = 1_000_000  # a piece file is words; its media are in the library


@router.get("/pieces", response=list[PieceOut], summary="Pieces")
@paginate
def list_pieces(request: ApiRequest, wanted: Query[PieceFilter]) -> QuerySet[Piece]:
    """Those changed last first."""
    wish = queries.Wanted(
        text=wanted.search,
        stage=wanted.stage or "",
        campaign=wanted.campaign,
        owner=wanted.owner,
        channel=wanted.channel,
        is_archived=wanted.is_archived,
    )
    return queries.found(request.auth, wish)


@router.post("/pieces", response={201: PieceDetail}, summary="Start a piece")
def post_piece(request: ApiRequest, payload: PieceIn) -> Status[Piece]:
    """Everybody in the team."""
    return Status(
        201,
        queries.staged_piece_for(request.auth, write.create_piece(request.auth, **_words(request.auth, payload)).pk),
    )


@router.post(
    "/pieces/from-file", response=PieceDetail, summary="Apply a piece file", openapi_extra=_YAML, url_name="piece_file"
)
def post_piece_file(request: ApiRequest, name: str = "") -> Piece:
    """The body is the file, in YAML. Made the first time, brought up to date when it comes again under the same `name`.

    Media are found in the library by their file names, so upload them first. The schedule is not applied: posts are
    scheduled one by one.
    """
    piece = apply_piece_text(request.auth, _text_of(request), name=name[:200])
    return queries.staged_piece_for(request.auth, piece.pk)


@router.get("/pieces/{int:piece_id}", response=PieceDetail, summary="One piece")
def get_piece(request: ApiRequest, piece_id: int) -> Piece:
    """Archived or not."""
    return queries.staged_piece_for(request.auth, piece_id)


@router.patch("/pieces/{int:piece_id}", response=PieceDetail, summary="Change its shared words")
def patch_piece(request: ApiRequest, piece_id: int, payload: PieceChange) -> Piece:
    """Changes what is given."""
    piece = queries.piece_for(request.auth, piece_id)
    write.change_piece(request.auth, piece, revision=payload.revision, **_words(request.auth, payload))
    return queries.staged_piece_for(request.auth, piece_id)


@router.put("/pieces/{int:piece_id}/wish", response=PieceDetail, summary="Wish for a day")
def put_piece_wish(request: ApiRequest, piece_id: int, payload: WishIn) -> Piece:
    """Where it stands on the calendar until it is scheduled. Its words and its approval stay."""
    wish_for(request.auth, queries.piece_for(request.auth, piece_id), payload.at)
    return queries.staged_piece_for(request.auth, piece_id)


@router.put("/pieces/{int:piece_id}/owner", response=PieceDetail, summary="Give it to somebody")
def put_piece_owner(request: ApiRequest, piece_id: int, payload: OwnerIn) -> Piece:
    """To a member of the team. Its words and its posts stay."""
    piece = queries.piece_for(request.auth, piece_id)
    owner = members_for(request.auth).filter(pk=payload.owner).first()
    if owner is None:
        raise Invalid.at("owner", phrase("There is nobody of that number in this team."))
    assign(request.auth, piece, owner)
    return queries.staged_piece_for(request.auth, piece_id)


@router.post("/pieces/{int:piece_id}/copy", response={201: PieceDetail}, summary="Copy it")
def post_piece_copy(request: ApiRequest, piece_id: int) -> Status[Piece]:
    """Another piece with the same words, channels and media, and no approval."""
    made = write.copy_piece(request.auth, queries.piece_for(request.auth, piece_id))
    return Status(201, queries.staged_piece_for(request.auth, made.pk))


@router.post("/pieces/{int:piece_id}/archive", response=PieceDetail, summary="Put it away")
def post_piece_archive(request: ApiRequest, piece_id: int) -> Piece:
    """Nothing is lost. 409 while posts of it are under way."""
    write.archive_piece(request.auth, queries.piece_for(request.auth, piece_id))
    return queries.staged_piece_for(request.auth, piece_id)


@router.post("/pieces/{int:piece_id}/restore", response=PieceDetail, summary="Bring it back")
def post_piece_restore(request: ApiRequest, piece_id: int) -> Piece:
    """Out of the archive."""
    write.restore_piece(request.auth, queries.piece_for(request.auth, piece_id))
    return queries.staged_piece_for(request.auth, piece_id)


@router.put("/pieces/{int:piece_id}/channels/{channel}", response=PieceDetail, summary="Set what a channel shows")
def put_outlet(request: ApiRequest, piece_id: int, channel: str, payload: OutletIn) -> Piece:
    """Adds the channel where it is not there yet."""
    piece = queries.piece_for(request.auth, piece_id)
    write.set_outlet(request.auth, piece, channel_slug=channel, **payload.model_dump())
    return queries.staged_piece_for(request.auth, piece_id)


@router.post("/pieces/{int:piece_id}/channels/{channel}/shorten", response=PieceDetail, summary="Make the text fit")
def post_outlet_shorten(request: ApiRequest, piece_id: int, channel: str) -> Piece:
    """A text of its own there, cut where a reader would; 409 when it fits already. The longer one stays in history."""
    shorten_text(request.auth, queries.piece_for(request.auth, piece_id), channel)
    return queries.staged_piece_for(request.auth, piece_id)


@router.post("/pieces/{int:piece_id}/channels/{channel}/split", response=PieceDetail, summary="Split into a thread")
def post_outlet_split(request: ApiRequest, piece_id: int, channel: str, payload: SplitIn) -> Piece:
    """As few parts as hold the text, cut at paragraphs, sentences or words; 409 when it fits into one post."""
    piece = queries.piece_for(request.auth, piece_id)
    thread.split_text(request.auth, piece, channel, is_numbered=payload.is_numbered)
    return queries.staged_piece_for(request.auth, piece_id)


@router.put("/pieces/{int:piece_id}/channels/{channel}/thread", response=PieceDetail, summary="Set a thread's parts")
def put_thread(request: ApiRequest, piece_id: int, channel: str, payload: ThreadIn) -> Piece:
    """All parts in order, each with its words and files; files that none names go with the first."""
    piece = queries.piece_for(request.auth, piece_id)
    thread.set_thread(
        request.auth,
        piece,
        channel=channel,
        parts=[thread.Part(text=part.text, media=tuple(part.media)) for part in payload.parts],
        is_numbered=payload.is_numbered,
        revision=payload.revision,
    )
    return queries.staged_piece_for(request.auth, piece_id)


@router.post("/pieces/{int:piece_id}/channels/{channel}/legal-lines", response=PieceDetail, summary="Put its lines in")
def post_legal_lines(request: ApiRequest, piece_id: int, channel: str) -> Piece:
    """Legal lines of its market that the text lacks there, at the end; 409 when nothing is missing."""
    add_legal_lines(request.auth, queries.piece_for(request.auth, piece_id), channel)
    return queries.staged_piece_for(request.auth, piece_id)


@router.delete("/pieces/{int:piece_id}/channels/{channel}", response=PieceDetail, summary="Take a channel out")
def delete_outlet(request: ApiRequest, piece_id: int, channel: str) -> Piece:
    """What was scheduled already stays."""
    write.remove_outlet(request.auth, queries.piece_for(request.auth, piece_id), channel)
    return queries.staged_piece_for(request.auth, piece_id)


@router.put("/pieces/{int:piece_id}/media", response=PieceDetail, summary="Order the media")
def put_media_order(request: ApiRequest, piece_id: int, payload: MediaOrder) -> Piece:
    """All of them, in their new order."""
    write.order_media(request.auth, queries.piece_for(request.auth, piece_id), payload.asset_ids)
    return queries.staged_piece_for(request.auth, piece_id)


@router.put("/pieces/{int:piece_id}/media/{int:asset_id}", response=PieceDetail, summary="Put an asset in")
def put_media(request: ApiRequest, piece_id: int, asset_id: int, payload: MediaIn) -> Piece:
    """At the end, or changes how it is used."""
    piece = queries.piece_for(request.auth, piece_id)
    write.set_media(request.auth, piece, asset_for(request.auth, asset_id), **payload.model_dump())
    return queries.staged_piece_for(request.auth, piece_id)


@router.delete("/pieces/{int:piece_id}/media/{int:asset_id}", response=PieceDetail, summary="Take an asset out")
def delete_media(request: ApiRequest, piece_id: int, asset_id: int) -> Piece:
    """It stays in the library."""
    write.remove_media(request.auth, queries.piece_for(request.auth, piece_id), asset_id)
    return queries.staged_piece_for(request.auth, piece_id)


@router.get("/pieces/{int:piece_id}/versions", response=list[FrozenOut], summary="Its frozen states")
@paginate
def list_versions(request: ApiRequest, piece_id: int) -> QuerySet[Edition]:
    """Newest first."""
    return queries.editions_of(queries.piece_for(request.auth, piece_id))


@router.post("/pieces/{int:piece_id}/versions", response=FrozenOut, summary="Freeze it as it is")
def post_version(request: ApiRequest, piece_id: int) -> Edition:
    """The same content always gives the same version."""
    return freeze_for(request.auth, queries.piece_for(request.auth, piece_id))


@router.post("/pieces/{int:piece_id}/versions/{digest}/restore", response=PieceDetail, summary="Bring a state back")
def post_version_restore(request: ApiRequest, piece_id: int, digest: str) -> Piece:
    """What stands there now is kept first."""
    edition = queries.edition_for(request.auth, piece_id, digest)
    restore.bring_back(request.auth, queries.piece_for(request.auth, piece_id), edition)
    return queries.staged_piece_for(request.auth, piece_id)


@router.get("/pieces/{int:piece_id}/decisions", response=list[DecisionOut], summary="What was said about it")
@paginate
def list_decisions(request: ApiRequest, piece_id: int) -> QuerySet[Approval]:
    """Newest first."""
    return queries.approvals_of(queries.piece_for(request.auth, piece_id))


@router.post("/pieces/{int:piece_id}/decisions", response={201: DecisionOut}, summary="Ask, approve, want changes")
def post_decision(request: ApiRequest, piece_id: int, payload: DecisionIn) -> Status[Approval]:
    """Everybody may ask; seniors say the rest, about exactly what `digest` names. 409 when it is not that any more."""
    piece = queries.piece_for(request.auth, piece_id)
    word = approve.say(request.auth, piece, payload.decision, digest=payload.digest, note=payload.note)
    return Status(201, word)


@router.post("/text/count/{channel}/{post_type}", response=CountOut, summary="Count a text as a channel does")
def post_count(request: ApiRequest, channel: str, post_type: str, payload: TextIn) -> Count:
    """Graphemes, bytes or weighted characters, whatever the place counts."""
    known = kind_named(channel, post_type)
    return count(payload.text, known.platform, known.slug, warning=payload.warning)


@router.get("/schemas/piece-file", response=dict[str, Any], auth=None, summary="The format of piece files")
def get_piece_schema(request: HttpRequest) -> dict[str, Any]:
    """JSON Schema 2020-12, for editors."""
    return schema(PieceFile)


@router.get("/schemas/campaign-file", response=dict[str, Any], auth=None, summary="The format of campaign files")
def get_campaign_schema(request: HttpRequest) -> dict[str, Any]:
    """JSON Schema 2020-12, for editors."""
    return schema(CampaignFile)


def _words(by: Member, payload: PieceIn | PieceChange) -> dict[str, Any]:
    words = payload.model_dump(exclude_unset=True, exclude={"revision"})
    if words.get("campaign") is not None:
        words["campaign"] = campaign_for(by, words["campaign"])
    return {name: value for name, value in words.items() if value is not None or name == "campaign"}


def _text_of(request: HttpRequest) -> str:
    if len(request.body) > _MAX_FILE_BYTES:
        raise Invalid.at("body", phrase("A piece file has at most 1 MB. Its media belong into the library."))
    try:
        return request.body.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid.at("body", phrase("The file is not UTF-8 text. Save it as UTF-8 and send it again.")) from None
