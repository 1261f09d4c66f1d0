"""Every page of the website as HTML."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib.resources import files
from urllib.parse import quote, urlsplit

from crosscut.channels.builtin.site.cards import head_of
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.markup import Html, el, from_markdown, join, plain, shortened
from crosscut.channels.page import (
    Document,
    Words,
    audio_player,
    byline,
    document,
    figure,
    srcset,
    stylesheet,
    transcript,
    video_player,
    words_for,
)
from crosscut.channels.page.document import mark, nothing, source_digest, style_name
from crosscut.channels.printing import Sheet
from crosscut.channels.shelf import Item, ShelfMedia, slug
from crosscut.kernel.facts import Kind
from crosscut.kernel.records import digest

PER_PAGE = 12
_CARD_WIDE = "(min-width: 44rem) 24rem, 100vw"  # what a card's picture takes: .posts in page.css
_FIRST_WIDE = "(min-width: 44rem) 40rem, 100vw"
_SIGNS = {  # drawn for posts without a picture: a film and a wave
    Kind.VIDEO: "M9 7.5v9l7.5-4.5z M3 5h18v14H3z",
    Kind.AUDIO: "M3 10v4 M7 7v10 M11 4v16 M15 8v8 M19 10.5v3",
}


def page_sheets(settings: SiteSettings, items: list[Item]) -> Iterator[Sheet]:
    """The articles, the lists that lead to them, and what lies beside them."""
    look = _look(settings)
    yield Sheet(path=style_name(), made_of=look, draw=stylesheet)
    yield Sheet(path="mark.svg", made_of=look, draw=mark)
    if settings.counter_url:
        yield Sheet(path="count.js", made_of=look, draw=_counter)
    for item in items:
        made_of = f"{look} {item.key} {item.revision}"
        yield Sheet(path=f"{item.path}/index.html", made_of=made_of, draw=partial(_article, settings, item))
    yield from _lists(settings, items, look)
    for name, draw in (("404", _missing), ("410", _gone)):
        yield Sheet(path=f"{name}.html", made_of=look, draw=partial(draw, settings))


def tag_address(tag: str) -> str:
    """Where the list of a topic lives; empty for a topic without a letter."""
    return f"tags/{quote(slug(tag))}/" if slug(tag) else ""


def root_of(settings: SiteSettings) -> str:
    """The path of the site on its host."""
    return urlsplit(settings.base_url).path


def summary_of(item: Item, length: int = 200) -> str:
    """What the post says in short."""
    return item.summary or shortened(plain(item.text), length)


def _look(settings: SiteSettings) -> str:
    """What decides how every page looks, beside its content."""
    return digest(
        [settings.model_dump(mode="json", exclude={"folder"}), source_digest("crosscut.channels.builtin.site")]
    )


@cache
def _counter() -> bytes:
    return files("crosscut.channels.builtin.site").joinpath("count.js").read_bytes()


def _article(settings: SiteSettings, item: Item) -> bytes:
    words, root = words_for(settings.language), root_of(settings)
    first, rest = _hero(item.media)
    header = el(
        "header",
        el("h1", item.title),
        el("p", item.summary, class_="lede") if item.summary else None,
        byline(settings.organisation, item.published_at, item.updated_at, words),
    )
    article = el(
        "article",
        header,
        el("div", _shown(first, root, is_first=True), class_="hero") if first else None,
        [_shown(media, root) for media in rest if media.kind is not Kind.IMAGE],
        el("div", from_markdown(item.text), class_="text"),
        _gallery(rest, root),
        [transcript(media, words) for media in item.media],
        el("p", el("a", words.more, class_="button", href=item.link)) if item.link else None,
        _tags(item.tags, root, words),
        class_="article",
        lang=item.language if item.language != settings.language else None,
    )
    return document(
        _document(
            settings,
            title=item.title,
            address=f"{settings.base_url}/{item.href}",
            description=summary_of(item),
            body=article,
            head=head_of(settings, item, summary_of(item)),
        )
    )


def _hero(media: tuple[ShelfMedia, ...]) -> tuple[ShelfMedia | None, tuple[ShelfMedia, ...]]:
    """What stands first on the page, and the rest."""
    first = next((one for one in media if one.kind in (Kind.VIDEO, Kind.IMAGE)), None)
    return first, tuple(one for one in media if one is not first)


def _shown(media: ShelfMedia, root: str, *, is_first: bool = False) -> Html | None:
    folder = f"{root}/media/"
    if media.kind is Kind.IMAGE:
        return figure(media, folder + media.name, is_first=is_first)
    if media.kind is Kind.VIDEO:
        return video_player(media, folder + media.name, folder)
    return audio_player(media, folder + media.name) if media.kind is Kind.AUDIO else None


def _gallery(media: tuple[ShelfMedia, ...], root: str) -> Html | None:
    pictures = [_shown(one, root) for one in media if one.kind is Kind.IMAGE]
    return el("div", pictures, class_="gallery") if pictures else None


def _tags(tags: Iterable[str], root: str, words: Words) -> Html | None:
    found = [(tag, address) for tag in tags if (address := tag_address(tag))]
    if not found:
        return None
    entries = [el("li", el("a", tag, href=f"{root}/{address}", rel="tag")) for tag, address in found]
    return el("nav", el("ul", entries, class_="tags"), aria_label=words.tags)


def _lists(settings: SiteSettings, items: list[Item], look: str) -> Iterator[Sheet]:
    words = words_for(settings.language)
    yield from _paged(settings, items, "", settings.title, look)
    by_tag: dict[str, list[Item]] = defaultdict(list)
    names: dict[str, str] = {}
    for item in items:
        for tag in item.tags:
            if (name := slug(tag)) and item not in by_tag[name][-1:]:
                by_tag[name].append(item)
                names[name] = tag
    for name, tagged in sorted(by_tag.items()):
        yield from _paged(settings, tagged, f"tags/{name}/", words.about_tag.format(tag=names[name]), look)


def _paged(settings: SiteSettings, items: list[Item], place: str, heading: str, look: str) -> Iterator[Sheet]:
    """A list in pages. Older pages are counted from the oldest post, so that a new post changes the first page only."""
    full = max(len(items) // PER_PAGE - 1, 0)
    first, older = items[: len(items) - full * PER_PAGE], items[len(items) - full * PER_PAGE :]
    groups = [first, *(older[start : start + PER_PAGE] for start in range(0, len(older), PER_PAGE))]
    places = [place, *(f"{place}page/{number}/" for number in range(full, 0, -1))]
    for number, (group, at) in enumerate(zip(groups, places, strict=True)):
        around = (places[number - 1] if number else None, places[number + 1] if number + 1 < len(places) else None)
        made_of = digest([look, heading, around, [(item.key, item.revision) for item in group]])
        draw: Callable[[], bytes] = partial(_list, settings, group, at, heading, around)
        yield Sheet(path=f"{at}index.html", made_of=made_of, draw=draw)


def _list(
    settings: SiteSettings, items: list[Item], place: str, heading: str, around: tuple[str | None, str | None]
) -> bytes:
    words, root = words_for(settings.language), root_of(settings)
    is_home = not place
    cards = [_card(settings, item, is_first=is_home and number == 0) for number, item in enumerate(items)]
    body = join(
        el("h1", settings.title if is_home else heading, class_="visually-hidden" if is_home else "list-title"),
        el("ul", cards, class_="posts first" if is_home else "posts") if cards else el("p", words.nothing_yet),
        _around(root, words, *around),
    )
    page = _document(
        settings,
        title=heading,
        address=f"{settings.base_url}/{quote(place)}",
        description=settings.description if is_home else "",
        body=body,
        tagline=settings.description if is_home else "",
    )
    return document(page)


def _around(root: str, words: Words, newer: str | None, older: str | None) -> Html | None:
    links = [
        el("a", f"← {words.newer}", href=f"{root}/{quote(newer)}", rel="prev") if newer is not None else None,
        el("a", f"{words.older} →", href=f"{root}/{quote(older)}", rel="next") if older is not None else None,
    ]
    return el("nav", links, class_="pages", aria_label=words.pages) if any(links) else None


def _card(settings: SiteSettings, item: Item, *, is_first: bool) -> Html:
    root = root_of(settings)
    picture = next((media for media in item.media if media.kind is Kind.IMAGE or media.poster), None)
    return el(
        "li",
        el("h2", el("a", item.title, href=f"{root}/{item.href}")),
        byline("", item.published_at, None, words_for(settings.language)),
        el("p", summary_of(item, 150)) if summary_of(item) else None,
        _picture(item, picture, root, is_first=is_first),
        class_="card" if item.media else "card plain",
        lang=item.language if item.language != settings.language else None,
    )


def _picture(item: Item, picture: ShelfMedia | None, root: str, *, is_first: bool) -> Html | None:
    """The card's picture; its words are on the article's page, and the title beside it says where it leads."""
    if picture:
        loading = "eager" if is_first else "lazy"
        shown = picture.poster or picture
        size = {"width": shown.width_px, "height": shown.height_px}
        width = _FIRST_WIDE if is_first else _CARD_WIDE
        forms = {} if picture.poster else srcset(picture, f"{root}/media", sizes=width)
        image = el("img", src=f"{root}/media/{shown.name}", **forms, alt="", loading=loading, **size)
        return el("div", image, class_="pic")
    sign = next((_SIGNS[media.kind] for media in item.media if media.kind in _SIGNS), None)
    if not sign:
        return None
    path = el("path", d=sign, fill="none", stroke="currentColor", stroke_width="1.5", stroke_linecap="round")
    drawing = el("svg", path, viewBox="0 0 24 24", aria_hidden="true")
    return el("div", el("span", drawing, class_="sign"), class_="pic")


def _missing(settings: SiteSettings) -> bytes:
    words = words_for(settings.language)
    body = nothing(words.missing, words.missing_help, root_of(settings), words)
    return document(_document(settings, title=words.missing, body=body))


def _gone(settings: SiteSettings) -> bytes:
    words = words_for(settings.language)
    return document(
        _document(settings, title=words.gone, body=nothing(words.gone, words.gone_help, root_of(settings), words))
    )


def _document(settings: SiteSettings, *, title: str, body: Html, head: Html | None = None, **more: str) -> Document:
    words, root = words_for(settings.language), root_of(settings)
    feeds = [("Atom", "feed.atom", "application/atom+xml"), ("RSS", "feed.rss", "application/rss+xml")]
    alternates = [
        el("link", rel="alternate", type=kind, title=f"{settings.title} ({name})", href=f"{root}/{file}")
        for name, file, kind in feeds
    ]
    counter = el("script", src=f"{root}/count.js", defer=True, data_to=settings.counter_url)
    host = urlsplit(settings.counter_url)
    follow = el("ul", el("li", el("a", words.feed, href=f"{root}/feed.atom")))
    return Document(
        title=title,
        site=settings.title,
        language=settings.language,
        root=root,
        words=words,
        body=body,
        head=join(head, alternates, counter if settings.counter_url else None),
        footer=join(follow, el("p", settings.organisation) if settings.organisation else None),
        connects_to=f"{host.scheme}://{host.netloc}" if settings.counter_url else "",
        **more,
    )
