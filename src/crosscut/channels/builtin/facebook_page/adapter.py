"""The conversation with a Facebook Page: files are brought there unseen, and one request makes the post.

https://developers.facebook.com/docs/pages-api and …/docs/video-api/guides/reels-publishing, as of 2026-05-07; field
names checked against Meta's published description of v25.0. Nothing here was tried against the live network.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from crosscut.channels import answers
from crosscut.channels.builtin.facebook_page import CHANNEL
from crosscut.channels.builtin.facebook_page.settings import Settings
from crosscut.channels.graph import account, comments, login, timeline
from crosscut.channels.graph.api import Graph, error_in, refusal_of
from crosscut.channels.graph.comments import Below
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import COMMENT, Context, Count, Post, PostMedia, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import lost
from crosscut.channels.wording import essence, worded
from crosscut.kernel.errors import ChannelError, Invalid, OutcomeUnknown, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_POST = (
    "id,message,created_time,permalink_url,"
    "attachments{media_type,unshimmed_url,media,subattachments.limit(50){media_type,media}}"
)
_FILM = "id,description,created_time,permalink_url,published,status,post_id,source"
_COUNTED = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares"
_ADDRESS = re.compile(r"https://(?:www|m)\.facebook\.com/.*?(\d{5,})/?")
_FILMS = ("reel", "video")


class Facebook:
    """A Page's posts. Pictures and reels are staged unseen; a film is handed over with the one request."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Facebook's own login page."""
        settings = _settings(context)
        return login.departure(
            f"{settings.login_url}/{settings.version}/dialog/oauth",
            app_id=settings.app_id,
            scopes=CHANNEL.scopes,
            journey=journey,
            code_challenge=journey.challenge,
            code_challenge_method="S256",
        )

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """Every Page the person manages, each with a login of its own that lasts until it is taken back."""
        settings, secret = _settings(context), context.secrets.get("app_secret", "")
        url = f"{settings.graph_url}/{settings.version}/oauth/access_token"
        app = {"client_id": settings.app_id, "client_secret": secret}
        asked = {"redirect_uri": journey.redirect_uri, "code": code, "code_verifier": journey.verifier}
        short = login.turned_in(context.http, url, {**app, **asked})
        asked = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
        long = login.turned_in(context.http, url, {**app, **asked})
        person = _graph(context, long["access_token"])
        granted = person.get("/me/permissions").get("data", ())
        scopes = tuple(str(one["permission"]) for one in granted if one.get("status") == "granted")
        pages = person.get("/me/accounts", fields="id,name,username,access_token,tasks", limit=100).get("data", ())
        return tuple(_place(page, scopes) for page in pages)

    def connect(self, context: Context) -> Profile:
        """Which Page this is."""
        page = _graph(context).get("/me", fields="id,name,username,link")
        if not page.get("id"):
            raise RetryLater(phrase("Facebook does not say which Page this is."))
        return Profile(
            remote_id=str(page["id"]),
            name=account.name_of(page),
            handle=account.handle_of(page),
            url=str(page.get("link") or ""),
            can=("publish posts", "change and take down posts", "read its own posts back"),
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """One picture, or one step of a reel; nothing for words and for films."""
        graph, kept = _graph(context), dict(post.extra.get("kept") or {})
        if post.post_type == "photo":
            return _next_picture(graph, post, kept)
        if post.post_type == "reel":
            return _next_of_reel(context, graph, post, kept)
        return Staged(kept=kept, is_ready=True)

    def publish(self, context: Context, post: Post) -> Sent:
        """The post made public, or a first comment written."""
        graph, kept = _graph(context), dict(post.extra.get("kept") or {})
        if post.post_type == COMMENT:
            return comments.written(graph, post)
        if post.post_type == "reel":
            remote_id = _finish_reel(graph, post, kept)
        elif post.post_type == "video":
            remote_id = _film(graph, post)
        else:
            remote_id = _posted(graph, post, kept)
        url = _on_facebook(account.permalink(graph, remote_id, "permalink_url"))
        return Sent(remote_id=remote_id, url=url, answer={"id": remote_id})

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A film by its own number, a comment among its post's, all else by words, files and time on the Page."""
        graph, kept = _graph(context), dict(post.extra.get("kept") or {})
        if post.post_type == COMMENT:
            return comments.found(graph, _below(graph), post, since=since)
        if post.post_type == "reel" and kept.get("video"):
            film = graph.found(f"/{kept['video']}", fields=_FILM)
            return _sent(film) if film and film.get("published") else None
        edge, fields = ("/me/videos", _FILM) if post.post_type in _FILMS else ("/me/published_posts", _POST)
        rows = timeline.own_since(graph, edge, fields=fields, since=since, stamp="created_time")
        found = [row for row in timeline.unclaimed(rows, post) if _is_ours(row, post)]
        return _sent(found[-1]) if found else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address, looked for among the newest of the Page's own."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a post on a Facebook Page.", url=url))
        graph = _graph(context)
        rows = [
            *graph.get("/me/published_posts", fields=_POST, limit=timeline.PAGE).get("data", ()),
            *graph.get("/me/videos", fields=_FILM, limit=timeline.PAGE).get("data", ()),
        ]
        mine = [row for row in rows if str(row["id"]).rpartition("_")[2] == match[1]]
        return _sent(mine[0]) if mine else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as Facebook gives it to the Page."""
        if comments.is_comment(remote_id):
            graph = _graph(context)
            return comments.read(graph, _below(graph), remote_id)
        graph, is_post = _graph(context), "_" in _checked(remote_id)
        row = graph.found(f"/{remote_id}", fields=_POST if is_post else _FILM)
        if row is None or row.get("published") is False:
            return None
        media = _media(row) if is_post else (SeenMedia(url=str(row.get("source") or ""), alt_text=None),)
        return Seen(
            remote_id=str(row["id"]),
            url=_whole_address(row),
            text=str(row.get("message") or row.get("description") or ""),
            link=_link(row),
            media=media,
            created_at=timeline.made_at(row, "created_time"),
            changes=("re-encodes pictures and films", "seen with the Page's own login only"),
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """The post gone."""
        if comments.is_comment(remote_id):
            comments.removed(_graph(context), remote_id, network=CHANNEL.name)
        else:
            _graph(context).remove(f"/{_checked(remote_id)}")

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The post with other words; its files stay."""
        graph, name = _graph(context), _checked(remote_id)
        words = worded(post) if post.media else post.text
        graph.post(f"/{name}", **({"message": words} if "_" in name else {"description": words}))
        row = graph.found(f"/{name}", fields=_POST if "_" in name else _FILM)
        if row is None:
            raise Rejected(phrase("There is no such post here to change: it was taken down or never published."))
        return _sent(row)

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Reactions, comments and shares."""
        row = _graph(context).found(f"/{_checked(remote_id)}", fields=_COUNTED) or {}
        told = {
            "reactions": (row.get("reactions") or {}).get("summary", {}).get("total_count"),
            "comments": (row.get("comments") or {}).get("summary", {}).get("total_count"),
            "shares": (row.get("shares") or {}).get("count"),
        }
        return tuple(Count(metric=f"facebook_page.{name}", value=int(n)) for name, n in told.items() if n is not None)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _graph(context: Context, token: str = "") -> Graph:
    return account.opened(context, _settings(context), network=CHANNEL.name, token=token)


def _place(page: Mapping[str, Any], scopes: tuple[str, ...]) -> Place:
    lacking = login.lacking(CHANNEL.scopes, scopes)
    why_not = f"The permission to {lacking} was not given." if lacking else ""
    if "CREATE_CONTENT" not in (page.get("tasks") or ()):
        why_not = "You may not create content on this Page: ask for that task in its settings."
    return Place(
        remote_id=str(page["id"]),
        name=account.name_of(page),
        handle=account.handle_of(page),
        tokens=Tokens(secrets={"access_token": str(page.get("access_token") or "")}, scopes=scopes),
        why_not=why_not,
    )


def _posted(graph: Graph, post: Post, kept: Mapping[str, Any]) -> str:
    """Words, a link, or pictures that Facebook has already, made public. Gives the name of the post.

    Pictures that are out already name their post: an earlier try of this one made it.
    """
    try:
        return str(graph.make("/me/feed", key=post.key, data=_fields(post, kept))["id"])
    except Rejected:
        if story := _story_of(graph, kept.get("pictures", ()), post.key):
            return story
        raise


def _story_of(graph: Graph, pictures: Iterable[str], key: str) -> str:
    """The post that the pictures are out with; empty where they are in none.

    Raises RetryLater where Facebook no longer has them, OutcomeUnknown where it does not tell.
    """
    try:
        rows = [graph.found(f"/{name}", fields="id,page_story_id") for name in pictures]
    except ChannelError as error:
        words = phrase("Facebook refused the post and does not tell what became of its pictures.")
        raise OutcomeUnknown(words, key=key) from error
    story = next((str(row["page_story_id"]) for row in rows if row and row.get("page_story_id")), "")
    if not story and None in rows:
        raise lost("Facebook no longer has the pictures: they are handed over anew.")
    return story


def _fields(post: Post, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a post of words, a link or pictures (POST /{page-id}/feed)."""
    place = {"place": post.extra["place"]} if post.extra.get("place") else {}
    if post.post_type != "photo":
        link = {"link": post.link} if post.link else {}
        return {"message": post.text, **link, **place}
    pictures: list[str] = list(kept.get("pictures", ()))
    if len(pictures) != len(post.media):
        raise lost("Facebook does not have all pictures of this post yet.")
    attached = json.dumps([{"media_fbid": name} for name in pictures])
    return {"message": worded(post), "attached_media": attached, **place}


def _next_picture(graph: Graph, post: Post, kept: Mapping[str, Any]) -> Staged:
    """One more picture on the Page that nobody can see: `published=false` (POST /{page-id}/photos)."""
    pictures: list[str] = list(kept.get("pictures", ()))
    if len(pictures) < len(post.media):
        one = post.media[len(pictures)]
        with one.path.open("rb") as file:
            fields = {"published": "false", "alt_text_custom": one.alt_text}
            made = graph.upload("/me/photos", fields, {"source": (one.filename, file, one.media_type)})
        if not made.get("id"):
            raise RetryLater(phrase("Facebook took a picture and did not name it."))
        pictures = [*pictures, str(made["id"])]
    return Staged(kept={"pictures": pictures}, is_ready=len(pictures) == len(post.media))


def _next_of_reel(context: Context, graph: Graph, post: Post, kept: Mapping[str, Any]) -> Staged:
    """A number for the film, the film, a look whether it is there (POST /{page-id}/video_reels)."""
    if not kept.get("video"):
        begun = graph.post("/me/video_reels", upload_phase="start")
        if not begun.get("video_id"):
            raise RetryLater(phrase("Facebook began a reel and did not name it."))
        return Staged(kept={"video": str(begun["video_id"])}, is_ready=False)
    if not kept.get("is_uploaded"):
        _hand_over(context, graph, kept["video"], post.media[0])
        return Staged(kept={**kept, "is_uploaded": True}, is_ready=False, after_s=10)
    film = graph.found(f"/{kept['video']}", fields="status")
    if film is None:
        raise lost("Facebook no longer has the film: it is handed over anew.")
    status = film.get("status") or {}
    if status.get("video_status") == "error" or (status.get("uploading_phase") or {}).get("status") == "error":
        raise Rejected(phrase("Facebook could not take the film: {why}", why=_why(status)))
    is_there = (status.get("uploading_phase") or {}).get("status") == "complete"
    return Staged(kept=kept, is_ready=is_there, after_s=15)


def _hand_over(context: Context, graph: Graph, video: str, one: PostMedia) -> None:
    settings = _settings(context)
    headers = {"Authorization": f"OAuth {graph.token}", "offset": "0", "file_size": str(one.size_bytes)}
    url = f"{settings.upload_url}/video-upload/{settings.version}/{video}"
    with one.path.open("rb") as file:
        response = answers.ask(
            context.http, "POST", url, content=file, headers=headers, fine=range(400, 600), follow_redirects=False
        )
    if error := error_in(response):
        raise refusal_of(error, response)
    if not response.is_success:
        raise answers.refusal(response)


def _why(status: Mapping[str, Any]) -> str:
    phases = ("uploading_phase", "processing_phase", "publishing_phase")
    told = [(status.get(phase) or {}).get("error", {}).get("message") for phase in phases]
    return next((str(words) for words in told if words), "it does not say why")


def _finish_reel(graph: Graph, post: Post, kept: Mapping[str, Any]) -> str:
    if not kept.get("is_uploaded"):
        raise lost("Facebook does not have the film yet.")
    video = str(kept["video"])
    film = graph.found(f"/{video}", fields="published")
    if film is None:
        raise lost("Facebook no longer has the film: it is handed over anew.")
    if film.get("published"):
        raise OutcomeUnknown(phrase("Facebook says that this reel was published already."), key=post.key)
    fields = {
        "upload_phase": "finish",
        "video_id": video,
        "video_state": "PUBLISHED",
        "description": worded(post),
        "title": post.title,
    }
    graph.make("/me/video_reels", key=post.key, data={name: value for name, value in fields.items() if value})
    return video


def _film(graph: Graph, post: Post) -> str:
    """A film in one request: its answer names it (POST /{page-id}/videos)."""
    if not post.media:
        raise Rejected(phrase("There is no film in this post."))
    one = post.media[0]
    fields = {"description": worded(post), "title": post.title}
    with one.path.open("rb") as file:
        files = {"source": (one.filename, file, one.media_type)}
        told = {name: value for name, value in fields.items() if value}
        return str(graph.make("/me/videos", key=post.key, data=told, files=files)["id"])


def _is_ours(row: Mapping[str, Any], post: Post) -> bool:
    words = worded(post) if post.media else post.text
    said = str(row.get("message") or row.get("description") or "")
    is_whole = "attachments" not in row or post.post_type != "photo" or len(_attached(row)) == len(post.media)
    return is_whole and row.get("published") is not False and essence(said) == essence(words)


def _attached(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The pictures of a post, each as Facebook tells it."""
    top = ((row.get("attachments") or {}).get("data") or [{}])[0]
    below = ((top.get("subattachments") or {}).get("data")) or []
    return list(below) or ([top] if top.get("media_type") in ("photo", "video") else [])


def _media(row: Mapping[str, Any]) -> tuple[SeenMedia, ...]:
    shown = []
    for one in _attached(row):
        url = str(((one.get("media") or {}).get("image") or {}).get("src") or "")
        shown.append(SeenMedia(url=url, alt_text=None))  # a Page's attachments do not tell it
    return tuple(shown)


def _link(row: Mapping[str, Any]) -> str:
    top = ((row.get("attachments") or {}).get("data") or [{}])[0]
    return str(top.get("unshimmed_url") or "") if top.get("media_type") == "link" else ""


def _sent(row: Mapping[str, Any]) -> Sent:
    receipt = {name: row[name] for name in ("id", "created_time", "post_id") if name in row}
    return Sent(remote_id=str(row["id"]), url=_whole_address(row), answer=receipt)


def _whole_address(row: Mapping[str, Any]) -> str:
    return _on_facebook(str(row.get("permalink_url") or ""))


def _on_facebook(url: str) -> str:
    """Films tell theirs from the root on."""
    return f"https://www.facebook.com{url}" if url.startswith("/") else url


def _below(graph: Graph) -> Below:
    """Comments name who wrote them by the Page's number."""
    own = str(graph.get("/me", fields="id").get("id") or "")
    told = {"words": "message", "stamp": "created_time", "writer": "from", "order": "reverse_chronological"}
    return Below(network=CHANNEL.name, own=own, **told)


def _checked(remote_id: str) -> str:
    return account.checked(remote_id, network=CHANNEL.name, pattern=r"\d{1,30}(_\d{1,30})?")
