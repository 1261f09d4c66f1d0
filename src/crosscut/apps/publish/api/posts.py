"""Posts, proofs and holds for programs."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.queries import account_for
from crosscut.apps.library import storage
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce.queries import piece_for
from crosscut.apps.publish import queries, sheets
from crosscut.apps.publish.models import Attempt, Copy, Forecast, Hold, Proof, Replacement, Takedown, Target
from crosscut.apps.publish.schemas.posts import (
    AccountIn,
    AttemptOut,
    ByHandIn,
    CopyOut,
    ForecastOut,
    GiveBackIn,
    HoldIn,
    HoldOut,
    KeepOneIn,
    LanguagePostOut,
    MovesIn,
    PostFilter,
    PostIn,
    PostOut,
    ProofOut,
    ReasonIn,
    ReplaceIn,
    ReplacementOut,
    ReplacementUndone,
    SettleIn,
    StandingOut,
    TakedownOut,
    TakenDownIn,
    TimeIn,
    TodoOut,
    TogetherIn,
    TouchedOut,
)
from crosscut.apps.publish.services import by_hand, changing_rest, going_on, recall, replacing, schedule, takedowns
from crosscut.apps.publish.services import hold as holds
from crosscut.apps.publish.services.allowance import last_proof, left_of
from crosscut.apps.publish.services.keep_one import keep_one
from crosscut.apps.publish.services.look import look_again
from crosscut.apps.publish.services.next_slot import schedule_next
from crosscut.apps.publish.services.plan_languages import plan_languages
from crosscut.apps.publish.services.plan_posts import Outcome, When
from crosscut.apps.publish.services.readdress import plan_again, readdress
from crosscut.apps.publish.services.repeat import repeat
from crosscut.apps.publish.services.settle import settle_by_hand
from crosscut.apps.publish.services.together import Move, reschedule_together
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import check_zone, resolve

router = Router(tags=["posts"])


@router.get("/accounts/{int:account_id}/standing", response=StandingOut, summary="How an account stands")
def get_account_standing(request: ApiRequest, account_id: int) -> dict[str, Any]:
    """The allowance used, and the last post that the public was seen to get as it was sent."""
    account = account_for(request.auth, account_id)
    return {"allowance": left_of(account), "last_proof": last_proof(account)}


@router.get("/posts", response=list[PostOut], summary="Posts")
@paginate
def list_posts(request: ApiRequest, wanted: Query[PostFilter]) -> QuerySet[Target]:
    """The latest due first."""
    rows = queries.wanted_targets(request.auth, wanted.wanted())
    return rows.select_related("edition", "series_date").defer("edition__content")


@router.post("/posts", response={201: PostOut}, summary="Schedule or publish a piece")
def post_post(request: ApiRequest, payload: PostIn) -> Status[Target]:
    """Of the piece as it is now. Whose work needs approval must have it approved in this very state."""
    zone = payload.zone or request.auth.workspace.time_zone
    piece, account = piece_for(request.auth, payload.piece), account_for(request.auth, payload.account)
    if payload.when:
        after = resolve(payload.at, zone) if payload.at else None
        made = schedule_next(request.auth, piece, account, after=after, occurrence=payload.occurrence)
        return Status(201, _again(request, made))
    now = timezone.now().astimezone(ZoneInfo(check_zone(zone))).replace(tzinfo=None, microsecond=0)
    made = schedule.schedule(
        request.auth, piece, account, wall_time=payload.at or now, zone=zone, occurrence=payload.occurrence
    )
    return Status(201, _again(request, made))


@router.post(
    "/pieces/{int:piece_id}/languages/schedule", response=list[LanguagePostOut], summary="Schedule its languages"
)
def post_languages(request: ApiRequest, piece_id: int, payload: TogetherIn) -> list[Outcome]:
    """On the accounts that their markets name, at the same hour of each market's clocks or at one moment; what stands
    against one does not stop the others."""
    zone = payload.zone or request.auth.workspace.time_zone
    piece, when = piece_for(request.auth, piece_id), When(wall_time=payload.at, zone=check_zone(zone))
    return plan_languages(request.auth, piece, when, payload.together)


@router.get("/posts/{int:post_id}", response=PostOut, summary="One post")
def get_post(request: ApiRequest, post_id: int) -> Target:
    """With its state as it is now."""
    return queries.target_for(request.auth, post_id)


@router.post("/posts/{int:post_id}/reschedule", response=PostOut, summary="Move it to another time")
def post_reschedule(request: ApiRequest, post_id: int, payload: TimeIn) -> Target:
    """Only what has not gone out. It is checked again for the new time."""
    target = queries.target_for(request.auth, post_id)
    return _again(
        request,
        schedule.reschedule(request.auth, target, wall_time=payload.at, zone=payload.zone or target.zone),
    )


@router.post("/posts/move-together", response=list[PostOut], summary="Move several posts")
def post_move_together(request: ApiRequest, payload: MovesIn) -> list[Target]:
    """All of them or none; what stands against each is named."""
    targets = [queries.target_for(request.auth, move.post) for move in payload.moves]
    moves = [
        Move(target=target, wall_time=move.at, zone=move.zone or target.zone)
        for target, move in zip(targets, payload.moves, strict=True)
    ]
    return [_again(request, moved) for moved in reschedule_together(request.auth, moves)]


@router.post("/posts/{int:post_id}/repeat", response={201: PostOut}, summary="The same piece once more")
def post_repeat(request: ApiRequest, post_id: int, payload: TimeIn) -> Status[Target]:
    """On the same account, as the piece is now, at another time."""
    target = queries.target_for(request.auth, post_id)
    return Status(
        201, _again(request, repeat(request.auth, target, wall_time=payload.at, zone=payload.zone or target.zone))
    )


@router.post("/posts/{int:post_id}/publish-now", response=PostOut, summary="Send it now")
def post_publish_now(request: ApiRequest, post_id: int) -> Target:
    """Instead of when it was planned."""
    target = queries.target_for(request.auth, post_id)
    now = timezone.now().replace(tzinfo=None, microsecond=0)
    return _again(request, schedule.reschedule(request.auth, target, wall_time=now, zone="UTC"))


@router.post("/posts/{int:post_id}/cancel", response=PostOut, summary="Take it off the calendar")
def post_cancel(request: ApiRequest, post_id: int) -> Target:
    """Only what has not gone out. The piece stays."""
    return _again(request, schedule.cancel(request.auth, queries.target_for(request.auth, post_id)))


@router.post("/posts/{int:post_id}/plan-again", response={201: PostOut}, summary="Put a cancelled one back")
def post_plan_again(request: ApiRequest, post_id: int) -> Status[Target]:
    """Another post of the same state of the piece, on its account at its time; 422 when that has passed."""
    target = queries.target_for(request.auth, post_id)
    return Status(201, _again(request, plan_again(request.auth, target)))


@router.post("/posts/{int:post_id}/readdress", response={201: PostOut}, summary="Plan it on another account")
def post_readdress(request: ApiRequest, post_id: int, payload: AccountIn) -> Status[Target]:
    """Another post of the same state of the piece at the same time; this one is cancelled, if nothing is out."""
    target, account = queries.target_for(request.auth, post_id), account_for(request.auth, payload.account)
    return Status(201, _again(request, readdress(request.auth, target, account)))


@router.post("/posts/{int:post_id}/recall", response=PostOut, summary="Take it down")
def post_recall(request: ApiRequest, post_id: int, payload: ReasonIn) -> Target:
    """A senior, or whoever scheduled it. It is gone when reading the channel shows so."""
    target = queries.target_for(request.auth, post_id)
    return _again(request, recall.ask_recall(request.auth, target, reason=payload.reason))


@router.post("/posts/{int:post_id}/change-the-rest", response=PostOut, summary="Change the rest of a stopped thread")
def post_change_the_rest(request: ApiRequest, post_id: int) -> Target:
    """It goes on with what its piece says now; the parts that are out must stand in the piece unchanged."""
    return _again(request, changing_rest.change_the_rest(request.auth, queries.target_for(request.auth, post_id)))


@router.post("/posts/{int:post_id}/leave-out-comment", response=PostOut, summary="Leave out a first comment")
def post_leave_out_comment(request: ApiRequest, post_id: int) -> Target:
    """A post whose first comment could not be written stays as it is, and is read back without it."""
    return _again(request, going_on.leave_out_comment(request.auth, queries.target_for(request.auth, post_id)))


@router.post("/posts/{int:post_id}/send-the-rest", response=PostOut, summary="Let a stopped thread go on")
def post_send_the_rest(request: ApiRequest, post_id: int) -> Target:
    """Its next part goes out at once, as an answer to the last one that is there; 409 when nothing waits for a word."""
    return _again(request, going_on.send_the_rest(request.auth, queries.target_for(request.auth, post_id)))


@router.post("/posts/{int:post_id}/settle", response=PostOut, summary="Say what became of it")
def post_settle(request: ApiRequest, post_id: int, payload: SettleIn) -> Target:
    """Seniors, for a post that is unknown. One that is not there is sent again."""
    if payload.is_there and not payload.url:
        raise Invalid.at("url", phrase("Give the address of the post that you found."))
    target = queries.target_for(request.auth, post_id)
    return _again(request, settle_by_hand(request.auth, target, **payload.model_dump()))


@router.get("/posts/{int:post_id}/copies", response=list[CopyOut], summary="Second posts that were found")
@paginate
def list_copies(request: ApiRequest, post_id: int) -> QuerySet[Copy]:
    """The oldest first, also those that are gone."""
    return queries.target_for(request.auth, post_id).copies.order_by("id")


@router.post("/posts/{int:post_id}/keep-one", response=PostOut, summary="Say which post is ours")
def post_keep_one(request: ApiRequest, post_id: int, payload: KeepOneIn) -> Target:
    """Seniors, for a post that may be out twice. It turns green when the others are gone and the one kept is proven."""
    target = queries.target_for(request.auth, post_id)
    return _again(request, keep_one(request.auth, target, **payload.model_dump()))


@router.post("/posts/{int:post_id}/look", response=PostOut, summary="Read the channel now")
def post_look(request: ApiRequest, post_id: int) -> Target:
    """Instead of at the next regular time."""
    return _again(request, look_again(request.auth, queries.target_for(request.auth, post_id)))


@router.get("/posts/{int:post_id}/forecast", response=ForecastOut, summary="What will become of it")
def get_forecast(request: ApiRequest, post_id: int) -> Forecast:
    """As it was last judged: every night, and after each change of a licence, a login, a limit or an allowance."""
    return queries.forecast_for(request.auth, post_id)


@router.get("/forecasts", response=list[ForecastOut], summary="What would not go out")
@paginate
def list_forecasts(request: ApiRequest) -> QuerySet[Forecast]:
    """The planned posts that something stands against, the soonest first."""
    return queries.failing_forecasts(request.auth)


@router.get("/posts/{int:post_id}/attempts", response=list[AttemptOut], summary="Every try to send it")
@paginate
def list_attempts(request: ApiRequest, post_id: int) -> QuerySet[Attempt]:
    """In their order, each with the channel's answer: the receipt."""
    return queries.target_for(request.auth, post_id).attempts.order_by("number")


@router.get("/posts/{int:post_id}/proofs", response=list[ProofOut], summary="What the public saw")
@paginate
def list_proofs(request: ApiRequest, post_id: int) -> QuerySet[Proof]:
    """The newest first, each compared with what was sent."""
    return queries.target_for(request.auth, post_id).proofs.order_by("-at", "-id")


@router.get("/by-hand", response=list[PostOut], tags=["by hand"], summary="What waits for a person to post it")
@paginate
def list_by_hand(request: ApiRequest) -> QuerySet[Target]:
    """The first due first: what nobody has taken, and what somebody took without saying what became of it."""
    return queries.by_hand_for(request.auth).select_related("edition", "series_date").defer("edition__content")


@router.get("/posts/{int:post_id}/by-hand", response=TodoOut, tags=["by hand"], summary="What a person needs for it")
def get_by_hand(request: ApiRequest, post_id: int) -> sheets.Work:
    """Fields, files, steps, and who has it."""
    return sheets.work_of(queries.target_for(request.auth, post_id))


@router.get("/posts/{int:post_id}/by-hand/files/{int:number}", tags=["by hand"], summary="One of its files")
def get_by_hand_file(request: ApiRequest, post_id: int, number: int) -> FileResponse:
    """By its place in the post, from 1 on."""
    one = sheets.file_of(queries.target_for(request.auth, post_id), number)
    return FileResponse(storage.open_stored(one.sha256), filename=one.name, content_type=one.media_type)


@router.post("/posts/{int:post_id}/by-hand/take", response=PostOut, tags=["by hand"], summary="Take it, to post it")
def post_by_hand_take(request: ApiRequest, post_id: int) -> Target:
    """Nobody else can have it from then on."""
    return _again(request, by_hand.take(request.auth, queries.target_for(request.auth, post_id)))


@router.post("/posts/{int:post_id}/by-hand/confirm", response=PostOut, tags=["by hand"], summary="It is posted")
def post_by_hand_confirm(request: ApiRequest, post_id: int, payload: ByHandIn) -> Target:
    """At this address, or by your word where it can have none. A second address is kept and refused."""
    target = queries.target_for(request.auth, post_id)
    return _again(request, by_hand.confirm(request.auth, target, **payload.model_dump()))


@router.post("/posts/{int:post_id}/by-hand/give-back", response=PostOut, tags=["by hand"], summary="It was not posted")
def post_by_hand_give_back(request: ApiRequest, post_id: int, payload: GiveBackIn) -> Target:
    """It waits for a person again."""
    target = queries.target_for(request.auth, post_id)
    return _again(request, by_hand.give_back(request.auth, target, note=payload.note))


@router.get("/takedowns", response=list[TakedownOut], tags=["rights"], summary="To take down by hand")
@paginate
def list_takedowns(request: ApiRequest) -> QuerySet[Takedown]:
    """What has lost its rights, or loses them soon, and Crosscut cannot take down itself; the most urgent first."""
    return queries.takedowns_for(request.auth)


@router.post("/takedowns/{int:takedown_id}/close", response=TakedownOut, tags=["rights"], summary="It is gone")
def post_takedown_close(request: ApiRequest, takedown_id: int, payload: TakenDownIn) -> Takedown:
    """A person's word that it was taken down."""
    return takedowns.close_takedown(request.auth, takedown_id, note=payload.note)


@router.get("/holds", response=list[HoldOut], tags=["holds"], summary="Holds in force")
@paginate
def list_holds(request: ApiRequest) -> QuerySet[Hold]:
    """The newest first."""
    return queries.holds_for(request.auth)


@router.post("/holds", response={201: HoldOut}, tags=["holds"], summary="Stop what has not gone out")
def post_hold(request: ApiRequest, payload: HoldIn) -> Status[Hold]:
    """Seniors and above. It takes effect at once."""
    campaign = campaign_for(request.auth, payload.campaign) if payload.campaign else None
    made = holds.place_hold(
        request.auth, reason=payload.reason, scope=payload.scope, campaign=campaign, value=payload.value
    )
    made.refresh_from_db()
    return Status(201, made)


@router.post("/holds/{int:hold_id}/lift", response=HoldOut, tags=["holds"], summary="Let things go out again")
def post_hold_lift(request: ApiRequest, hold_id: int) -> Hold:
    """One by one, not in a heap."""
    return holds.lift_hold(request.auth, hold_id)


def _again(request: ApiRequest, target: Target) -> Target:
    """The post as it is stored now, with everything the answer says."""
    return queries.target_for(request.auth, target.pk)


@router.get("/library/assets/{int:asset_id}/replacement", response=TouchedOut, summary="What replacing would touch")
def get_replacement(request: ApiRequest, asset_id: int, asked: Query[ReplaceIn]) -> replacing.Touched:
    """Every piece and post, and what it does to approvals; nothing is changed."""
    return replacing.touched_by(request.auth, asset_id, asked.new)[2]


@router.post(
    "/library/assets/{int:asset_id}/replacement", response={201: ReplacementOut}, summary="Replace it everywhere"
)
def post_replacement(request: ApiRequest, asset_id: int, payload: ReplaceIn) -> Status[Replacement]:
    """In drafts and planned posts, as one step that can be undone. What was approved must be approved again."""
    return Status(201, replacing.replace_everywhere(request.auth, asset_id, payload.new))


@router.post(
    "/library/replacements/{int:replacement_id}/undo", response=ReplacementUndone, summary="Undo a replacement"
)
def post_undo(request: ApiRequest, replacement_id: int) -> dict[str, object]:
    """As far as nobody changed it since."""
    row, left = replacing.undo_replacement(request.auth, replacement_id)
    return {"replacement": row, "left": left}
