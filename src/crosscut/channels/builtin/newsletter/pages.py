"""The public pages: every issue, the list of them, and those on which readers come and go."""

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from crosscut.channels.builtin.newsletter.settings import NewsletterSettings
from crosscut.channels.builtin.newsletter.words import Said, said_for
from crosscut.channels.mailing import Page, Scene
from crosscut.channels.markup import Html, el, from_markdown, join, plain, shortened
from crosscut.channels.page import Document, byline, document, figure, stylesheet, words_for
from crosscut.channels.page.document import mark, nothing, source_digest, style_name
from crosscut.channels.printing import Sheet
from crosscut.channels.shelf import Item
from crosscut.kernel.facts import Kind
from crosscut.kernel.records import digest


def page_sheets(settings: NewsletterSettings, items: list[Item]) -> Iterator[Sheet]:
    """The issues, the list that leads to them, and what lies beside them."""
    look = digest(
        [
            settings.model_dump(
                mode="json", include={"base_url", "title", "description", "language", "postal_address"}
            ),
            source_digest("crosscut.channels.builtin.newsletter"),
        ]
    )
    yield Sheet(path=style_name(), made_of=look, draw=stylesheet)
    yield Sheet(path="mark.svg", made_of=look, draw=mark)
    for item in items:
        made_of = f"{look} {item.key} {item.revision}"
        yield Sheet(path=f"{item.path}/index.html", made_of=made_of, draw=partial(_issue, settings, item))
    listed = digest([look, [(item.key, item.revision) for item in items]])
    yield Sheet(path="index.html", made_of=listed, draw=partial(_list, settings, items))
    words = words_for(settings.language)
    for name, title, help_text in (
        ("404", words.missing, words.missing_help),
        ("410", words.gone, words.gone_help),
    ):
        yield Sheet(path=f"{name}.html", made_of=look, draw=partial(_nothing, settings, title, help_text))


def readers_page(settings: NewsletterSettings, page: Page) -> bytes:
    """One of the pages on which readers come and go, in the newsletter's language."""
    said = said_for(settings.language)
    title, body = _SCENES[page.scene](settings, said, page)
    document_of = _document(settings, title=title, body=join(el("h1", title), body), root=page.root)
    return document(document_of)


def _issue(settings: NewsletterSettings, item: Item) -> bytes:
    words, root = words_for(settings.language), _root(settings)
    pictures = [
        figure(media, f"{root}/media/{media.name}", is_first=number == 0)
        for number, media in enumerate(item.media)
        if media.kind is Kind.IMAGE
    ]
    article = el(
        "article",
        el(
            "header",
            el("h1", item.title),
            el("p", item.summary, class_="lede") if item.summary else None,
            byline(settings.title, item.published_at, item.updated_at, words),
        ),
        el("div", pictures[0], class_="hero") if pictures else None,
        el("div", from_markdown(item.text), class_="text"),
        el("div", pictures[1:], class_="gallery") if pictures[1:] else None,
        el("p", el("a", words.more, class_="button", href=item.link)) if item.link else None,
        class_="article",
        lang=item.language if item.language != settings.language else None,
    )
    head = el("meta", property="article:published_time", content=item.published_at.isoformat())
    return document(
        _document(
            settings,
            title=item.title,
            body=article,
            head=head,
            address=f"{settings.base_url}/{item.href}",
            description=item.summary or shortened(plain(item.text), 200),
        )
    )


def _list(settings: NewsletterSettings, items: list[Item]) -> bytes:
    words, root = words_for(settings.language), _root(settings)
    entries = [
        el(
            "li",
            el("h2", el("a", item.title, href=f"{root}/{item.href}")),
            byline("", item.published_at, None, words),
            el("p", item.summary or shortened(plain(item.text), 150)),
            class_="card plain",
            lang=item.language if item.language != settings.language else None,
        )
        for item in items
    ]
    body = join(
        el("h1", settings.title, class_="visually-hidden"),
        el("ul", entries, class_="posts") if entries else el("p", words.nothing_yet),
    )
    address, about = f"{settings.base_url}/", settings.description
    return document(
        _document(settings, title=settings.title, body=body, address=address, description=about, tagline=about)
    )


def _nothing(settings: NewsletterSettings, title: str, help_text: str) -> bytes:
    words = words_for(settings.language)
    return document(_document(settings, title=title, body=nothing(title, help_text, _root(settings), words)))


def _root(settings: NewsletterSettings) -> str:
    """The path of the newsletter on its host."""
    return urlsplit(settings.base_url).path


def _document(
    settings: NewsletterSettings,
    *,
    title: str,
    body: Html,
    head: Html | None = None,
    root: str | None = None,
    **more: str,
) -> Document:
    """`root` names another place for the stylesheet: then it is a page that readers come to, with a form."""
    return Document(
        title=title,
        site=settings.title,
        language=settings.language,
        root=_root(settings) if root is None else root,
        words=words_for(settings.language),
        body=body,
        head=join(head),
        footer=el("p", settings.postal_address),
        home=f"{settings.base_url}/",
        form_to="'self'" if root is not None else "",
        **more,
    )


Scenery = tuple[str, Html]


def _join(settings: NewsletterSettings, said: Said, page: Page) -> Scenery:
    problem = el("p", page.problem, id="problem", class_="problem", role="alert") if page.problem else None
    field = el(
        "input",
        type="email",
        id="address",
        name="address",
        value=page.address,
        autocomplete="email",
        required=True,
        maxlength=254,
        aria_invalid="true" if page.problem else None,
        aria_describedby="problem" if page.problem else None,
    )
    form = el(
        "form",
        problem,
        el("p", el("label", said.address, for_="address"), field),
        el("p", el("button", said.join_button, class_="button")),
        method="post",
        class_="ask",
        novalidate=True,
    )
    about = el("p", settings.description) if settings.description else None
    return said.join.format(title=settings.title), join(about, form, el("p", said.join_help))


def _button(heading: str, help_text: str, words: str) -> Scenery:
    """A page that asks once: what follows links and looks, as mail scanners do, must change nothing."""
    form = el("form", el("p", el("button", words, class_="button")), method="post", class_="ask")
    return heading, join(el("p", help_text), form)


def _told(heading: str, help_text: str) -> Scenery:
    return heading, el("p", help_text, role="status")


_SCENES: dict[Scene, Callable[[NewsletterSettings, Said, Page], Scenery]] = {
    Scene.JOIN: _join,
    Scene.ASKED: lambda settings, said, page: _told(said.asked, said.asked_help),
    Scene.CONFIRM: lambda settings, said, page: _button(
        said.confirm.format(title=settings.title), said.confirm_help, said.confirm_button
    ),
    Scene.JOINED: lambda settings, said, page: _told(said.joined, said.joined_help),
    Scene.LEAVE: lambda settings, said, page: _button(
        said.leave_heading.format(title=settings.title), said.leave_help, said.leave_button
    ),
    Scene.LEFT: lambda settings, said, page: _told(said.left, said.left_help),
    Scene.OVER: lambda settings, said, page: _told(said.over, said.over_help),
    Scene.WAIT: lambda settings, said, page: _told(said.wait, said.wait_help),
}
