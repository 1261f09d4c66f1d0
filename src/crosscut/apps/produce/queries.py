"""Pieces and editions, as far as the asker may see them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import can, roles_that_may
from crosscut.apps.library.models import Rendition
from crosscut.apps.produce.approving import Progress, StepsLeft, is_asked_in, makers_of, next_of, progress_of
from crosscut.apps.produce.models import (
    Approval,
    ApprovalStep,
    Edition,
    LinkCheck,
    LinkDefault,
    LinkRules,
    Outlet,
    Piece,
    PieceMedia,
    ShortLink,
)
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

WINDOW = 40  # pieces on a screen and a bit
# Posts are downstream of pieces: they are reached by the relation their table has to ours, and by the words it uses.
_UNDER_WAY = ("scheduled", "staging", "handed", "blocked", "sending", "partly", "unknown", "recalling")
_GOING = Q(targets__state__in=["scheduled", "staging", "sending", "partly"])
_STUCK = Q(targets__state__in=["unknown", "blocked", "refused"]) | Q(
    targets__state="partly", targets__needs_person=True
)
_HOLDS = Q(  # the same as services.approve.holds
    role__in=roles_that_may("approve"),
    member__role__in=roles_that_may("approve"),
    member__left_at=None,
    member__user__is_active=True,
)
_PLANNED = _GOING | _STUCK | Q(targets__state__in=["sent", "proven"])  # stages that are no draft's, see `with_stage`
_NOT_AS_SENT = Q(targets__state="sent", targets__problem__gt="")


class Stage(StrEnum):
    """Where a piece stands on its way, the first that is true of it."""

    TROUBLE = "trouble"  # a post of it is blocked, refused, unknown, or not as it was sent
    SCHEDULED = "scheduled"  # a post of it waits for its time or is being sent
    LIVE = "live"  # the public has it
    NEEDS_APPROVAL = "needs-approval"
    APPROVED = "approved"  # as it is now
    DRAFT = "draft"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a piece is on its way, and the last word about it."""

    stage: Stage
    decision: str  # of Approval.Decision; empty when nobody said anything
    digest: str  # of the state the word is about


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which pieces somebody looks for."""

    text: str = ""  # in the title or the words
    stage: str = ""  # one of Stage
    campaign: int | None = None
    owner: int | None = None  # a member's id
    channel: str = ""  # a slug
    is_archived: bool = False


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some pieces, and where the next begin."""

    pieces: list[Piece]
    next_cursor: str  # empty at the end


def pieces_for(member: Member, *, is_archived: bool = False) -> QuerySet[Piece]:
    """The workspace's pieces that are archived or not, last changed first; none for guests."""
    rows = Piece.objects.filter(workspace=member.workspace_id, archived_at__isnull=not is_archived)
    rows = rows.select_related("campaign", "owner__user")
    return rows.none() if member.role == Role.GUEST else rows.order_by("-updated_at", "-id")


def found(member: Member, wanted: Wanted) -> QuerySet[Piece]:
    """The pieces somebody looks for, last changed first."""
    rows = pieces_for(member, is_archived=wanted.is_archived)
    exact = {"campaign": wanted.campaign, "owner": wanted.owner}
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.text:
        rows = rows.filter(Q(title__icontains=wanted.text) | Q(text__icontains=wanted.text))
    if wanted.channel:
        rows = rows.filter(Exists(Outlet.objects.filter(piece=OuterRef("pk"), channel=wanted.channel)))
    return with_stage(rows).filter(**({"stage": wanted.stage} if wanted.stage else {}))


def window(member: Member, wanted: Wanted, *, cursor: str = "") -> Window:
    """The pieces after the cursor with all that a row of the list shows, in a fixed number of queries."""
    rows = with_row_parts(found(member, wanted))
    if place := _place(cursor):
        changed_at, pk = place
        rows = rows.filter(Q(updated_at__lt=changed_at) | Q(updated_at=changed_at, pk__lt=pk))
    pieces = list(rows[: WINDOW + 1])
    last = pieces[WINDOW - 1] if len(pieces) > WINDOW else None
    return Window(pieces=pieces[:WINDOW], next_cursor=f"{last.updated_at.isoformat()}_{last.pk}" if last else "")


def with_stage(rows: QuerySet[Piece]) -> QuerySet[Piece]:
    """The pieces with their `stage`, and the last word about them: `decision`, `decided_at`, `decided_digest`,
    and `decision_holds`: whether who said it may still say it. Where the campaign has steps, its steps tell that.

    An approval counts here until a later save. What changes in an asset (its alt text, a newer file) is not seen by
    this; whoever shows a piece compares `decided_digest`.
    """
    words = Approval.objects.filter(edition__piece=OuterRef("pk")).order_by("-id")
    rows = rows.annotate(
        decision=Subquery(words.values("decision")[:1]),
        decided_at=Subquery(words.values("at")[:1]),
        decided_digest=Subquery(words.values("edition__digest")[:1]),
        decided_edition=Subquery(words.values("edition")[:1]),
        has_steps=Exists(ApprovalStep.objects.filter(campaign=OuterRef("campaign"))),
    ).annotate(
        has_steps_left=StepsLeft("campaign", "decided_edition"),
        decision_holds=Case(
            When(has_steps=True, then=Value(True)),
            default=Subquery(words.values(holds=ExpressionWrapper(_HOLDS, output_field=BooleanField()))[:1]),
        ),
    )
    said_yes = Q(decision=Approval.Decision.APPROVED, updated_at__lte=F("decided_at"))
    approved = said_yes & Q(decision_holds=True, has_steps_left=False)
    between_steps = said_yes & Q(has_steps=True)
    return rows.annotate(
        stage=Case(
            When(_has_posts(_STUCK | _NOT_AS_SENT), then=Value(Stage.TROUBLE.value)),
            When(_has_posts(_GOING), then=Value(Stage.SCHEDULED.value)),
            When(_has_posts(Q(targets__state__in=["sent", "proven"])), then=Value(Stage.LIVE.value)),
            When(decision=Approval.Decision.REQUESTED, then=Value(Stage.NEEDS_APPROVAL.value)),
            When(approved, then=Value(Stage.APPROVED.value)),
            When(between_steps, then=Value(Stage.NEEDS_APPROVAL.value)),
            default=Value(Stage.DRAFT.value),
            output_field=CharField(),
        )
    )


def with_row_parts(rows: QuerySet[Piece]) -> QuerySet[Piece]:
    """The pieces with what a row of the list shows: `thumbnail` (a rendition's id), `next_at`, their channels, and
    the source of a translation: `translates`."""
    pictures = Rendition.objects.filter(
        purpose="thumbnail", version__asset__uses__piece=OuterRef("pk"), version=F("version__asset__current")
    )
    waiting = Piece.objects.filter(pk=OuterRef("pk"), targets__state="scheduled").order_by().values("pk")
    return rows.prefetch_related("outlets").annotate(
        thumbnail=Subquery(pictures.order_by("version__asset__uses__position", "-id").values("pk")[:1]),
        next_at=Subquery(waiting.annotate(first_at=Min("targets__due_at")).values("first_at")[:1]),
        translates=F("translation__source"),
    )


_UNPLANNED = {"stage__in": (Stage.DRAFT, Stage.NEEDS_APPROVAL, Stage.APPROVED)}  # of `with_stage`


def wishes_between(member: Member, start: datetime, end: datetime, wanted: Wanted) -> list[tuple[int, datetime]]:
    """The ids of the pieces without a post that somebody would like out in [start, end), and when, in time order."""
    rows = found(member, wanted).filter(wished_at__gte=start, wished_at__lt=end).exclude(_has_posts(_PLANNED))
    return [(pk, at) for pk, at in rows.order_by("wished_at", "id").values_list("pk", "wished_at") if at]


def wished_among(member: Member, piece_ids: Collection[int]) -> QuerySet[Piece]:
    """Those of the pieces that somebody gave a day, in time order, with their `stage`."""
    return among(member, piece_ids).exclude(wished_at=None).order_by("wished_at", "id")


def on_their_way(member: Member, wanted: Wanted) -> QuerySet[Piece]:
    """The pieces somebody looks for that are not out yet, or not all of them, last changed first."""
    under_way = _has_posts(Q(targets__state__in=_UNDER_WAY))
    return found(member, wanted).filter(under_way | ~_has_posts(Q(targets__state__in=["sent", "proven"])))


def among(member: Member, piece_ids: Collection[int]) -> QuerySet[Piece]:
    """Those pieces of the workspace, last changed first, with all that a row of the list shows."""
    return with_row_parts(with_stage(pieces_for(member).filter(pk__in=piece_ids)))


def without_a_post(member: Member, wanted: Wanted) -> QuerySet[Piece]:
    """The pieces somebody looks for that have no post, last changed first, with their `stage`."""
    return with_row_parts(found(member, wanted).filter(**_UNPLANNED))


def without_a_day(member: Member) -> QuerySet[Piece]:
    """The pieces without a post that nobody has given a day, last changed first, with their `stage`."""
    return with_row_parts(found(member, Wanted()).filter(wished_at=None).filter(**_UNPLANNED))


def standing_of(piece: Piece) -> Standing:
    """Where the piece stands. `piece` comes from `piece_for`."""
    row = vars(with_stage(Piece.objects.filter(pk=piece.pk)).get())
    return Standing(stage=Stage(row["stage"]), decision=row["decision"] or "", digest=row["decided_digest"] or "")


def piece_for(member: Member, piece_id: int) -> Piece:
    """One piece, archived or not. Raises NotFound."""
    rows = Piece.objects.filter(workspace=member.workspace_id, pk=piece_id)
    rows = rows.select_related("workspace", "campaign", "owner__user")
    piece = None if member.role == Role.GUEST else rows.first()
    if piece is None:
        raise NotFound(phrase("There is no such piece in this workspace."))
    return piece


def staged_piece_for(member: Member, piece_id: int) -> Piece:
    """One piece, archived or not, with its `stage`. Raises NotFound."""
    return with_stage(Piece.objects.filter(pk=piece_for(member, piece_id).pk)).get()


def editions_of(piece: Piece) -> QuerySet[Edition]:
    """The frozen states of the piece, newest first. `piece` comes from `piece_for`."""
    return Edition.objects.filter(piece=piece).select_related("created_by__user").order_by("-id")


def edition_for(member: Member, piece_id: int, digest: str) -> Edition:
    """One frozen state of a piece, by its whole digest. Raises NotFound."""
    edition = editions_of(piece_for(member, piece_id)).filter(digest=digest).first()
    if edition is None:
        raise NotFound(phrase("There is no such frozen state of this piece."))
    return edition


def approvals_of(piece: Piece) -> QuerySet[Approval]:
    """Every word about the piece, newest first. `piece` comes from `piece_for`."""
    rows = Approval.objects.filter(edition__piece=piece).select_related("edition__piece", "member__user", "step")
    return rows.order_by("-id")


def media_of(piece: Piece) -> list[PieceMedia]:
    """The piece's media in order, each with its asset and the asset's current version."""
    return media_by_piece([piece])[piece.pk]


def media_by_piece(pieces: Iterable[Piece]) -> dict[int, list[PieceMedia]]:
    """The media of each piece in order, by the piece's id: assets, current versions, words and licences read along."""
    rows = PieceMedia.objects.filter(piece__in=list(pieces)).select_related("asset__current", "asset__workspace")
    by_piece: dict[int, list[PieceMedia]] = defaultdict(list)
    for use in rows.prefetch_related("asset__tracks", "asset__licences", "asset__current__framings").order_by(
        "position", "id"
    ):
        by_piece[use.piece_id].append(use)
    return by_piece


def tray_of(piece: Piece) -> list[PieceMedia]:
    """The piece's media as `media_of` gives them, each current version with its `previews`, newest first."""
    previews = Rendition.objects.filter(purpose__in=("thumbnail", "proxy", "poster")).order_by("-id")
    rows = PieceMedia.objects.filter(piece=piece).select_related("asset__current", "asset__workspace")
    pictures = Prefetch("asset__current__renditions", previews, to_attr="previews")
    return list(
        rows.prefetch_related("asset__tracks", "asset__licences", "asset__subjects__consents", pictures).order_by(
            "position", "id"
        )
    )


def outlets_of(piece: Piece) -> list[Outlet]:
    """What each channel shows of the piece, in the order they were added."""
    return outlets_by_piece([piece])[piece.pk]


def outlets_by_piece(pieces: Iterable[Piece]) -> dict[int, list[Outlet]]:
    """What each channel shows of each piece, by the piece's id, in the order they were added."""
    by_piece: dict[int, list[Outlet]] = defaultdict(list)
    for outlet in Outlet.objects.filter(piece__in=list(pieces)).order_by("id"):
        by_piece[outlet.piece_id].append(outlet)
    return by_piece


def posts_under_way(piece: Piece) -> int:
    """How many posts of the piece wait for their time, are being sent, or may or may not be out."""
    return Piece.objects.filter(pk=piece.pk, targets__state__in=_UNDER_WAY).values("targets").count()


def waiting_approvals_for(member: Member) -> list[Approval]:
    """The last words about pieces that wait for this member's yes, oldest first: asked for and unanswered, and in a
    campaign with steps, between two of them."""
    words = Approval.objects.filter(edition__piece__workspace=member.workspace_id, edition__piece__archived_at=None)
    newest = words.order_by("edition__piece", "-id").distinct("edition__piece")
    rows = Approval.objects.filter(pk__in=newest.values("pk")).filter(
        Q(decision=Approval.Decision.REQUESTED)
        | Q(StepsLeft("edition__piece__campaign", "edition"), decision=Approval.Decision.APPROVED)
    )
    last = list(rows.select_related("edition__piece__campaign", "member__user"))
    progress = progress_of(row.edition for row in last)
    makers = makers_of(row.edition.piece for row in last if row.edition_id in progress)
    mine = [row for row in last if _is_asked(member, progress.get(row.edition_id), makers.get(row.edition.piece_id))]
    return sorted(mine, key=lambda row: row.at)


def _is_asked(member: Member, progress: tuple[Progress, ...] | None, makers: set[int] | None) -> bool:
    if progress is None:
        return can(member, "approve")
    waiting = next_of(progress)
    return waiting is not None and is_asked_in(member, waiting, makers or set())


def _has_posts(condition: Q) -> Exists:
    return Exists(Piece.objects.filter(condition, pk=OuterRef("pk")).order_by())


def _place(cursor: str) -> "tuple[datetime, int] | None":
    """What a cursor names; None for one that makes no sense, which begins at the top."""
    moment, _line, number = cursor.rpartition("_")
    try:
        changed_at = parse_datetime(moment)
    except ValueError:
        return None
    is_whole = changed_at is not None and changed_at.tzinfo is not None and number.isascii() and number.isdigit()
    return (changed_at, int(number[:18])) if changed_at and is_whole else None


def short_links_for(member: Member) -> QuerySet[ShortLink]:
    """The workspace's short links, the newest first, with how often each was followed: `visits`. None for guests."""
    rows = ShortLink.objects.filter(workspace=member.workspace_id).select_related("piece", "workspace__link_rules")
    rows = rows.annotate(visits=Coalesce(Sum("days__value"), 0)).order_by("-id")
    return rows.none() if member.role == Role.GUEST else rows


def short_link_for(member: Member, link_id: int) -> ShortLink:
    """That one. Raises NotFound."""
    row = short_links_for(member).filter(pk=link_id).first()
    if row is None:
        raise NotFound(phrase("There is no such short link in this workspace."))
    return row


def link_defaults_for(member: Member) -> QuerySet[LinkDefault]:
    """What links are marked with, the most general first; none for guests."""
    rows = LinkDefault.objects.filter(workspace=member.workspace_id).select_related("campaign")
    return rows.none() if member.role == Role.GUEST else rows


def short_host_of(member: Member) -> str:
    """The workspace's own domain for short links; empty where it has none."""
    return LinkRules.objects.filter(workspace=member.workspace_id).values_list("short_host", flat=True).first() or ""


def link_checks_for(member: Member) -> QuerySet[LinkCheck]:
    """What the workspace's addresses answered, dead ones first; none for guests."""
    worst = Case(
        When(state=LinkCheck.State.DEAD, then=Value(0)),
        When(state=LinkCheck.State.SILENT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = LinkCheck.objects.filter(workspace=member.workspace_id).order_by(worst, "address")
    return rows.none() if member.role == Role.GUEST else rows


def dead_links_for(member: Member) -> QuerySet[LinkCheck]:
    """Addresses that lead nowhere although posts that are out lead there, with how many: `posts`. None for guests."""
    live = Q(edition_links__edition__targets__state__in=["sent", "proven"])
    rows = link_checks_for(member).filter(live, state=LinkCheck.State.DEAD)
    return rows.annotate(posts=Count("edition_links__edition__targets", filter=live, distinct=True)).order_by(
        "-posts", "address"
    )


def checks_of(workspace_id: int, addresses: Iterable[str]) -> list[LinkCheck]:
    """What these addresses answered, those that were asked."""
    wanted = list(addresses)
    rows = LinkCheck.objects.filter(workspace=workspace_id, address__in=wanted, checked_at__isnull=False)
    return list(rows.order_by("id")) if wanted else []


def dead_among(edition: Edition) -> list[LinkCheck]:
    """Which of the addresses a frozen state leads to lead nowhere."""
    rows = LinkCheck.objects.filter(edition_links__edition=edition, state=LinkCheck.State.DEAD)
    return list(rows.order_by("address"))
