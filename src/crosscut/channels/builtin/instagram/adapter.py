"""The conversation with Instagram: containers that are made, looked at, and published.

https://developers.facebook.com/docs/instagram-platform, the version in the settings; field names checked against Meta's
published description of v25.0. Nothing here was tried against the live network.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crosscut.channels.builtin.instagram import CHANNEL
from crosscut.channels.builtin.instagram.settings import Settings
from crosscut.channels.graph import account, comments, containers, login, timeline
from crosscut.channels.graph.api import Graph
from crosscut.channels.graph.comments import Below
from crosscut.channels.graph.containers import Box
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import (
    COMMENT,
    Context,
    Count,
    Post,
    PostMedia,
    Profile,
    Quota,
    Seen,
    SeenMedia,
    Sent,
    Staged,
)
from crosscut.channels.wording import essence, worded
from crosscut.kernel.errors import Invalid, ReconnectNeeded, Rejected, RetryLater, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

_FIELDS = (
    "id,caption,media_type,media_product_type,permalink,timestamp,media_url,thumbnail_url,alt_text,"
    "children{id,media_type,media_url,alt_text}"
)
_KINDS = {"feed_image": "IMAGE", "carousel": "CAROUSEL_ALBUM", "reel": "VIDEO", "story_image": "IMAGE"}
_COUNTED = {"views": "views", "reach": "reach", "saved": "saves", "shares": "shares"}  # their word, ours
_ADDRESS = re.compile(r"https://www\.instagram\.com/(?:[\w.]+/)?(?:p|reel|stories/[\w.]+)/([\w-]+)/?")


class Instagram:
    """One post is one container, published once. Its words, kind and time are how it is known afterwards."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Instagram's own login page."""
        settings = _settings(context)
        return login.departure(
            settings.login_url, app_id=settings.app_id, scopes=CHANNEL.scopes, journey=journey, force_reauth="true"
        )

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one professional account of the login, with a login that lasts sixty days."""
        tokens = login.lasting(context, _settings(context), journey, code=code, grant="ig")
        me = _me(_graph(context, tokens.secrets["access_token"]))
        lacking = login.lacking(CHANNEL.scopes, tokens.scopes) if tokens.scopes else ""
        why_not = f"It did not get the permission to {lacking}." if lacking else ""
        names = {"name": account.name_of(me), "handle": account.handle_of(me)}
        return (Place(remote_id=str(me["user_id"]), **names, tokens=tokens, why_not=why_not),)

    def renew(self, context: Context) -> Tokens:
        """The same login for sixty days more. Asking twice does no harm."""
        token = account.token_of(context, network=CHANNEL.name)
        return login.renewed(context, _settings(context), token=token, grant="ig")

    def connect(self, context: Context) -> Profile:
        """Who we are, and how much may be published."""
        graph = _graph(context)
        me = _me(graph)
        if me.get("account_type") == "PERSONAL":
            raise Rejected(
                phrase("This is a personal account. Instagram lets programs publish to professional ones alone.")
            )
        return Profile(
            remote_id=str(me["user_id"]),
            name=account.name_of(me),
            handle=account.handle_of(me),
            url=f"https://www.instagram.com/{me.get('username', '')}/",
            can=("publish posts", "read its own posts back"),
        )

    def quotas(self, context: Context) -> tuple[Quota, ...]:
        """How many posts of the last 24 hours are used, as Instagram counts them."""
        graph = _graph(context)
        return account.allowances(graph, f"/{_user_id(graph)}/content_publishing_limit", posts="")

    def stage(self, context: Context, post: Post) -> Staged:
        """One step towards a container that is ready."""
        graph = _graph(context)
        return containers.staged(graph, _box(_user_id(graph), post), dict(post.extra.get("kept") or {}))

    def publish(self, context: Context, post: Post) -> Sent:
        """The container made public, or a first comment written."""
        graph = _graph(context)
        if post.post_type == COMMENT:
            return comments.written(graph, post)
        user_id = _user_id(graph)
        remote_id = containers.published(graph, _box(user_id, post), post)
        return Sent(remote_id=remote_id, url=account.permalink(graph, remote_id), answer={"id": remote_id})

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """By what its container says and by words, kind and time among our own posts; a comment among its post's."""
        graph = _graph(context)
        if post.post_type == COMMENT:
            return comments.found(graph, _below(graph), post, since=since)
        user_id = _user_id(graph)
        edge = "stories" if post.post_type.startswith("story") else "media"
        rows = timeline.own_since(graph, f"/{user_id}/{edge}", fields=_FIELDS, since=since)
        ours = (row for row in timeline.unclaimed(rows, post) if _is_ours(row, post))
        found = containers.found(graph, _box(user_id, post), post, ours)
        return account.sent(found) if found else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address, looked for among the newest of our own."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of an Instagram post.", url=url))
        graph = _graph(context)
        found = timeline.at_address(graph, f"/{_user_id(graph)}/media", fields=_FIELDS, name=match[1])
        return account.sent(found) if found else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as Instagram gives it to its owner; no stranger can ask."""
        graph = _graph(context)
        if comments.is_comment(remote_id):
            return comments.read(graph, _below(graph), remote_id)
        row = graph.found(f"/{_checked(remote_id)}", fields=_FIELDS)
        if row is None:
            return None
        return Seen(
            remote_id=str(row["id"]),
            url=str(row.get("permalink") or ""),
            text=str(row.get("caption") or ""),
            media=tuple(_media(one) for one in (row.get("children") or {}).get("data") or (row,)),
            created_at=timeline.made_at(row),
            changes=("re-encodes pictures and films", "seen with the account's own login only"),
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """Instagram lets no program do this to posts with its own login: a person does, and reading tells."""
        if comments.is_comment(remote_id):
            comments.removed(_graph(context), remote_id, network=CHANNEL.name)
        elif self.read(context, remote_id) is not None:
            raise Unsupported(
                phrase(
                    "Instagram lets no program take posts down here. "
                    "Delete it in the app: Crosscut looks until it is gone."
                )
            )

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Likes and comments, and what the insights tell of a post of its kind."""
        graph, name = _graph(context), _checked(remote_id)
        row = graph.found(f"/{name}", fields="like_count,comments_count,media_product_type") or {}
        told = {"likes": row.get("like_count"), "comments": row.get("comments_count"), **_insights(graph, name, row)}
        return tuple(Count(metric=f"instagram.{what}", value=int(n)) for what, n in told.items() if n is not None)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _graph(context: Context, token: str = "") -> Graph:
    return account.opened(context, _settings(context), network=CHANNEL.name, token=token)


def _me(graph: Graph) -> dict[str, Any]:
    me = graph.get("/me", fields="user_id,username,name,account_type")
    if not me.get("user_id"):
        raise RetryLater(phrase("Instagram does not say which account this is."))
    return me


def _user_id(graph: Graph) -> str:
    return str(_me(graph)["user_id"])


def _box(user_id: str, post: Post) -> Box:
    children = tuple(_item(one) for one in post.media) if post.post_type == "carousel" else ()
    return Box(
        edge=f"/{user_id}/media",
        publish_edge=f"/{user_id}/media_publish",
        status_field="status_code",
        why_field="status",
        first_look_s=30 if any(one.kind is Kind.VIDEO for one in post.media) else 5,
        whole=_whole(post),
        children=children,
    )


def _whole(post: Post) -> dict[str, Any]:
    """The fields of the container itself (POST /{ig-user-id}/media)."""
    words = {"caption": worded(post), "location_id": post.extra.get("location_id") or ""}
    names = [name.strip().lstrip("@") for name in str(post.extra.get("collaborators") or "").split(",")]
    collaborators = {"collaborators": ",".join(filter(None, names))}
    if post.post_type == "carousel":
        return {"media_type": "CAROUSEL", **words, **collaborators}
    if not post.media:
        raise Rejected(phrase("Instagram shows no post without a picture or a film."))
    only = post.media[0]
    if post.post_type.startswith("story"):
        return {"media_type": "STORIES", **_file(only)}
    if post.post_type == "reel":
        in_feed = post.extra.get("is_in_feed")
        told = {} if in_feed is None else {"share_to_feed": str(in_feed).lower()}
        return {"media_type": "REELS", **_file(only), **words, **collaborators, **told}
    return {**_file(only), "alt_text": only.alt_text, **words, **collaborators}


def _item(one: PostMedia) -> dict[str, Any]:
    is_film = one.kind is Kind.VIDEO
    kind = {"media_type": "VIDEO"} if is_film else {"alt_text": one.alt_text}
    return {**_file(one), **kind, "is_carousel_item": "true"}


def _file(one: PostMedia) -> dict[str, str]:
    if not one.public_url:
        raise Rejected(
            phrase("Instagram fetches files itself, and this installation offers none: it has no public address.")
        )
    return {"video_url" if one.kind is Kind.VIDEO else "image_url": one.public_url}


def _is_ours(row: Mapping[str, Any], post: Post) -> bool:
    kind = row.get("media_type")
    if post.post_type.startswith("story"):
        return kind == ("VIDEO" if post.post_type == "story_video" else "IMAGE")
    is_kind = kind == _KINDS[post.post_type]
    if post.post_type == "carousel":
        is_kind = is_kind and len((row.get("children") or {}).get("data") or ()) == len(post.media)
    return is_kind and essence(str(row.get("caption") or "")) == essence(worded(post))


def _below(graph: Graph) -> Below:
    """Comments name who wrote them by the handle."""
    own = str(_me(graph).get("username") or "")
    return Below(network=CHANNEL.name, own=own, words="text", stamp="timestamp", writer="username")


def _media(row: Mapping[str, Any]) -> SeenMedia:
    takes_none = row.get("media_type") == "VIDEO" or row.get("media_product_type") == "STORY"
    alt_text = None if takes_none else str(row.get("alt_text") or "")
    return SeenMedia(url=str(row.get("media_url") or row.get("thumbnail_url") or ""), alt_text=alt_text)


def _insights(graph: Graph, remote_id: str, row: Mapping[str, Any]) -> dict[str, int]:
    """What the insights say; nothing where the login may not see them or the post is too new."""
    is_story = row.get("media_product_type") == "STORY"
    wanted = "views,reach,shares" if is_story else ",".join(_COUNTED)
    try:
        answer = graph.get(f"/{remote_id}/insights", metric=wanted)
    except (Rejected, ReconnectNeeded):
        return {}
    told = account.values(answer)
    return {_COUNTED[name]: value for name, value in told.items() if name in _COUNTED}


def _checked(remote_id: str) -> str:
    return account.checked(remote_id, network=CHANNEL.name)
