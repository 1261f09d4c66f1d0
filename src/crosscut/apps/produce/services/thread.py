"""Threads of posts: a text split into parts, and parts written, moved and joined. Each is one step in the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.kinds import kind_named
from crosscut.apps.produce.linking import as_published, below_words, link_published, links_of
from crosscut.apps.produce.models import Outlet, Piece, PieceMedia
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.words import checked_outlet
from crosscut.apps.produce.services.write import held_for_writing, keep
from crosscut.apps.produce.threads import fitting_type, joined, numbered, takes, thread_limit
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.phrases import counted, phrase
from crosscut.specs.splitting import Fits, split
from crosscut.specs.text import count


@dataclass(frozen=True, kw_only=True)
class Part:
    """One post of a thread, as it is written."""

    text: str
    media: tuple[int, ...] = ()  # ids of the assets that go with it


@transaction.atomic
def split_text(by: Member, piece: Piece, channel: str, *, is_numbered: bool | None = None) -> Piece:
    """The piece with the text on that channel split into as few parts as hold it; of a thread, each that is too long.

    Files stay with the first of what their part became, and the longer text stays in the history. `is_numbered` as
    None leaves that as it is. Raises NotFound when it does not go there, Conflict when nothing is too long or a thread
    there may not have so many parts, Invalid where the channel carries no threads.
    """
    row = held_for_writing(by, piece)
    outlet = _outlet(row, channel)
    limit, parts = _demand_threads(channel), parts_of(row, outlet)
    has_numbers = outlet.is_numbered if is_numbered is None else is_numbered
    made = _split_all(parts, _fits(row, outlet, is_numbered=has_numbers), most=limit)
    if len(made) == len(parts):
        raise Conflict(phrase("The text fits already."))
    if len(made) > limit:
        raise Conflict(phrase("It would take more than {limit} posts. Shorten it first.", limit=limit))
    return _written(by, row, outlet, made, is_numbered=has_numbers)


def _split_all(parts: Sequence[Part], fits: Fits, *, most: int) -> list[Part]:
    """Every part that does not fit, in as few as hold it; the others as they are."""
    count = len(parts)
    while True:
        made: list[Part] = []
        for part in parts:
            texts = split(part.text, _numbered_from(fits, len(made), count), most=most) or [part.text]
            made += [Part(text=text, media=part.media if at == 0 else ()) for at, text in enumerate(texts)]
        if len(made) <= count or len(made) > most:
            return made
        count = len(made)  # numbers that grew longer may need one part more


def _numbered_from(fits: Fits, before: int, count: int) -> Fits:
    """Whether a text fits, when so many parts stand before it and there are so many in all."""
    return lambda text, part, _of: fits(text, before + part, count)


@transaction.atomic
def set_thread(
    by: Member,
    piece: Piece,
    *,
    channel: str,
    parts: Sequence[Part],
    is_numbered: bool | None = None,
    revision: int | None = None,
) -> Piece:
    """The piece with exactly these parts on that channel; one part makes it a plain post again.

    Files that no part names go with the first. Raises NotFound when the piece does not go there, Invalid for no parts,
    more than a thread there may have, or a file that is not the piece's or stands in two of them.
    """
    row = held_for_writing(by, piece, revision=revision)
    outlet = _outlet(row, channel)
    _demand_right(row, channel, parts)
    return _written(by, row, outlet, parts, is_numbered=outlet.is_numbered if is_numbered is None else is_numbered)


@transaction.atomic
def add_part(by: Member, piece: Piece, channel: str, after: int) -> Piece:
    """One more part, empty, behind that one. Makes a thread of a plain post."""
    parts = _now(piece, channel)
    return set_thread(by, piece, channel=channel, parts=[*parts[:after], Part(text=""), *parts[after:]])


@transaction.atomic
def remove_part(by: Member, piece: Piece, channel: str, part: int) -> Piece:
    """Without that part: its words stay in the history, its files go with the part before it, or the next."""
    parts = _now(piece, channel)
    if not 1 <= part <= len(parts) or len(parts) == 1:
        raise NotFound(phrase("There is no such part any more."))
    gone, rest = parts[part - 1], [*parts[: part - 1], *parts[part:]]
    heir = max(part - 2, 0)
    rest[heir] = replace(rest[heir], media=(*rest[heir].media, *gone.media))
    return set_thread(by, piece, channel=channel, parts=rest)


@transaction.atomic
def move_part(by: Member, piece: Piece, channel: str, part: int, *, to: int) -> Piece:
    """That part, with its files, in another place; beyond either end it stays at the end."""
    parts = _now(piece, channel)
    if not 1 <= part <= len(parts):
        raise NotFound(phrase("There is no such part any more."))
    moved = parts.pop(part - 1)
    parts.insert(min(max(to - 1, 0), len(parts)), moved)
    return set_thread(by, piece, channel=channel, parts=parts)


@transaction.atomic
def put_file(by: Member, piece: Piece, channel: str, asset_id: int, *, part: int) -> Piece:
    """The file with that part and no other. Raises NotFound for a part there is none of."""
    parts = _now(piece, channel)
    if not 1 <= part <= len(parts):
        raise NotFound(phrase("There is no such part any more."))
    rest = [replace(one, media=tuple(pk for pk in one.media if pk != asset_id)) for one in parts]
    rest[part - 1] = replace(rest[part - 1], media=(*rest[part - 1].media, asset_id))
    return set_thread(by, piece, channel=channel, parts=rest)


@transaction.atomic
def join_thread(by: Member, piece: Piece, channel: str) -> Piece:
    """All parts as one text again, with all files. The parts stay in the history."""
    parts = _now(piece, channel)
    whole = Part(text=joined(part.text for part in parts), media=tuple(pk for part in parts for pk in part.media))
    return set_thread(by, piece, channel=channel, parts=[whole], is_numbered=False)


def parts_of(piece: Piece, outlet: Outlet, uses: Iterable[PieceMedia] | None = None) -> list[Part]:
    """What the channel shows as parts, the first one included: one for a plain post."""
    texts = [piece.text if outlet.text is None else outlet.text, *outlet.further]
    there = [use for use in (piece.media.all() if uses is None else uses) if _goes_to(use, outlet.channel)]
    media: list[list[int]] = [[] for _text in texts]
    for use in there:
        part = use.parts.get(outlet.channel, 1)
        media[part - 1 if part <= len(texts) else 0].append(use.asset_id)
    return [Part(text=text, media=tuple(ids)) for text, ids in zip(texts, media, strict=True)]


def _now(piece: Piece, channel: str) -> list[Part]:
    return parts_of(piece, _outlet(piece, channel))


def _outlet(piece: Piece, channel: str) -> Outlet:
    outlet = piece.outlets.filter(channel=channel).first()
    if outlet is None:
        raise NotFound(phrase("This piece does not go to a channel called {channel}.", channel=channel))
    return outlet


def _goes_to(use: PieceMedia, channel: str) -> bool:
    return not use.channels or channel in use.channels


def _demand_threads(channel: str) -> int:
    """How many parts there may be. Raises Invalid where there can be no thread."""
    limit = thread_limit(channel)
    if limit < 2:
        raise Invalid.at("parts", phrase("{place} carries no threads.", place=name_of(channel)))
    return limit


def _demand_right(piece: Piece, channel: str, parts: Sequence[Part]) -> None:
    if not parts:
        raise Invalid.at("parts", phrase("A thread has one part at least."))
    if len(parts) > 1 and len(parts) > _demand_threads(channel):
        limit = thread_limit(channel)
        raise Invalid.at("parts", counted("At most {n} part.", "At most {n} parts.", limit))
    named = [asset_id for part in parts for asset_id in part.media]
    there = {use.asset_id for use in piece.media.all() if _goes_to(use, channel)}
    if len(named) > len(set(named)):
        raise Invalid.at("parts", phrase("A file goes with one part of a thread, not with two."))
    if set(named) - there:
        raise Invalid.at("parts", phrase("Put the file into the piece, and on this channel, before a part shows it."))


def _written(by: Member, row: Piece, outlet: Outlet, parts: Sequence[Part], *, is_numbered: bool) -> Piece:
    """The held piece with these parts. What stood there is kept as a frozen state first."""
    first, *rest = parts
    is_shared = outlet.text is None and first.text == row.text
    words: dict[str, Any] = {
        "text": None if is_shared else first.text,
        "further": [part.text for part in rest],
        "is_numbered": is_numbered and bool(rest),
    }
    fields = checked_outlet(outlet.channel, words)
    before = {name: getattr(outlet, name) for name in fields}
    moved = _moved(row, outlet.channel, parts)
    if fields == before and not moved:
        return row
    freeze(row, by=by)
    PieceMedia.objects.bulk_update(moved, ["parts"])
    for name, value in fields.items():
        setattr(outlet, name, value)
    outlet.post_type = _kind(row, outlet)
    outlet.save()
    return keep(by, row, [f"channel {outlet.channel}", *(["media"] if moved else [])])


def _moved(row: Piece, channel: str, parts: Sequence[Part]) -> list[PieceMedia]:
    """The files that go with another part from now on."""
    wanted = {asset_id: at for at, part in enumerate(parts, start=1) for asset_id in part.media}
    changed = []
    for use in row.media.all():
        others = {slug: part for slug, part in use.parts.items() if slug != channel}
        part = wanted.get(use.asset_id, 1)
        now = others | ({channel: part} if part > 1 else {})
        if now != use.parts:
            use.parts = now
            changed.append(use)
    return changed


def _kind(row: Piece, outlet: Outlet) -> str:
    """The first part's kind of post: as it was, unless it has other files now than that kind takes."""
    uses = [use for use in row.media.select_related("asset") if _goes_to(use, outlet.channel)]
    kinds = [str(use.asset.kind) for use in uses if use.parts.get(outlet.channel, 1) == 1]
    is_right = takes(outlet.channel, outlet.post_type, kinds)
    return outlet.post_type if is_right else fitting_type(outlet.channel, kinds)


def _fits(piece: Piece, outlet: Outlet, *, is_numbered: bool) -> Fits:
    """Whether a text fits as one part, as it would go out: links marked and shortened, its number behind it."""
    kind, links = kind_named(outlet.channel, outlet.post_type), links_of(piece, outlet)
    warning, link = str(outlet.extra.get("spoiler_text", "")), link_published(piece.link, links)

    def fits(text: str, part: int, of: int) -> bool:
        words = as_published(text, links)
        shown = numbered(words, part, of) if is_numbered and of > 1 else words
        shown += below_words(shown, link, outlet.channel, outlet.post_type) if part == 1 else ""
        return not count(shown, kind.platform, kind.slug, warning=warning).is_over

    return fits
