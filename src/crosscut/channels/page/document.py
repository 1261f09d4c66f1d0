"""One whole HTML page."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from crosscut.channels.markup import Html, direction, el, join
from crosscut.channels.page.words import Words
from crosscut.kernel.records import digest


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a page says, and what it says about itself."""

    title: str  # of this page
    site: str  # the site's name
    language: str  # of the content, BCP 47
    root: str  # the path of the site on its host, "" or "/reef"
    words: Words
    body: Html
    address: str = ""  # the page's own whole address; empty for pages that have none
    description: str = ""
    tagline: str = ""  # under the site's name, on the first page only
    head: Html = field(default_factory=lambda: Html(""))  # more for the head: cards, feeds, structured data
    footer: Html = field(default_factory=lambda: Html(""))
    connects_to: str = ""  # the one other origin a script of ours may talk to
    home: str = ""  # where the name of the site leads; empty: to its root
    form_to: str = ""  # where a form in it may be sent, as a security policy says it: "'self'"; empty: nowhere


def document(page: Document) -> bytes:
    """The page as UTF-8."""
    known = el("link", rel="canonical", href=page.address) if page.address else None
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_policy(page)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", page.title if page.title == page.site else f"{page.title} · {page.site}"),
        el("meta", name="description", content=page.description) if page.description else None,
        known or el("meta", name="robots", content="noindex"),
        el("link", rel="stylesheet", href=f"{page.root}/{style_name()}"),
        el("link", rel="icon", type="image/svg+xml", href=f"{page.root}/mark.svg"),
        page.head,
    )
    body = el(
        "body",
        el("a", page.words.skip, class_="skip", href="#content", lang=page.words.language),
        _header(page),
        el("main", page.body, id="content", tabindex="-1"),
        el("footer", page.footer, class_="foot"),
    )
    html = el("html", head, body, lang=page.language, dir=direction(page.language))
    return f"<!doctype html>\n{html}\n".encode()


@cache
def stylesheet() -> bytes:
    """The look of all public pages."""
    return files("crosscut.channels.page").joinpath("page.css").read_bytes()


@cache
def mark() -> bytes:
    """The small picture in the browser's tab."""
    return files("crosscut.channels.page").joinpath("mark.svg").read_bytes()


@cache
def style_name() -> str:
    """The stylesheet's file name, which changes with its content so that no browser keeps an old one."""
    return f"style-{digest(stylesheet().decode())[:8]}.css"


def _header(page: Document) -> Html:
    tagline = el("p", page.tagline, class_="tagline") if page.tagline else None
    return el(
        "header", el("p", el("a", page.site, href=page.home or f"{page.root}/"), class_="site"), tagline, class_="top"
    )


def _policy(page: Document) -> str:
    """Nothing but what lies beside the page; a script only where the site counts visits."""
    rules = ["default-src 'none'", "img-src 'self'", "media-src 'self'", "style-src 'self'", "base-uri 'none'"]
    rules.append(f"form-action {page.form_to}" if page.form_to else "form-action 'none'")
    if page.connects_to:
        rules += ["script-src 'self'", f"connect-src {page.connects_to}"]
    return "; ".join(rules)


def links(pairs: list[tuple[str, str]], **attributes: object) -> Html:
    """A list of links, (words, address) each."""
    return el("ul", [el("li", el("a", words, href=href)) for words, href in pairs], **attributes)


def nothing(heading: str, help_text: str, page_root: str, words: Words) -> Html:
    """What a page says when there is nothing to show."""
    return join(el("h1", heading), el("p", help_text), el("p", el("a", words.home, href=f"{page_root}/")))


@cache
def source_digest(package: str) -> str:
    """A digest of the code that draws pages, so that a new version draws them anew."""
    sources = [
        (path.name, path.read_text())
        for folder in ("crosscut.channels.page", package)
        for path in files(folder).iterdir()
        if path.is_file() and path.name.endswith((".py", ".css", ".js"))
    ]
    return digest(sorted(sources))
