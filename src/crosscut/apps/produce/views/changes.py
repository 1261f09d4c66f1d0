"""What the editor's buttons do: each calls one service and names the tab to show after it, or none."""

from collections.abc import Callable
from contextlib import suppress

from crosscut.apps.accounts.access import MemberRequest
from crosscut.apps.library.queries import asset_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.kinds import best_post_type
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services import thread, write
from crosscut.apps.produce.services.markets import add_legal_lines
from crosscut.apps.produce.services.shorten import shorten_text
from crosscut.apps.produce.services.start import add_assets
from crosscut.kernel.errors import Conflict

MANY = 50  # assets that can be put in at once
Act = Callable[[MemberRequest, Piece, str], str]


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16]


def _add_channel(request: MemberRequest, row: Piece, slug: str) -> str:
    kinds = [use.asset.kind for use in queries.media_of(row)]
    write.set_outlet(request.member, row, channel_slug=slug, post_type=best_post_type(slug, kinds))
    return slug


def _remove_channel(request: MemberRequest, row: Piece, slug: str) -> str:
    write.remove_outlet(request.member, row, slug)
    return ""


def _own(field: str) -> Act:
    def act(request: MemberRequest, row: Piece, slug: str) -> str:
        write.save_edits(request.member, row, write.Edits(outlets={slug: {field: getattr(row, field)}}))
        return slug

    return act


def _shared(field: str) -> Act:
    def act(request: MemberRequest, row: Piece, slug: str) -> str:
        write.save_edits(request.member, row, write.Edits(outlets={slug: {field: None}}))
        return slug

    return act


def _add_media(request: MemberRequest, row: Piece, _value: str) -> str:
    chosen = _numbers(request.POST.getlist("asset"))[:MANY]
    add_assets(request.member, row, [asset_for(request.member, asset_id) for asset_id in chosen])
    return ""


def _remove_media(request: MemberRequest, row: Piece, value: str) -> str:
    for asset_id in _numbers([value]):
        write.remove_media(request.member, row, asset_id)
    return ""


def _move(step: int) -> Act:
    def act(request: MemberRequest, row: Piece, value: str) -> str:
        order = [use.asset_id for use in queries.media_of(row)]
        asset_id = next(iter(_numbers([value])), 0)
        if asset_id in order:
            at = order.index(asset_id)
            to = min(max(at + step, 0), len(order) - 1)
            order.insert(to, order.pop(at))
            write.order_media(request.member, row, order)
        return ""

    return act


def _order(request: MemberRequest, row: Piece, value: str) -> str:
    write.order_media(request.member, row, _numbers(value.split(",")))
    return ""


def _with(**words: bool) -> Act:
    def act(request: MemberRequest, row: Piece, _value: str) -> str:
        write.save_edits(request.member, row, write.Edits(words=words))
        return ""

    return act


def _shorten(request: MemberRequest, row: Piece, value: str) -> str:
    slugs = value.split(",")
    for slug in slugs:
        shorten_text(request.member, queries.piece_for(request.member, row.pk), slug)
    return slugs[0]


def _split(request: MemberRequest, row: Piece, value: str) -> str:
    slugs = value.split(",")
    for slug in slugs:
        thread.split_text(request.member, queries.piece_for(request.member, row.pk), slug)
    return slugs[0]


def _part(act: Callable[[MemberRequest, Piece, str, int], object]) -> Act:
    """What a button beside a part does, of "slug:part"."""

    def do(request: MemberRequest, row: Piece, value: str) -> str:
        slug, _colon, part = value.partition(":")
        for number in _numbers([part]):
            act(request, row, slug, number)
        return slug

    return do


def _join(request: MemberRequest, row: Piece, slug: str) -> str:
    thread.join_thread(request.member, row, slug)
    return slug


def _number_parts(request: MemberRequest, row: Piece, slug: str) -> str:
    """As the box says, which the form has saved already: the fields are drawn anew, with what counts along."""
    is_numbered = request.POST.get(f"{slug}.is_numbered") == "on"
    write.save_edits(request.member, row, write.Edits(outlets={slug: {"is_numbered": is_numbered}}))
    return slug


def _part_of_file(request: MemberRequest, row: Piece, value: str) -> str:
    """Of "slug:asset": the part chosen beside a file."""
    slug, _colon, asset = value.partition(":")
    part = request.POST.get(f"media.{asset}.part.{slug}", "")
    if len(numbers := _numbers([asset, part])) == 2:
        thread.put_file(request.member, row, slug, numbers[0], part=numbers[1])
    return slug


def _legal_lines(request: MemberRequest, row: Piece, value: str) -> str:
    slugs = value.split(",")
    for slug in slugs:
        with suppress(Conflict):  # channels that share a text: it is there after the first
            add_legal_lines(request.member, queries.piece_for(request.member, row.pk), slug)
    return slugs[0]


ACTIONS: dict[str, Act] = {
    "add-channel": _add_channel,
    "remove-channel": _remove_channel,
    "own-text": _own("text"),
    "own-title": _own("title"),
    "shared-text": _shared("text"),
    "shared-title": _shared("title"),
    "add-media": _add_media,
    "remove-media": _remove_media,
    "earlier": _move(-1),
    "later": _move(1),
    "order": _order,
    "shorten": _shorten,
    "legal-lines": _legal_lines,
    "split": _split,
    "join": _join,
    "add-part": _part(lambda request, row, slug, part: thread.add_part(request.member, row, slug, part)),
    "remove-part": _part(lambda request, row, slug, part: thread.remove_part(request.member, row, slug, part)),
    "part-earlier": _part(
        lambda request, row, slug, part: thread.move_part(request.member, row, slug, part, to=part - 1)
    ),
    "part-later": _part(
        lambda request, row, slug, part: thread.move_part(request.member, row, slug, part, to=part + 1)
    ),
    "part-of-file": _part_of_file,
    "number-parts": _number_parts,
    "short-links": _with(shortens_links=True),
    "whole-links": _with(shortens_links=False),
}
