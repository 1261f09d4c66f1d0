"""The network for people: a time line, a page for each post, and the page where faults are ordered."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from crosscut.channels.builtin.practice.faults import KINDS, SCOPES, fault_of
from crosscut.channels.builtin.practice.limits import MAX_TEXT, length
from crosscut.channels.builtin.practice.store import PER_PAGE, Store
from crosscut.channels.builtin.practice.web import Request, Response, see
from crosscut.channels.markup import Html, direction, el, join, shortened
from crosscut.kernel.errors import Invalid

_ICONS = {
    "like": "M12 20s-7-4.6-7-10a4 4 0 0 1 7-2.600A4 4 0 0 1 19 10c0 5.400-7 10-7 10z",
    "repost": "M7 8h9a3 3 0 0 1 3 3v2 M17 16H8a3 3 0 0 1-3-3v-2 M9.5 5.5 7 8l2.5 2.5 M14.5 18.5 17 16l-2.5-2.5",
    "reply": "M5 6h14v10h-8l-4 3.500V16H5z",
}
_DOING = {"like": ("Like", "Liked"), "repost": ("Repost", "Reposted")}


def timeline(request: Request, store: Store) -> Response:
    """Everybody's posts, newest first."""
    return _posts_page(request, store, author="", title="Practice network", intro=_welcome())


def profile(request: Request, store: Store, handle: str) -> Response:
    """One account's posts."""
    account = store.account(handle)
    intro = el("header", _portrait(account["name"]), el("h1", account["name"]), el("p", f"@{handle}"), class_="who")
    return _posts_page(request, store, author=handle, title=account["name"], intro=intro)


def post(request: Request, store: Store, number: int) -> Response:
    """One post with its replies."""
    found = store.post(number)
    if found["deleted_at"]:
        return wrong(request, 410, "This post was taken down.")
    replies = store.replies(number)
    answers = el("ol", [_reply(one) for one in replies], class_="replies") if replies else None
    mine = store.marks_of(request.visitor)
    body = join(
        el("h1", f"Post by {found['name']}", class_="hidden"),
        _post(request, found, mine, is_alone=True),
        el("section", el("h2", "Replies"), answers or el("p", "Nobody has replied yet."), class_="talk"),
        _reply_form(request, number),
    )
    first = next((media for media in found["media"] if media["kind"] == "image"), None)
    head = join(
        el("meta", property="og:title", content=f"{found['name']} (@{found['handle']})"),
        el("meta", property="og:description", content=found["text"]),
        el("meta", property="article:published_time", content=found["created_at"]),
        el("meta", property="og:image", content=f"{request.root}/media/{first['file']}") if first else None,
    )
    return _page(request, f"{found['name']}: {shortened(found['text'], 60)}", body, head=head)


def mark(request: Request, store: Store, number: int, kind: str) -> Response:
    """Likes or reposts a post, or takes it back; one mark a browser."""
    request.form()
    store.post(number)
    visitor = request.visitor or secrets.token_urlsafe(12)
    store.toggle(number, kind, visitor)
    cookie = f"visitor={visitor}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    return see(f"{request.root}/posts/{number}", **{"Set-Cookie": cookie})


def reply(request: Request, store: Store, number: int) -> Response:
    """Takes an answer to a post."""
    form = request.form()
    name, text = form.get("name", "").strip(), form.get("text", "").strip()
    if not name or not text or length(name) > 50 or length(text) > MAX_TEXT:
        raise Invalid.at("text", f"A reply needs a name and up to {MAX_TEXT} characters.")
    store.post(number)
    store.add_reply(number, name, text)
    return see(f"{request.root}/posts/{number}#replies")


def faults(request: Request, store: Store) -> Response:
    """What goes wrong next, and the form that orders more."""
    waiting = [_fault(fault) for fault in store.faults()]
    intro = "Order a fault here, publish a post, and watch what happens. Everything ordered is undone with one button."
    body = join(
        el("header", el("h1", "Make it go wrong"), el("p", intro), class_="intro"),
        el("ul", waiting, class_="faults")
        if waiting
        else el("p", "Nothing is ordered: the network behaves.", class_="calm"),
        _lift_form(request) if waiting else None,
        _fault_form(request),
    )
    return _page(request, "Make it go wrong", body)


def set_fault(request: Request, store: Store) -> Response:
    """Orders a fault, or lifts all."""
    form = request.form()
    if form.get("do") == "lift":
        store.lift_faults()
    else:
        store.add_fault(fault_of(form))
    return see(f"{request.root}/faults")


def stylesheet(request: Request, store: Store) -> Response:
    """The look of the network."""
    look = files("crosscut.channels.builtin.practice").joinpath("practice.css").read_bytes()
    return Response(body=look, media_type="text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=60"})


def mark_picture(request: Request, store: Store) -> Response:
    """The small picture in the browser's tab."""
    picture = files("crosscut.channels.builtin.practice").joinpath("mark.svg").read_bytes()
    return Response(body=picture, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def wrong(request: Request, status: int, message: str) -> Response:
    """A page that says what went wrong."""
    back = el("p", el("a", "To the time line", href=f"{request.root}/"))
    title = {404: "Nothing here", 410: "Taken down"}.get(status, "That did not work")
    return _page(request, title, el("header", el("h1", title), el("p", message), back, class_="intro"), status=status)


def _posts_page(request: Request, store: Store, *, author: str, title: str, intro: Html) -> Response:
    before = request.query.get("before", "0")
    found = store.posts(author=author, before=int(before) if before.isdecimal() else 0)
    mine = store.marks_of(request.visitor)
    entries = [el("li", _post(request, one, mine)) for one in found]
    older = (
        el("a", "Older posts", href=f"?before={found[-1]['id']}", class_="older") if len(found) == PER_PAGE else None
    )
    empty = el("p", "No posts yet. The first one you publish here appears on this page.", class_="calm")
    return _page(request, title, join(intro, el("ol", entries, class_="line") if entries else empty, older))


def _post(request: Request, found: Mapping[str, Any], mine: set[tuple[int, str]], *, is_alone: bool = False) -> Html:
    address = f"{request.root}/posts/{found['id']}"
    when = el("time", _when(found["created_at"]), datetime=found["created_at"])
    edited = el("span", " · changed") if found["updated_at"] else None
    who = el(
        "a",
        el("strong", found["name"]),
        " ",
        el("span", f"@{found['handle']}"),
        href=f"{request.root}/@{found['handle']}",
    )
    language = found["language"]
    return el(
        "article",
        el(
            "header",
            _portrait(found["name"]),
            el("p", who, class_="by"),
            el("a", when, href=address, class_="when"),
            edited,
        ),
        el("p", found["text"], class_="words", lang=language, dir=direction(language)) if found["text"] else None,
        _media(request, found["media"], is_alone=is_alone),
        el("a", found["link"], href=found["link"], class_="link", rel="nofollow noopener") if found["link"] else None,
        _deeds(request, found, mine),
        class_="post",
        data_id=found["id"],
    )


def _media(request: Request, media: list[Mapping[str, Any]], *, is_alone: bool) -> Html | None:
    if not media:
        return None
    shown = [_shown(request, one, is_alone=is_alone) for one in media]
    return el("div", shown, class_=f"media n{min(len(media), 4)}")


def _shown(request: Request, media: Mapping[str, Any], *, is_alone: bool) -> Html:
    source = f"{request.root}/media/{media['file']}"
    if media["kind"] == "image":
        picture = el("img", src=source, alt=media["alt"], width=media["width"], height=media["height"], loading="lazy")
        words = el("figcaption", el("b", "ALT"), " ", media["alt"]) if is_alone and media["alt"] else None
        return el("figure", picture, words)
    captions = media["captions"]
    language = media["captions_language"]
    track = el(
        "track", kind="captions", src=f"{request.root}/media/{captions}", srclang=language, label=language, default=True
    )
    player = el(
        "video",
        el("source", src=source, type=media["type"]),
        track if captions else None,
        controls=True,
        preload="metadata",
        playsinline=True,
        aria_label=media["alt"],
    )
    return el("figure", player)


def _deeds(request: Request, found: Mapping[str, Any], mine: set[tuple[int, str]]) -> Html:
    address, counts = f"{request.root}/posts/{found['id']}", found["counts"]
    replies = counts["replies"]
    return el(
        "footer",
        el(
            "a",
            _icon("reply"),
            el("span", replies),
            href=f"{address}#replies",
            aria_label=f"Replies: {replies}",
            class_="deed",
        ),
        [_deed(address, kind, counts[f"{kind}s"], is_done=(found["id"], kind) in mine) for kind in ("repost", "like")],
    )


def _deed(address: str, kind: str, count: int, *, is_done: bool) -> Html:
    button = el(
        "button",
        _icon(kind),
        el("span", count),
        aria_label=f"{_DOING[kind][is_done]}, {count} so far",
        aria_pressed="true" if is_done else "false",
        class_=f"deed {kind}",
    )
    return el("form", button, method="post", action=f"{address}/{kind}")


def _reply(reply_: Mapping[str, Any]) -> Html:
    when = el("time", _when(reply_["created_at"]), datetime=reply_["created_at"])
    return el(
        "li", _portrait(reply_["name"]), el("p", el("strong", reply_["name"]), " ", when), el("p", reply_["text"])
    )


def _reply_form(request: Request, number: int) -> Html:
    name = el("label", "Your name", el("input", name="name", required=True, maxlength=50, autocomplete="nickname"))
    text = el("label", "Your reply", el("textarea", name="text", required=True, maxlength=MAX_TEXT, rows=3))
    button = el("button", "Reply", class_="main")
    action = f"{request.root}/posts/{number}/reply"
    return el("form", name, text, button, method="post", action=action, class_="panel", id="replies")


def _fault(fault: Mapping[str, Any]) -> Html:
    often = f"{fault['remaining']} times" if fault["remaining"] else "until lifted"
    often = "once" if fault["remaining"] == 1 else often
    if fault["until"]:
        left_s = (datetime.fromisoformat(fault["until"]) - datetime.now(UTC)).total_seconds()
        often = f"for {max(round(left_s), 0)} more seconds"
    return el("li", el("strong", KINDS[fault["kind"]]), f" · {SCOPES[fault['scope']]}, {often}")


def _lift_form(request: Request) -> Html:
    button = el("button", "Behave again", name="do", value="lift", class_="main")
    return el("form", button, method="post", action=f"{request.root}/faults")


def _fault_form(request: Request) -> Html:
    kinds = [el("option", words, value=kind) for kind, words in KINDS.items()]
    scopes = [el("option", words, value=scope) for scope, words in SCOPES.items()]
    return el(
        "form",
        el("h2", "Order a fault"),
        el("label", "What goes wrong", el("select", kinds, name="kind")),
        el("label", "With what", el("select", scopes, name="scope")),
        el("label", "How often (0: until lifted)", el("input", type="number", name="count", value=1, min=0, max=1000)),
        el(
            "label",
            "Seconds, where it takes time",
            el("input", type="number", name="seconds", value=5, min=0, max=3600),
        ),
        el("button", "Order it", class_="main"),
        method="post",
        action=f"{request.root}/faults",
        class_="panel",
    )


def _welcome() -> Html:
    text = "A place to learn and to show. Nobody outside sees it, so nothing here can be embarrassing."
    return el("header", el("h1", "What is new"), el("p", text), class_="intro")


def _portrait(name: str) -> Html:
    hue = sum(name.encode()) % 6
    return el("span", name[:1].upper(), class_=f"portrait p{hue}", aria_hidden="true")


def _icon(name: str) -> Html:
    path = el("path", d=_ICONS[name])
    return el("svg", path, viewBox="0 0 24 24", aria_hidden="true")


def _when(moment: str) -> str:
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _page(request: Request, title: str, body: Html, *, head: Html | None = None, status: int = 200) -> Response:
    links = [
        el("a", "Practice network", href=f"{request.root}/", class_="brand"),
        el("a", "Make it go wrong", href=f"{request.root}/faults"),
    ]
    page = el(
        "html",
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name="color-scheme", content="light dark"),
            el("meta", name="robots", content="noindex"),
            el("title", title if title == "Practice network" else f"{title} · Practice network"),
            el("link", rel="stylesheet", href=f"{request.root}/practice.css"),
            el("link", rel="icon", type="image/svg+xml", href=f"{request.root}/mark.svg"),
            head,
        ),
        el(
            "body",
            el("a", "Skip to content", href="#content", class_="skip"),
            el("nav", links, class_="bar", aria_label="Practice network"),
            el("main", body, id="content", tabindex="-1"),
        ),
        lang="en",
    )
    return Response(status=status, body=f"<!doctype html>\n{page}\n".encode())
