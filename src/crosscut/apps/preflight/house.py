"""What only this installation knows of pieces, beside what they say: read once for all that is asked at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crosscut.apps.library.models import BrandKit
from crosscut.apps.preflight.drafting import Files, files_of
from crosscut.apps.preflight.links import KnownLinks, known_links
from crosscut.apps.preflight.models import Waiver
from crosscut.apps.preflight.translating import Origin, origins_of
from crosscut.apps.produce.branding import brands_of
from crosscut.apps.produce.markets import Terms, terms_of_each
from crosscut.apps.produce.models import Piece

Asked = tuple[Piece, dict[str, Any], datetime]  # a piece, frozen content of it, and when it would go out


@dataclass(frozen=True, kw_only=True)
class House:
    """What is known of one piece's frozen content at one time."""

    piece: Piece
    files: Files
    kit: BrandKit | None  # that it goes by
    waivers: tuple[Waiver, ...]  # that hold on the day
    origin: Origin | None  # what it was translated from
    terms: Terms  # what posts in its language are held to
    links: KnownLinks


def houses_of(asked: Sequence[Asked]) -> list[House]:
    """What is known of each, in their order; the database is asked no more for many than for one."""
    pieces = {piece.pk: piece for piece, _content, _at in asked}
    files = files_of(content for _piece, content, _at in asked)
    links = known_links((piece, content) for piece, content, _at in asked)
    terms = terms_of_each((piece.workspace, content["language"]) for piece, content, _at in asked)
    kits, origins, waivers = brands_of(pieces.values()), origins_of(pieces.values()), _waivers_of(pieces)
    return [
        House(
            piece=piece,
            files=files,
            kit=kits[piece.pk],
            waivers=tuple(row for row in waivers.get(piece.pk, ()) if row.ends_on >= _day(piece, at)),
            origin=origins.get(piece.pk),
            terms=terms[piece.workspace_id, content["language"]],
            links=links,
        )
        for piece, content, at in asked
    ]


def _day(piece: Piece, at: datetime) -> date:
    return at.astimezone(ZoneInfo(piece.workspace.time_zone)).date()


def _waivers_of(piece_ids: Iterable[int]) -> Mapping[int, list[Waiver]]:
    found: dict[int, list[Waiver]] = {}
    for row in Waiver.objects.filter(piece__in=list(piece_ids)).select_related("member__user").order_by("id"):
        found.setdefault(row.piece_id, []).append(row)
    return found
