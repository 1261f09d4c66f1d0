"""An issue as a letter: words, pictures and what every letter must say, for readers with and without HTML.

Styles are written into each element, as mail programs leave out sheets of them. Nothing in it counts who opens it.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from lxml import html

from crosscut.channels.builtin.newsletter.settings import NewsletterSettings
from crosscut.channels.builtin.newsletter.words import Said, said_for
from crosscut.channels.mailing import Letter, Recipient
from crosscut.channels.markup import Html, direction, el, from_markdown, join
from crosscut.channels.shelf import Item, ShelfMedia
from crosscut.kernel.facts import Kind

# Lines of a head are not folded: Python would wrap a long address into encoded words, and no program would follow it.
_WIRE = SMTP.clone(max_line_length=998)  # RFC 5322, 2.1.1
_WIDTH_PX = 600  # what mail programs give a letter
_FONT = "font-family:Helvetica,Arial,sans-serif"
_INK, _QUIET = "#1a1a1a", "#595959"  # on white 17:1 and 7:1
_STYLES = {
    "p": "margin:0 0 16px;line-height:1.55",
    "h2": "margin:28px 0 10px;font-size:21px;line-height:1.3",
    "h3": "margin:24px 0 8px;font-size:18px;line-height:1.3",
    "h4": "margin:20px 0 8px;font-size:16px;line-height:1.3",
    "ul": "margin:0 0 16px;padding-inline-start:24px",
    "ol": "margin:0 0 16px;padding-inline-start:24px",
    "li": "margin:0 0 6px;line-height:1.55",
    "blockquote": "margin:0 0 16px;padding-inline-start:16px;border-inline-start:3px solid #767676",
    "pre": "margin:0 0 16px;white-space:pre-wrap;font-family:monospace",
    "td": "padding:4px 8px;border:1px solid #767676",
    "th": "padding:4px 8px;border:1px solid #767676;text-align:start",
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of the issue, as a letter shows it."""

    media: ShelfMedia
    source: str  # "https://…" or "cid:…"
    path: Path  # where its bytes lie


def issue_letter(settings: NewsletterSettings, item: Item, to: Recipient, *, media: Path, at: datetime) -> Letter:
    """The issue for one reader. `media` is the folder of its files, `at` the date it carries."""
    web = f"{settings.base_url}/{item.href}"
    pictures = [_picture(settings, one, media) for one in item.media if one.kind is Kind.IMAGE]
    message = _addressed(settings, to, subject=item.title, at=at)
    message["List-Id"] = f"<{_list_name(settings)}>"  # RFC 2919
    message["List-Unsubscribe"] = f"<{to.leave_url}>"  # RFC 2369
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058, 3.1
    message["List-Archive"] = f"<{settings.base_url}/>"
    message["Archived-At"] = f"<{web}>"  # RFC 5064
    message.set_content(_plain(settings, item, to, web), cte="quoted-printable")
    message.add_alternative(_html(settings, item, to, web, pictures), subtype="html", cte="quoted-printable")
    if settings.pictures == "embedded":
        _embed(message, pictures)
    message["Content-Language"] = item.language  # now: what was set before the parts would go into the first of them
    return _sealed(settings, message, to)


def question_letter(settings: NewsletterSettings, to: Recipient, *, confirm_url: str, at: datetime) -> Letter:
    """The letter that asks whether somebody really wants the newsletter. It says nothing that could be advertising."""
    said = said_for(settings.language)
    message = _addressed(settings, to, subject=said.question.format(title=settings.title), at=at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: nobody's absence note answers it
    text = said.question_text.format(title=settings.title)
    message.set_content(
        f"{text}\n\n{confirm_url}\n\n{said.question_ignore}\n\n-- \n{settings.postal_address}\n", cte="quoted-printable"
    )
    return _sealed(settings, message, to)


def _addressed(settings: NewsletterSettings, to: Recipient, *, subject: str, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = MailAddress(display_name=" ".join(settings.title.split()), addr_spec=settings.sender)
    message["To"] = MailAddress(display_name=to.name, addr_spec=to.address)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = at
    return message


def _sealed(settings: NewsletterSettings, message: EmailMessage, to: Recipient) -> Letter:
    """The letter under its lasting name: the same at every try, so that its fate can be read."""
    message_id = f"<{to.key}@{settings.sender.rpartition('@')[2]}>"
    message["Message-ID"] = message_id
    return Letter(to=to.address, message_id=message_id, content=message.as_bytes(policy=_WIRE))


def _list_name(settings: NewsletterSettings) -> str:
    """Names the list for ever, whatever its title becomes: RFC 2919, 2."""
    local, _at, domain = settings.sender.lower().partition("@")
    return f"{local.replace('+', '-')}.{domain}"


def _picture(settings: NewsletterSettings, media: ShelfMedia, folder: Path) -> Picture:
    hosted = f"{settings.base_url}/media/{media.name}"
    source = f"cid:{media.name}@{settings.sender.rpartition('@')[2]}" if settings.pictures == "embedded" else hosted
    return Picture(media=media, source=source, path=folder / media.name)


def _embed(message: EmailMessage, pictures: list[Picture]) -> None:
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage)  # noqa: S101 - it was added before
    for picture in pictures:
        main, _slash, sub = picture.media.media_type.partition("/")
        body.add_related(
            picture.path.read_bytes(),
            maintype=main,
            subtype=sub,
            cid=f"<{picture.source.removeprefix('cid:')}>",
            filename=picture.media.filename,
            disposition="inline",
        )


def _plain(settings: NewsletterSettings, item: Item, to: Recipient, web: str) -> str:
    said = said_for(settings.language)
    pictures = [f"[{media.alt_text}]" for media in item.media if media.kind is Kind.IMAGE and media.alt_text]
    parts = [item.title, *pictures[:1], item.text, *pictures[1:], item.link, "-- "]
    footer = [
        _why(settings, said),
        settings.postal_address,
        f"{said.on_the_web}: {web}",
        f"{said.leave}: {to.leave_url}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n" + "\n".join(footer) + "\n"


def _html(settings: NewsletterSettings, item: Item, to: Recipient, web: str, pictures: list[Picture]) -> str:
    shown = [_figure(picture) for picture in pictures]
    article = el(
        "div",
        el(
            "p",
            _link(settings, said_for(settings.language).on_the_web, web),
            style=f"margin:0 0 24px;color:{_QUIET};font-size:14px",
        ),
        el("h1", item.title, style="margin:0 0 20px;font-size:28px;line-height:1.25"),
        shown[:1],
        _dressed(settings, from_markdown(item.text)),
        shown[1:],
        _button(settings, item.link) if item.link else None,
        _footer(settings, to),
        role="article",
        aria_label=item.title,
        style=f"max-width:{_WIDTH_PX}px;margin:0 auto;padding:24px 16px;font-size:16px;color:{_INK};{_FONT}",
        lang=item.language,
        dir=direction(item.language),
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light"),
        el("title", item.title),
    )
    body = el("body", _preheader(item), article, style="margin:0;padding:0;background:#ffffff")
    return f"<!doctype html>\n{el('html', head, body, lang=item.language, dir=direction(item.language))}\n"


def _preheader(item: Item) -> Html | None:
    """The words that lists of letters show after the subject; in the letter they would be said twice."""
    hidden = "display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:#ffffff"
    return el("div", item.summary, style=hidden, aria_hidden="true") if item.summary else None


def _figure(picture: Picture) -> Html:
    media = picture.media
    width = min(media.width_px or _WIDTH_PX, _WIDTH_PX)
    image = el(
        "img",
        src=picture.source,
        alt=media.alt_text,
        width=width,
        style="display:block;width:100%;height:auto;border:0",
    )
    credit = el("p", media.credit, style=f"margin:6px 0 0;font-size:13px;color:{_QUIET}") if media.credit else None
    return el("div", image, credit, style=f"max-width:{width}px;margin:0 0 20px")


def _button(settings: NewsletterSettings, address: str) -> Html:
    style = (
        f"display:inline-block;padding:12px 20px;background:{settings.colour};color:#ffffff;text-decoration:none;"
        "font-weight:bold;border-radius:6px"
    )
    return el("p", el("a", _shown_address(address), href=address, style=style), style="margin:8px 0 24px")


def _shown_address(address: str) -> str:
    """The address as people say it.

    >>> _shown_address("https://www.reef.example/six-things/?utm_source=x")
    'reef.example/six-things'
    """
    bare = address.partition("://")[2].partition("?")[0].partition("#")[0].removeprefix("www.").rstrip("/")
    return bare or address


def _footer(settings: NewsletterSettings, to: Recipient) -> Html:
    said = said_for(settings.language)
    lines = join(
        el("p", _why(settings, said), style="margin:0 0 6px"),
        el("p", settings.title, ", ", settings.postal_address, style="margin:0 0 6px"),
        el("p", _link(settings, said.leave, to.leave_url), style="margin:0"),
    )
    style = (
        f"margin-top:32px;padding-top:16px;border-top:1px solid #767676;font-size:14px;line-height:1.5;color:{_QUIET}"
    )
    return el("div", lines, style=style, lang=said.language)


def _why(settings: NewsletterSettings, said: Said) -> str:
    return settings.why.strip() or said.why.format(title=settings.title)


def _link(settings: NewsletterSettings, words: str, address: str) -> Html:
    return el("a", words, href=address, style=f"color:{settings.colour};text-decoration:underline")


def _dressed(settings: NewsletterSettings, text: Html) -> Html:
    """The text with each element's style written into it."""
    root = html.fragment_fromstring(text, create_parent="div")
    for element in root.iter():
        if element.tag == "a":
            element.set("style", f"color:{settings.colour};text-decoration:underline")
        elif element.tag in _STYLES:
            element.set("style", _STYLES[element.tag])
    return Html("".join(html.tostring(child, encoding="unicode") for child in root))
