"""Files and piece files as drafts the checks can read, without a database."""

import glob
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crosscut.apps.produce.threads import fitting_type, numbered
from crosscut.channels.registry import channels
from crosscut.cli import desk
from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.piece_file import ChannelEntry, LicenceEntry, MediaEntry, PieceFile, parse
from crosscut.kernel.zones import resolve
from crosscut.media import measure_loudness, probe, screen
from crosscut.specs import rights
from crosscut.specs.draft import Draft, DraftMedia

if TYPE_CHECKING:
    from crosscut.apps.library.services.clear import Terms

PIECE_SUFFIXES = {".yaml", ".yml"}


def is_piece(path: Path) -> bool:
    """Whether the path names a piece file."""
    return path.suffix.lower() in PIECE_SUFFIXES


def read_piece(path: Path) -> PieceFile:
    """The piece file. Raises Invalid with every problem."""
    try:
        return parse(path.read_text(encoding="utf-8"), PieceFile, name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid.at(path.name, f"This file cannot be read: {error}") from error


def post_types(wanted: str, piece: PieceFile | None) -> list[str]:
    """The post types of `--for channel/type,…`; without it, those the piece file names. Raises Invalid for none."""
    named = [part.strip() for part in wanted.split(",") if part.strip()]
    if not named and piece:
        known = channels()
        named = [
            f"{known[slug].platform if slug in known else slug}/{entry.type}" for slug, entry in piece.channels.items()
        ]
    if not named:
        raise Invalid.at("--for", "Say what it is for: --for bluesky/images,site/article")
    wrong = next((name for name in named if name.count("/") != 1), None)
    if wrong:
        raise Invalid.at("--for", f"{wrong!r} is not of the form channel/type, like bluesky/images.")
    return named


def measured(path: Path) -> MediaFacts:
    """What the file is, and how loud its sound is: reads all of the sound."""
    facts = probe(path)
    return replace(facts, loudness=measure_loudness(path)) if facts.audio else facts


def draft_of_file(path: Path, *, is_deep: bool = False) -> Draft:
    """A post of nothing but this file: what can be judged of the file alone.

    A deep look measures the loudness and looks through a whole film for flashes, which takes as long as decoding it.
    """
    facts = measured(path) if is_deep else probe(path)
    screening = screen(path) if is_deep and facts.kind is Kind.VIDEO else None
    return Draft(media=(DraftMedia(facts=facts, filename=path.name, screening=screening),))


def drafts_of_piece(piece: PieceFile, folder: Path, post_type: str) -> list[tuple[str, Draft]]:
    """The piece as the post type's channel would show it, with that type; of a thread each part with its own."""
    slug, entry = _channel(piece, post_type)
    shown = [media for media in piece.media if not media.channels or slug in media.channels]
    thread = entry.thread if entry else []
    later = {name for part in thread[1:] for name in part.media}
    text = piece.text if entry is None or entry.text is None else entry.text
    first = Draft(
        text=_numbered(thread[0].text, 1, entry) if entry and thread else text,
        title=piece.title if entry is None or entry.title is None else entry.title,
        summary=piece.summary,
        language=piece.language,
        link=piece.link,
        tags=tuple(piece.tags),
        media=tuple(_media(media, folder) for media in shown if media.file not in later),
    )
    found = [(post_type, first)]
    for number, part in enumerate(thread[1:], start=2):
        media = tuple(_media(one, folder) for one in shown if one.file in part.media)
        draft = Draft(text=_numbered(part.text, number, entry), language=piece.language, media=media)
        found.append((_kind_of_part(slug, post_type, media), draft))
    return found


def _numbered(text: str, part: int, entry: ChannelEntry | None) -> str:
    count = len(entry.thread) if entry else 1
    return numbered(text, part, count) if entry and entry.is_numbered and count > 1 else text


def _kind_of_part(slug: str, post_type: str, media: tuple[DraftMedia, ...]) -> str:
    """The kind of post of a part after the first: told from its files."""
    kinds = [one.facts.kind.value for one in media]
    platform, _slash, kind = post_type.partition("/")
    return f"{platform}/{fitting_type(slug, kinds) if slug in channels() else kind}"


def publishing_time(piece: PieceFile) -> datetime:
    """When the piece goes out, in its zone; now when it does not say."""
    if piece.schedule is None or piece.schedule.at is None:
        return datetime.now(UTC)
    return resolve(piece.schedule.at, piece.schedule.zone).astimezone(ZoneInfo(piece.schedule.zone))


def _channel(piece: PieceFile, post_type: str) -> tuple[str, ChannelEntry | None]:
    platform = post_type.partition("/")[0]
    slug = next((slug for slug, known in channels().items() if known.platform == platform), platform)
    return slug, piece.channels.get(slug)


def _media(entry: MediaEntry, folder: Path) -> DraftMedia:
    path = folder / entry.file
    tracks = {name for name in ("captions", "transcript", "chapters") if getattr(entry, name)}
    if any(path.parent.glob(f"{glob.escape(path.stem)}*.[vs][tr]t")):
        tracks.add("captions")
    facts = probe(path)
    if "captions" in tracks and facts.kind is Kind.AUDIO:
        tracks.add("transcript")
    return DraftMedia(
        facts=facts,
        filename=Path(entry.file).name,
        alt_text=entry.alt_text,
        is_decorative=entry.is_decorative,
        tracks=frozenset(tracks),
        holdings=rights.Holdings(
            licences=(*(_licence(licence) for licence in entry.licences), *_licences_beside(path))
        ),
        credit=entry.credit,
    )


def _licence(entry: "LicenceEntry | Terms") -> rights.Licence:
    return rights.Licence(
        holder=entry.holder,
        terms=entry.terms,
        territories=tuple(entry.territories),
        channels=tuple(entry.channels),
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        credit_line=entry.credit_line,
    )


def _licences_beside(path: Path) -> tuple[rights.Licence, ...]:
    """What the folder's `licences.yaml` says of the file. Read by the library's own reader; no database is asked."""
    if not (path.parent / "licences.yaml").is_file():
        return ()
    desk.set_up()
    from crosscut.apps.library.services.sidecars import licences_for  # the apps can be imported from here on

    return tuple(_licence(terms) for terms in licences_for(path))
