"""The conversation with Threads: containers that are made, looked at, and published.

https://developers.facebook.com/docs/threads, read as of 2026-04-20. Nothing here was tried against the live network.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crosscut.channels.builtin.threads import CHANNEL
from crosscut.channels.builtin.threads.settings import Settings
from crosscut.channels.graph import account, containers, login, timeline
from crosscut.channels.graph.api import Graph
from crosscut.channels.graph.containers import Box
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import (
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
from crosscut.kernel.errors import Invalid, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

_FIELDS = (
    "id,text,media_type,permalink,timestamp,media_url,thumbnail_url,alt_text,link_attachment_url,"
    "children{id,media_type,media_url,alt_text}"
)
_OF_ANSWERS = f"{_FIELDS},replied_to,is_reply_owned_by_me"
_KINDS = {"text": "TEXT_POST", "image": "IMAGE", "video": "VIDEO", "carousel": "CAROUSEL_ALBUM"}
_COUNTED = ("views", "likes", "replies", "reposts", "quotes", "shares")
_ADDRESS = re.compile(r"https://www\.threads\.(?:net|com)/@[\w.]+/post/([\w-]+)/?")


class Threads:
    """One post is one container, published once. Its words, kind and time are how it is known afterwards."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Threads' own login page."""
        settings = _settings(context)
        return login.departure(settings.login_url, app_id=settings.app_id, scopes=CHANNEL.scopes, journey=journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one profile of the login, with a login that lasts sixty days."""
        tokens = login.lasting(context, _settings(context), journey, code=code, grant="th")
        me = _me(_graph(context, tokens.secrets["access_token"]))
        place = Place(remote_id=str(me["id"]), name=account.name_of(me), handle=account.handle_of(me), tokens=tokens)
        return (place,)

    def renew(self, context: Context) -> Tokens:
        """The same login for sixty days more. Asking twice does no harm."""
        token = account.token_of(context, network=CHANNEL.name)
        return login.renewed(context, _settings(context), token=token, grant="th")

    def connect(self, context: Context) -> Profile:
        """Who we are."""
        me = _me(_graph(context))
        return Profile(
            remote_id=str(me["id"]),
            name=account.name_of(me),
            handle=account.handle_of(me),
            url=f"https://www.threads.com/@{me.get('username', '')}",
            can=("publish posts", "read its own posts back"),
        )

    def quotas(self, context: Context) -> tuple[Quota, ...]:
        """How many posts of the last 24 hours are used, as Threads counts them."""
        return account.allowances(_graph(context), "/me/threads_publishing_limit", posts="", replies="reply_")

    def stage(self, context: Context, post: Post) -> Staged:
        """One step towards a container that is ready."""
        return containers.staged(_graph(context), _box(post), dict(post.extra.get("kept") or {}))

    def publish(self, context: Context, post: Post) -> Sent:
        """The container made public."""
        graph = _graph(context)
        remote_id = containers.published(graph, _box(post), post)
        return Sent(remote_id=remote_id, url=account.permalink(graph, remote_id), answer={"id": remote_id})

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """By what its container says and by words, kind and time among our own posts."""
        graph = _graph(context)
        rows = timeline.own_since(graph, "/me/threads", fields=_FIELDS, since=since)
        if post.parent:  # answers stand in no list of the profile's posts
            edge = f"/{_checked(post.parent.remote_id)}/replies"
            listed = timeline.own_since(graph, edge, fields=_OF_ANSWERS, since=since)
            rows = (row for row in listed if row.get("is_reply_owned_by_me"))
        ours = (row for row in timeline.unclaimed(rows, post) if _is_ours(row, post))
        found = containers.found(graph, _box(post), post, ours)
        return account.sent(found) if found else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address, looked for among the newest of our own."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a Threads post.", url=url))
        found = timeline.at_address(_graph(context), "/me/threads", fields=_FIELDS, name=match[1])
        return account.sent(found) if found else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as Threads gives it to its owner; no stranger can ask."""
        row = _graph(context).found(f"/{_checked(remote_id)}", fields=f"{_FIELDS},replied_to")
        if row is None:
            return None
        shown = (row.get("children") or {}).get("data") or ((row,) if row.get("media_url") else ())
        return Seen(
            remote_id=str(row["id"]),
            url=str(row.get("permalink") or ""),
            text=str(row.get("text") or ""),
            link=str(row.get("link_attachment_url") or ""),
            media=tuple(
                SeenMedia(url=str(one.get("media_url") or ""), alt_text=str(one.get("alt_text") or "")) for one in shown
            ),
            answers=str((row.get("replied_to") or {}).get("id") or ""),
            created_at=timeline.made_at(row),
            changes=("re-encodes pictures and films", "seen with the account's own login only"),
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """The post gone. Threads allows a hundred a day."""
        _graph(context).remove(f"/{_checked(remote_id)}")

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What the insights tell; nothing where the login may not see them."""
        try:
            answer = _graph(context).get(f"/{_checked(remote_id)}/insights", metric=",".join(_COUNTED))
        except (Rejected, ReconnectNeeded):
            return ()
        told = account.values(answer)
        return tuple(Count(metric=f"threads.{name}", value=told[name]) for name in _COUNTED if name in told)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _graph(context: Context, token: str = "") -> Graph:
    return account.opened(context, _settings(context), network=CHANNEL.name, token=token)


def _me(graph: Graph) -> dict[str, Any]:
    me = graph.get("/me", fields="id,username,name")
    if not me.get("id"):
        raise RetryLater(phrase("Threads does not say which profile this is."))
    return me


def _box(post: Post) -> Box:
    return Box(
        edge="/me/threads",
        publish_edge="/me/threads_publish",
        status_field="status",
        why_field="error_message",
        first_look_s=30 if post.media else 5,  # "it is recommended to wait on average 30 seconds"
        whole=_whole(post),
        children=tuple(_item(one) for one in post.media) if post.post_type == "carousel" else (),
    )


def _whole(post: Post) -> dict[str, Any]:
    """The fields of the container itself (POST /{threads-user-id}/threads)."""
    extra = {
        "reply_control": str(post.extra.get("reply_control") or ""),
        "topic_tag": post.extra.get("topic_tag") or "",
    }
    if post.parent:  # who may answer, and the topic, are said of the first part
        extra = {"reply_to_id": _checked(post.parent.remote_id)}
    if post.post_type == "carousel":
        return {"media_type": "CAROUSEL", "text": worded(post), **extra}
    if post.post_type == "text" or not post.media:
        return {"media_type": "TEXT", "text": post.text, "link_attachment": post.link, **extra}
    return {**_file(post.media[0]), "text": worded(post), **extra}


def _item(one: PostMedia) -> dict[str, Any]:
    return {**_file(one), "is_carousel_item": "true"}


def _file(one: PostMedia) -> dict[str, str]:
    if not one.public_url:
        raise Rejected(
            phrase("Threads fetches files itself, and this installation offers none: it has no public address.")
        )
    is_film = one.kind is Kind.VIDEO
    kind = (
        {"media_type": "VIDEO", "video_url": one.public_url}
        if is_film
        else {"media_type": "IMAGE", "image_url": one.public_url}
    )
    return {**kind, "alt_text": one.alt_text}


def _is_ours(row: Mapping[str, Any], post: Post) -> bool:
    words = post.text if post.post_type == "text" else worded(post)
    count = len((row.get("children") or {}).get("data") or ())
    is_kind = row.get("media_type") == _KINDS[post.post_type] and count in (0, len(post.media))
    return is_kind and essence(str(row.get("text") or "")) == essence(words)


def _checked(remote_id: str) -> str:
    return account.checked(remote_id, network=CHANNEL.name)
