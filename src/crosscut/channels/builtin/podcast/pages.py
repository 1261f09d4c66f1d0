"""The podcast for people without an app: a page with every episode, and one page for each."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from crosscut.channels.builtin.podcast.feed import (
    artwork_of,
    as_srt,
    chapters_of,
    cover_name,
    media_address,
    podcast_guid,
    sound_of,
    srt_path,
)
from crosscut.channels.builtin.podcast.settings import PodcastSettings
from crosscut.channels.cues import clock
from crosscut.channels.markup import Html, data_block, el, from_markdown, join, plain, shortened
from crosscut.channels.page import (
    Document,
    Words,
    audio_player,
    byline,
    document,
    stylesheet,
    transcript,
    video_player,
    words_for,
)
from crosscut.channels.page.document import mark, nothing, source_digest, style_name
from crosscut.channels.printing import Sheet
from crosscut.channels.shelf import Item, stamp
from crosscut.kernel.facts import Kind
from crosscut.kernel.records import digest


def page_sheets(settings: PodcastSettings, items: list[Item]) -> Iterator[Sheet]:
    """The episodes' pages, the page that lists them, and what they need."""
    says = settings.model_dump(mode="json", exclude={"folder"})
    look = digest([says, cover_name(settings), source_digest("crosscut.channels.builtin.podcast")])
    yield Sheet(path=style_name(), made_of=look, draw=stylesheet)
    yield Sheet(path="mark.svg", made_of=look, draw=mark)
    if (name := cover_name(settings)) and settings.cover:
        yield Sheet(path=name, made_of=name, draw=settings.cover.read_bytes)
    for item in items:
        made_of = f"{look} {item.key} {item.revision}"
        for track in sound_of(item).tracks:
            if track.media_type == "text/vtt":
                yield Sheet(path=srt_path(track), made_of=made_of, draw=partial(as_srt, track))
        yield Sheet(path=f"{item.path}/index.html", made_of=made_of, draw=partial(_episode, settings, item))
    of_all = digest([look, [(item.key, item.revision) for item in items]])
    yield Sheet(path="index.html", made_of=of_all, draw=partial(_home, settings, items))
    words, root = words_for(settings.language), _root(settings)
    for name, (heading, text) in {
        "404": (words.missing, words.missing_help),
        "410": (words.gone, words.gone_help),
    }.items():
        body = nothing(heading, text, root, words)
        draw = partial(document, _document(settings, title=heading, body=body))
        yield Sheet(path=f"{name}.html", made_of=look, draw=draw)


def _home(settings: PodcastSettings, items: list[Item]) -> bytes:
    words, root, cover = words_for(settings.language), _root(settings), cover_name(settings)
    feed = f"{settings.base_url}/feed.xml"
    subscribe = el(
        "div",
        el("p", words.subscribe_help),
        el("code", feed),
        class_="subscribe",
    )
    about = el("div", el("h1", settings.title), el("p", settings.description, class_="lede"), subscribe)
    picture = el("img", src=f"{root}/{cover}", alt="", width=1400, height=1400) if cover else None
    body = join(
        el("section", picture, about, class_="show"),
        el("h2", words.episodes),
        el("ol", [_entry(settings, item, words) for item in items], class_="episodes", reversed=True)
        if items
        else el("p", words.nothing_yet),
    )
    return document(
        _document(
            settings,
            title=settings.title,
            address=f"{settings.base_url}/",
            description=shortened(plain(settings.description), 200),
            body=body,
            head=_card(settings, settings.title, settings.description, f"{root}/", f"{settings.base_url}/{cover}"),
        )
    )


def _entry(settings: PodcastSettings, item: Item, words: Words) -> Html:
    root = _root(settings)
    return el(
        "li",
        el("p", _label(item), class_="label") if _label(item) else None,
        el("h3", el("a", item.title, href=f"{root}/{item.href}")),
        byline(_length(item), item.published_at, None, words),
        el("p", item.summary or shortened(plain(item.text), 220)),
        _player(settings, item),
    )


def _episode(settings: PodcastSettings, item: Item) -> bytes:
    words, root = words_for(settings.language), _root(settings)
    address = f"{settings.base_url}/{item.href}"
    sound = sound_of(item)
    header = el(
        "header",
        el("p", _label(item), class_="label") if _label(item) else None,
        el("h1", item.title),
        el("p", item.summary, class_="lede") if item.summary else None,
        byline(settings.author, item.published_at, item.updated_at, words),
    )
    article = el(
        "article",
        header,
        _player(settings, item),
        el("div", from_markdown(item.text), class_="text"),
        _chapters(item, words),
        transcript(sound, words),
        el("p", el("a", words.more, href=item.link)) if item.link else None,
        el("p", el("a", words.download, class_="button", href=f"{root}/media/{sound.name}", download=sound.filename)),
        class_="article",
        lang=item.language if item.language != settings.language else None,
    )
    artwork = artwork_of(item)
    still = artwork or sound.poster
    picture = media_address(settings, still.name) if still else f"{settings.base_url}/{cover_name(settings)}"
    summary = item.summary or shortened(plain(item.text), 200)
    head = join(
        _card(settings, item.title, summary, address, picture), data_block(_structured(settings, item, summary))
    )
    return document(
        _document(settings, title=item.title, address=address, description=summary, body=article, head=head)
    )


def _structured(settings: PodcastSettings, item: Item, summary: str) -> dict[str, object]:
    """https://schema.org/PodcastEpisode"""
    sound = sound_of(item)
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "name": item.title,
        "description": summary,
        "url": f"{settings.base_url}/{item.href}",
        "datePublished": stamp(item.published_at),
        "inLanguage": item.language,
        "partOfSeries": {"@type": "PodcastSeries", "name": settings.title, "webFeed": f"{settings.base_url}/feed.xml"},
        "associatedMedia": {
            "@type": "MediaObject",
            "contentUrl": media_address(settings, sound.name),
            "encodingFormat": sound.media_type,
        },
        "identifier": podcast_guid(f"{settings.base_url}/feed.xml"),
    }
    if sound.duration_s:
        data["duration"] = f"PT{round(sound.duration_s)}S"
    return data


def _card(settings: PodcastSettings, title: str, summary: str, address: str, picture: str) -> Html:
    has_picture = Path(urlsplit(picture).path).suffix != ""
    properties = [
        ("og:type", "website"),
        ("og:title", title),
        ("og:description", shortened(plain(summary), 200)),
        ("og:url", address if address.startswith("http") else f"{settings.base_url}/"),
        ("og:site_name", settings.title),
        ("og:image", picture if has_picture else ""),
    ]
    return join([el("meta", property=name, content=content) for name, content in properties if content])


def _player(settings: PodcastSettings, item: Item) -> Html:
    sound, folder = sound_of(item), f"{_root(settings)}/media/"
    if sound.kind is Kind.VIDEO:
        return video_player(sound, folder + sound.name, folder)
    return audio_player(sound, folder + sound.name, label=item.title)


def _chapters(item: Item, words: Words) -> Html | None:
    chapters = chapters_of(item)
    if not chapters:
        return None
    entries = [
        el("li", el("time", clock(round(start_s * 1000))[:8], datetime=f"PT{start_s:g}S"), el("span", title))
        for start_s, title in chapters
    ]
    return join(el("h2", words.chapters, class_="small"), el("ol", entries, class_="chapters"))


def _label(item: Item) -> str:
    season, episode = item.extra.get("season"), item.extra.get("episode")
    return " ".join(f"{letter}{number}" for letter, number in (("S", season), ("E", episode)) if number)


def _length(item: Item) -> str:
    duration_s = sound_of(item).duration_s
    return clock(round(duration_s) * 1000)[:8].removeprefix("00:") if duration_s else ""


def _root(settings: PodcastSettings) -> str:
    return urlsplit(settings.base_url).path


def _document(settings: PodcastSettings, *, title: str, body: Html, head: Html | None = None, **more: str) -> Document:
    words, root = words_for(settings.language), _root(settings)
    feed = el("link", rel="alternate", type="application/rss+xml", title=settings.title, href=f"{root}/feed.xml")
    follow = [el("li", el("a", words.subscribe, href=f"{root}/feed.xml"))]
    if settings.funding_url:
        follow.append(el("li", el("a", settings.funding_text or settings.funding_url, href=settings.funding_url)))
    return Document(
        title=title,
        site=settings.title,
        language=settings.language,
        root=root,
        words=words,
        body=body,
        head=join(head, feed),
        footer=join(el("ul", follow), el("p", settings.copyright or settings.author)),
        **more,
    )
