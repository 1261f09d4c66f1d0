"""The words of a post, back from the HTML a server made of them, and compared with those that were sent."""

import re
import unicodedata
from html.parser import HTMLParser

_REMOTE_MENTION = re.compile(r"(@\w+)@[\w.-]+\w")
_MARKS = re.compile(r"[\s*_`~>#\\\u200B-\u200D\uFE0F]+")


def plain(content: str) -> str:
    """The text of a status's HTML, its paragraphs parted by an empty line.

    >>> plain('<p>A &amp; B<br />C</p><p><a href="https://a.b/c"><span class="invisible">https://</span>a.b/c</a></p>')
    'A & B\\nC\\n\\nhttps://a.b/c'
    """
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return "".join(reader.parts).strip()


def links(content: str) -> tuple[str, ...]:
    """The addresses a status's HTML leads to, mentions and hashtags left out.

    >>> links('<a href="https://a.b/@x" class="u-url mention">@x</a> <a href="https://a.b/c">c</a>')
    ('https://a.b/c',)
    """
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return tuple(reader.links)


def essence(text: str) -> str:
    """What two spellings of the same words share, whatever a server does to spaces, marks and the host of a mention.

    >>> essence("Hello  @ada@reef.social,\\n*see* #Reef") == essence("Hello @ada, see #Reef")
    True
    """
    return _MARKS.sub("", _REMOTE_MENTION.sub(r"\1", unicodedata.normalize("NFKC", text)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "br":
            self.parts.append("\n")
        elif tag == "a" and found.get("href") and not {"mention", "hashtag"} & set((found.get("class") or "").split()):
            self.links.append(found["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "li", "blockquote", "pre", "h1", "h2", "h3"):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
