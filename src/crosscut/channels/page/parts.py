"""Pictures, films, sound and their words, as elements that work for everybody."""

from collections.abc import Mapping
from datetime import datetime

from crosscut.channels.cues import cues, paragraphs
from crosscut.channels.markup import Html, el, from_markdown, join
from crosscut.channels.page.words import Words, day
from crosscut.channels.shelf import ShelfMedia, ShelfTrack, stamp

_EAGER = {"loading": "eager", "fetchpriority": "high"}
_LAZY = {"loading": "lazy", "decoding": "async"}
PAGE_WIDE = "(min-width: 56rem) 54rem, 100vw"  # what a picture of an article takes: .hero in page.css


def figure(media: ShelfMedia, source: str, *, is_first: bool = False) -> Html:
    """A picture with its words for those who do not see it, and its credit."""
    how: Mapping[str, str] = _EAGER if is_first else _LAZY
    sizes = srcset(media, source.rpartition("/")[0])
    image = el("img", src=source, **sizes, alt=media.alt_text, width=media.width_px, height=media.height_px, **how)
    return el("figure", image, _credit(media), class_="picture")


def srcset(media: ShelfMedia, folder: str, *, sizes: str = PAGE_WIDE) -> dict[str, str]:
    """The attributes with which a browser picks the size it needs; none where there is one size only.

    https://html.spec.whatwg.org/multipage/images.html#srcset-attributes
    """
    if not media.smaller or not media.width_px:
        return {}
    forms = [*((still.name, still.width_px) for still in media.smaller), (media.name, media.width_px)]
    return {"srcset": ", ".join(f"{folder}/{name} {width_px}w" for name, width_px in forms), "sizes": sizes}


def video_player(media: ShelfMedia, source: str, folder: str) -> Html:
    """A film with its poster and caption tracks; nothing is loaded but its shape until somebody plays it."""
    player = el(
        "video",
        el("source", src=source, type=media.media_type),
        [_track(track, folder, number) for number, track in enumerate(_timed(media))],
        controls=True,
        preload="metadata",
        poster=f"{folder}{media.poster.name}" if media.poster else None,
        playsinline=True,
        width=media.width_px,
        height=media.height_px,
        aria_label=media.alt_text or media.filename,
    )
    return el("figure", player, _credit(media), class_="film")


def audio_player(media: ShelfMedia, source: str, *, label: str = "") -> Html:
    """Sound, with the browser's own controls."""
    player = el(
        "audio",
        el("source", src=source, type=media.media_type),
        controls=True,
        preload="metadata",
        aria_label=label or media.alt_text or media.filename,
    )
    return el("figure", player, _credit(media), class_="sound")


def transcript(media: ShelfMedia, words: Words) -> Html | None:
    """What is said, to read: the transcript, or the captions where there is none."""
    by_kind = {track.kind: track for track in reversed(media.tracks)}
    track = by_kind.get("transcript") or by_kind.get("captions")
    if not track or not (text := _read(track)):
        return None
    return el("details", el("summary", words.transcript), el("div", text, lang=track.language), class_="transcript")


def byline(author: str, published_at: datetime, updated_at: datetime | None, words: Words) -> Html:
    """Who and when."""
    published = el("time", day(published_at, words), datetime=stamp(published_at))
    who = [el("span", author), " · "] if author else []
    changed = [" · ", words.updated.format(date=day(updated_at, words))] if updated_at else []
    return el("p", who, published, changed, class_="byline")


def _credit(media: ShelfMedia) -> Html | None:
    return el("figcaption", media.credit) if media.credit else None


def _timed(media: ShelfMedia) -> list[ShelfTrack]:
    return [track for track in media.tracks if track.kind == "captions" and track.media_type == "text/vtt"]


def _track(track: ShelfTrack, folder: str, number: int) -> Html:
    return el(
        "track",
        kind="captions",
        src=f"{folder}{track.name}",
        srclang=track.language,
        label=track.language,
        default=number == 0,
    )


def _read(track: ShelfTrack) -> Html:
    if track.media_type != "text/vtt":
        return from_markdown(track.text)
    return join([_paragraph(cue.speaker, cue.text) for cue in paragraphs(cues(track.text))])


def _paragraph(speaker: str, text: str) -> Html:
    return el("p", el("strong", f"{speaker}: ") if speaker else None, text)
