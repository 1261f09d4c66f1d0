"""HTML built from elements, so that text is always escaped, and Markdown made safe for strangers' eyes."""

import html
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}  # CLDR 45, character order
_RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"}  # ISO 15924
_BARE_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?'()\[\]{}*_…»”]")
_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "hr", "i", "li", "ol", "p", "pre"),
    *("h2", "h3", "h4", "h5", "h6", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def el(name: str, /, *children: object, **attributes: object) -> Html:
    """One element. Children that are not `Html` are escaped; False and None leave an attribute or a child out.

    >>> el("p", "a < b", el("br"), class_="lead", hidden=True, data_n=None)
    '<p class="lead" hidden>a &lt; b<br></p>'
    """
    opening = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{opening}>")
    return Html(f"<{name}{opening}>{join(*children)}</{name}>")


def join(*children: object) -> Html:
    """The children one after another.

    >>> join("&", [el("b", 0), None])
    '&amp;<b>0</b>'
    """
    return Html("".join(_inner(child) for child in children if child is not None and child is not False))


def _inner(child: object) -> str:
    if isinstance(child, Html):
        return child
    if isinstance(child, (list, tuple)):
        return join(*child)
    return html.escape(str(child), quote=False)


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'


def data_block(data: Any) -> Html:
    """JSON-LD in a page: a data block, which no content security policy takes for a script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Html(f'<script type="application/ld+json">{text}</script>')


def direction(language: str) -> str:
    """Which way the language is written.

    >>> direction("ar-EG"), direction("en"), direction("az-Arab"), direction("ks-Deva")
    ('rtl', 'ltr', 'rtl', 'ltr')
    """
    primary, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4), "")
    is_right_to_left = script in _RIGHT_TO_LEFT_SCRIPTS if script else primary in _RIGHT_TO_LEFT
    return "rtl" if is_right_to_left else "ltr"


def from_markdown(text: str) -> Html:
    """The text as HTML without scripts, pictures from elsewhere or headings above the second level.

    >>> from_markdown("# Reef\\n\\n<script>alert(1)</script>")
    '<h2>Reef</h2>\\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\\n'
    >>> from_markdown("See https://reef.example/a_b.")
    '<p>See <a href="https://reef.example/a_b" rel="noopener noreferrer">https://reef.example/a_b</a>.</p>\\n'
    """
    return _safe(_markdown(breaks=True).render(text))


def from_file(text: str, *, highest: int) -> Html:
    """The same for a file of ours, whose lines are wrapped: they run on, and no heading is above that level.

    >>> from_file("## Reef\\n\\nHalf of it\\nis gone.", highest=3)
    '<h3>Reef</h3>\\n<p>Half of it\\nis gone.</p>\\n'
    """
    return _safe(_markdown(breaks=False).render(text, {"highest": highest}))


def _safe(rendered: str) -> Html:
    return Html(
        nh3.clean(
            rendered,
            tags=_TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}},
            url_schemes={"http", "https", "mailto"},
        )
    )


def plain(text: str) -> str:
    """The words of a Markdown text, on one line.

    >>> plain("**Half** the [reef](https://a.example) is gone.\\n\\nMore.")
    'Half the reef is gone. More.'
    """
    spaced = re.sub(r"</(p|h\d|li|td|th|pre|blockquote)>|<br>", r"\g<0> ", from_markdown(text))
    return " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())


def shortened(text: str, length: int) -> str:
    """At most that many characters, cut between words.

    >>> shortened("The reef is not dead", 12)
    'The reef is…'
    """
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:.")[: length - 1] + "…"


@cache
def _markdown(*, breaks: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt  # 0.1 s of CPU that processes are spared which draw no page

    markdown = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"])
    markdown.disable("image")
    markdown.core.ruler.push("lower_headings", _lower_headings)
    markdown.core.ruler.push("bare_links", _bare_links)
    return markdown


def _lower_headings(state: "StateCore") -> None:
    """The page's own title is the only first-level heading; some texts stand below another heading as well."""
    highest = f"h{state.env.get('highest', 2)}"
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = max(token.tag, highest)


def _bare_links(state: "StateCore") -> None:
    """An address written out becomes a link, as people expect of a post."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = _linked(block.children)


def _linked(tokens: "list[Token]") -> "list[Token]":
    linked: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        linked += _split(token) if token.type == "text" and not depth else [token]
    return linked


def _split(token: "Token") -> "list[Token]":
    from markdown_it.token import Token  # it is read already: whoever splits was given one

    parts: list[Token] = []
    end = 0
    for match in _BARE_LINK.finditer(token.content):
        parts += [
            Token("text", "", 0, content=token.content[end : match.start()]),
            Token("link_open", "a", 1, attrs={"href": match[0]}),
            Token("text", "", 0, content=match[0]),
            Token("link_close", "a", -1),
        ]
        end = match.end()
    return [*parts, Token("text", "", 0, content=token.content[end:])]
