"""Pieces as pages show them: rows of the list, the media tray, the tabs of the channels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crosscut.apps.library.models import Rendition, Track
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.rights import rights_of
from crosscut.apps.library.services.derive import newest
from crosscut.apps.produce.extras import Extra, extras_of
from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.models import Approval, Outlet, Piece, PieceMedia
from crosscut.apps.produce.queries import Stage
from crosscut.apps.produce.services.freeze import digests_of
from crosscut.apps.produce.threads import fitting_type, number_after, numbered, thread_limit
from crosscut.apps.produce.translating import part_key
from crosscut.channels.icons import drawing_of, name_of
from crosscut.channels.registry import channels
from crosscut.specs.text import Count, count

Told = tuple[str, Mapping[str, Any]]  # a channel, and what it told one account of its limits


@dataclass(frozen=True, kw_only=True)
class Place:
    """A channel, for a person."""

    slug: str
    name: str
    icon: SafeString


@dataclass(frozen=True, kw_only=True)
class Row:
    """One piece of the list."""

    pk: int
    title: str
    thumb: str  # address of a small picture, or empty
    stage: str
    note: str  # what to know beside the stage: "Changed since it was approved"
    campaign: str
    language: str  # of a translation; empty for a piece that is its own source
    owner: str
    places: list[Place]
    updated_at: datetime
    next_at: datetime | None  # when its next post goes out


@dataclass(frozen=True, kw_only=True)
class TrayItem:
    """One medium of the piece."""

    asset_id: int
    name: str
    kind: str
    url: str  # its page in the library
    thumb: str  # a small picture, or empty
    picture: str  # a large one, for choosing what a crop keeps, or empty
    alt_text: str  # as written for this piece
    usual_alt: str  # the asset's own, which holds where none is written
    is_decorative: bool
    focus_x: str  # 0 left to 1 right, as the form's field holds it; empty when nobody chose
    focus_y: str
    dot_x: str  # the same in percent, for the drawing
    dot_y: str
    channels: list[str]  # empty: all
    rights: str  # one plain sentence
    is_cleared: bool  # nothing is wrong with the rights today
    words: list[str]  # what there is of captions, transcript, chapters
    lacks: str  # what is missing of them, or empty
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class PartFile:
    """A file that goes with a part of a thread."""

    asset_id: int
    name: str
    thumb: str  # a small picture, or empty


@dataclass(frozen=True, kw_only=True)
class PartField:
    """One part of a thread, to be written."""

    number: int
    field: str  # the form's: "bluesky.text" of the first, "bluesky.part.2"
    text: str
    is_shared: bool  # it shows the text for every channel
    post_type: str
    after: str  # what is published behind it: its number, or nothing
    counted: Count | None
    files: list[PartFile]


@dataclass(frozen=True, kw_only=True)
class Tab:
    """What one channel shows, to be written."""

    place: Place
    post_type: str
    post_types: list[tuple[str, str]]  # value and label
    text: str | None  # None: the shared text
    title: str | None  # None: the piece's title
    has_title: bool  # the place shows titles
    differs: list[str]  # what is its own here, for the tab
    extras: list[Extra]
    counted: Count | None  # the text as this place counts it; None when it is not installed any more
    is_installed: bool
    most_parts: int  # of a thread there; 1 where it carries none
    is_numbered: bool
    parts: list[PartField]  # of a thread, the first one included; empty for a plain post


def place_of(slug: str) -> Place:
    """The channel with its drawing; only its name when it is not installed any more."""
    return Place(slug=slug, name=name_of(slug), icon=mark_safe(drawing_of(slug)))  # noqa: S308 - our channels' own file


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """The pieces as rows. An approval of something that is not there any more is told as what it is: a draft."""
    shown = list(pieces)
    now = digests_of(piece for piece in shown if vars(piece)["decision"] == Approval.Decision.APPROVED)
    return [_row(piece, now.get(piece.pk, "")) for piece in shown]


def _row(piece: Piece, digest: str) -> Row:
    extra = vars(piece)
    stage, note = extra["stage"], ""
    if digest and digest != extra["decided_digest"]:
        stage = Stage.DRAFT if stage == Stage.APPROVED else stage
        note = _("Changed since it was approved")
    elif extra["decision"] == Approval.Decision.APPROVED and not extra["decision_holds"]:
        note = _("Its approver may no longer approve")
    if extra["decision"] == Approval.Decision.CHANGES and stage == Stage.DRAFT:
        note = _("Changes wanted")
    return Row(
        pk=piece.pk,
        title=piece.title,
        thumb=reverse("rendition-file", args=[extra["thumbnail"]]) if extra["thumbnail"] else "",
        stage=stage,
        note=note,
        campaign=piece.campaign.name if piece.campaign else "",
        language=piece.language if extra["translates"] else "",
        owner=str(piece.owner.user) if piece.owner else "",
        places=[place_of(outlet.channel) for outlet in piece.outlets.all()],
        updated_at=piece.updated_at,
        next_at=extra["next_at"],
    )


def tray_items(uses: list[PieceMedia]) -> list[TrayItem]:
    """The media in their order. Read them with `queries.tray_of`."""
    today = today_in(uses[0].asset.workspace) if uses else date.min
    return [_tray_item(use, today, at=at, count=len(uses)) for at, use in enumerate(uses)]


def _tray_item(use: PieceMedia, today: date, *, at: int, count: int) -> TrayItem:
    asset = use.asset
    rights = rights_of(asset, today)
    previews = previews_of(use)
    kinds = {str(track.kind) for track in asset.tracks.all()}
    return TrayItem(
        asset_id=asset.pk,
        name=asset.title,
        kind=asset.kind,
        url=reverse("asset", args=[asset.pk]),
        thumb=previews.get("thumbnail", ""),
        picture=previews.get("proxy", "") if asset.kind == "image" else previews.get("poster", ""),
        alt_text=use.alt_text,
        usual_alt=asset.alt_text,
        is_decorative=use.is_decorative,
        focus_x="" if use.focus_x is None else f"{use.focus_x:.4g}",
        focus_y="" if use.focus_y is None else f"{use.focus_y:.4g}",
        dot_x=f"{50 if use.focus_x is None else use.focus_x * 100:.1f}",
        dot_y=f"{50 if use.focus_y is None else use.focus_y * 100:.1f}",
        channels=use.channels,
        rights=rights.sentence,
        is_cleared=rights.state in ("valid", "ends_soon"),
        words=[str(Track.Kind(kind).label) for kind in sorted(kinds)],
        lacks=_lacking(asset.kind, kinds),
        is_first=at == 0,
        is_last=at == count - 1,
    )


def previews_of(use: PieceMedia) -> dict[str, str]:
    """The addresses of the files made for our own pages, by their purpose."""
    made: list[Rendition] = getattr(use.asset.current, "previews", [])
    found = {purpose: newest(made, purpose) for purpose in ("thumbnail", "proxy", "poster")}
    return {name: reverse("rendition-file", args=[row.pk]) for name, row in found.items() if row}


def _lacking(kind: str, tracks: set[str]) -> str:
    if kind == "video" and "captions" not in tracks:
        return _("No captions")
    if kind == "audio" and not tracks & {"transcript", "captions"}:
        return _("No transcript")
    return ""


def tabs_of(
    piece: Piece, outlets: Iterable[Outlet], told: Iterable[Told] = (), uses: Iterable[PieceMedia] = ()
) -> list[Tab]:
    """One tab for each channel of the piece. `told` is what channels told the accounts of their limits.

    Media, as `queries.tray_of` reads them, stand beside the parts of threads.
    """
    known, media = list(told), list(uses)
    return [
        _tab(piece, outlet, [limits for slug, limits in known if slug == outlet.channel], media) for outlet in outlets
    ]


def _tab(piece: Piece, outlet: Outlet, told: list[Mapping[str, Any]], uses: list[PieceMedia]) -> Tab:
    kind = kind_of(outlet.channel, outlet.post_type)
    text = piece.text if outlet.text is None else outlet.text
    warning = str(outlet.extra.get("spoiler_text", ""))
    own = {_("text"): outlet.text is not None, _("title"): outlet.title is not None, _("settings"): bool(outlet.extra)}
    own[_("a thread")] = bool(outlet.further)
    return Tab(
        place=place_of(outlet.channel),
        post_type=outlet.post_type,
        post_types=_post_types(outlet.channel),
        text=outlet.text,
        title=outlet.title,
        has_title=bool(kind and kind.title) or outlet.title is not None,
        differs=[word for word, is_own in own.items() if is_own],
        extras=extras_of(outlet.channel, outlet.extra, told) if kind else [],
        counted=count(text, kind.platform, kind.slug, warning=warning) if kind else None,
        is_installed=kind is not None,
        most_parts=thread_limit(outlet.channel),
        is_numbered=outlet.is_numbered,
        parts=_part_fields(piece, outlet, uses) if outlet.further else [],
    )


def _part_fields(piece: Piece, outlet: Outlet, uses: list[PieceMedia]) -> list[PartField]:
    texts = [piece.text if outlet.text is None else outlet.text, *outlet.further]
    there = [use for use in uses if not use.channels or outlet.channel in use.channels]
    return [_part_field(outlet, text, part, len(texts), there) for part, text in enumerate(texts, start=1)]


def _part_field(outlet: Outlet, text: str, part: int, count_of_parts: int, uses: list[PieceMedia]) -> PartField:
    shown = [use for use in uses if use.parts.get(outlet.channel, 1) == part]
    kinds = [str(use.asset.kind) for use in shown]
    post_type = outlet.post_type if part == 1 else fitting_type(outlet.channel, kinds)
    kind, warning = kind_of(outlet.channel, post_type), str(outlet.extra.get("spoiler_text", ""))
    after = number_after(part, count_of_parts) if outlet.is_numbered else ""
    whole = numbered(text, part, count_of_parts) if after else text
    return PartField(
        number=part,
        field=f"{outlet.channel}.text" if part == 1 else part_key(outlet.channel, part),
        text=text,
        is_shared=part == 1 and outlet.text is None,
        post_type=post_type,
        after=after,
        counted=count(whole, kind.platform, kind.slug, warning=warning) if kind else None,
        files=[
            PartFile(asset_id=use.asset_id, name=use.asset.title, thumb=previews_of(use).get("thumbnail", ""))
            for use in shown
        ],
    )


def tightest(piece: Piece, tabs: Iterable[Tab]) -> Tab | None:
    """The channel that leaves the shared text the least room; None when none has a limit."""
    using = [tab for tab in tabs if tab.text is None and tab.counted and tab.counted.limit]
    return min(using, key=lambda tab: tab.counted.left or 0 if tab.counted else 0, default=None)


def missing_places(outlets: Iterable[Outlet], connected: Mapping[str, int]) -> list[tuple[Place, int]]:
    """Channels that can be added, those with an account first, each with how many accounts there are."""
    there = {outlet.channel for outlet in outlets}
    rest = [(place_of(slug), connected.get(slug, 0)) for slug in channels() if slug not in there]
    return sorted(rest, key=lambda pair: pair[1] == 0)


def _post_types(slug: str) -> list[tuple[str, str]]:
    known = channels().get(slug)
    kinds = [(name, kind_of(slug, name)) for name in known.post_types] if known else []
    return [(name, kind.label.partition(" (")[0] if kind else name) for name, kind in kinds]
