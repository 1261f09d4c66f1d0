"""The conversation with Discord: one channel, one bot, one message a post.

https://docs.discord.com/developers/resources/message, as of 2026-08-06; field names checked against Discord's machine
contract of 2026-07-18. Nothing here was tried against the live network.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from crosscut.channels.builtin.discord.api import Api
from crosscut.channels.builtin.discord.settings import Settings
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent
from crosscut.channels.reading import fetch_media
from crosscut.kernel.errors import Invalid, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

PAGE, MAX_PAGES = 100, 10
SKEW = timedelta(seconds=60)  # what Discord's clock and ours may differ
_EPOCH_MS = 1_420_070_400_000  # of its ids: the first second of 2015
_WRITABLE = (0, 5)  # kinds of channel: text, announcements
_NO_PREVIEWS, _SILENT = 1 << 2, 1 << 12  # flags of a message
_ADDRESS = re.compile(r"https://(?:\w+\.)?discord\.com/channels/\d+/(\d+)/(\d+)/?")


class Discord:
    """One post is one message. It is known by words, number of files and time among the bot's own."""

    def connect(self, context: Context) -> Profile:
        """Which channel this is, and that the bot can read back what it writes there."""
        api, place = _api(context), _channel(context)
        me, channel = api.get("/users/@me"), _told(api, place)
        if channel.get("type") not in _WRITABLE:
            raise Rejected(phrase("Give a text or announcement channel: this one is of another kind."))
        _demand_history(api, place)
        return Profile(
            remote_id=place,
            name=f"#{channel.get('name') or place}",
            handle=f"@{me.get('username', '')}",
            url=_url(channel),
            can=("publish messages", "change and take down its own", "read the channel back"),
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """The message with its files, in one request."""
        api, place = _api(context), _channel(context)
        channel, body = _told(api, place), _body(post)
        path = f"/channels/{place}/messages"
        if not post.media:
            return _sent(api.make(path, key=post.key, json=body), channel)
        with ExitStack() as opened:
            files = {
                f"files[{number}]": (one.filename, opened.enter_context(one.path.open("rb")), one.media_type)
                for number, one in enumerate(post.media)
            }
            made = api.make(path, key=post.key, data={"payload_json": json.dumps(body)}, files=files)
        return _sent(made, channel)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A message of the bot's made since then with the same words and as many files; none of the `claimed`."""
        api, place = _api(context), _channel(context)
        me, claimed = str(api.get("/users/@me").get("id", "")), set(post.extra.get("claimed", ()))
        for row in _since(api, place, since):
            is_own = str((row.get("author") or {}).get("id")) == me
            if is_own and str(row["id"]) not in claimed and _is_ours(row, post):
                return _sent(row, _told(api, place))
        _demand_history(api, place)
        return None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our message at that address: https://discord.com/channels/server/channel/message."""
        api, place = _api(context), _channel(context)
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match or match[1] != place:
            raise Invalid.at("url", phrase("{url} is not the address of a message in this channel.", url=url))
        row = api.found(f"/channels/{place}/messages/{match[2]}")
        return _sent(row, _told(api, place)) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The message as the bot gets it; whoever may see the channel sees the same."""
        api, place = _api(context), _channel(context)
        row = api.found(f"/channels/{place}/messages/{_checked(remote_id)}")
        if row is None:
            return None
        return Seen(
            remote_id=str(row["id"]),
            url=_url(_told(api, place), str(row["id"])),
            text=str(row.get("content") or ""),
            media=tuple(_media(context, one) for one in row.get("attachments") or ()),
            created_at=datetime.fromisoformat(str(row["timestamp"])),
            changes=("seen by whoever may see the channel",),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The message with other words; its files stay."""
        api, place = _api(context), _channel(context)
        body = {"content": _words(post), "allowed_mentions": _mentions(post)}
        row = api.change(f"/channels/{place}/messages/{_checked(remote_id)}", body)
        if row is None:
            raise Rejected(phrase("There is no such message here to change: it was taken down or never published."))
        return _sent(row, _told(api, place))

    def delete(self, context: Context, remote_id: str) -> None:
        """The message gone."""
        _api(context).remove(f"/channels/{_channel(context)}/messages/{_checked(remote_id)}")

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Reactions of every kind together. Discord tells no views."""
        row = _api(context).found(f"/channels/{_channel(context)}/messages/{_checked(remote_id)}")
        if row is None:
            return ()
        return (Count(metric="discord.reactions", value=sum(int(one["count"]) for one in row.get("reactions") or ())),)


def snowflake_at(moment: datetime) -> int:
    """The least id that a message made then can have.

    >>> snowflake_at(datetime.fromisoformat("2015-01-01T00:00:00+00:00"))
    0
    """
    return max(0, int(moment.timestamp() * 1000) - _EPOCH_MS) << 22


def nonce_of(key: str) -> str:
    """The post's key in the 25 signs that Discord takes; the same for every try.

    >>> len(nonce_of("a" * 40))
    25
    """
    return hashlib.sha256(key.encode()).hexdigest()[:25]


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _channel(context: Context) -> str:
    return _settings(context).channel_id


def _api(context: Context) -> Api:
    token = context.secrets.get("bot_token", "").strip().removeprefix("Bot ")
    if not token:
        raise ReconnectNeeded(phrase("There is no bot token for this account: connect it again."))
    return Api(http=context.http, url=_settings(context).api_url, token=token)


def _told(api: Api, place: str) -> dict[str, Any]:
    channel = api.found(f"/channels/{place}")
    if channel is None:
        raise Rejected(phrase("There is no channel with the ID {place} on Discord.", place=place))
    return channel


def _demand_history(api: Api, place: str) -> None:
    """Without the permission, lists are empty and say nothing of it; asking for one message does.

    No message has the id of its channel: only one that a forum's post begins with, and there nothing is published.
    """
    api.found(f"/channels/{place}/messages/{place}")


def _since(api: Api, place: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Everybody's messages made since then, the oldest first. Raises RetryLater where there are too many."""
    after = snowflake_at(since - SKEW)
    for _ in range(MAX_PAGES):
        page = api.get(f"/channels/{place}/messages", after=str(after), limit=PAGE)
        if not isinstance(page, list):
            raise RetryLater(phrase("Discord does not list the channel's messages."))
        yield from sorted(page, key=lambda row: int(row["id"]))
        if len(page) < PAGE:
            return
        after = max(int(row["id"]) for row in page)
    count = PAGE * MAX_PAGES
    raise RetryLater(phrase("More than {count} messages were made since then: look by hand.", count=count))


def _body(post: Post) -> dict[str, Any]:
    """What makes the message (POST /channels/{channel.id}/messages)."""
    flags = (_NO_PREVIEWS if post.extra.get("hides_previews") else 0) | (_SILENT if post.extra.get("is_silent") else 0)
    files = [
        {"id": number, "filename": one.filename, **({"description": one.alt_text} if one.alt_text else {})}
        for number, one in enumerate(post.media)
    ]
    return {
        "content": _words(post),
        "nonce": nonce_of(post.key),
        "enforce_nonce": True,
        "allowed_mentions": _mentions(post),
        **({"flags": flags} if flags else {}),
        **({"attachments": files} if files else {}),
    }


def _mentions(post: Post) -> dict[str, list[str]]:
    return {"parse": ["everyone", "roles", "users"] if post.extra.get("pings") else []}


def _words(post: Post) -> str:
    """The words, and below them the link where it is not among them: Discord knows no other."""
    below = "" if post.link in post.text else post.link
    return "\n\n".join(part for part in (post.text, below) if part)


def _is_ours(row: Mapping[str, Any], post: Post) -> bool:
    has_words = " ".join(str(row.get("content") or "").split()) == " ".join(_words(post).split())
    return has_words and len(row.get("attachments") or ()) == len(post.media)


def _sent(row: Mapping[str, Any], channel: Mapping[str, Any]) -> Sent:
    receipt = {name: row[name] for name in ("id", "channel_id", "timestamp") if name in row}
    return Sent(remote_id=str(row["id"]), url=_url(channel, str(row["id"])), answer=receipt)


def _url(channel: Mapping[str, Any], message: str = "") -> str:
    return "/".join(
        filter(None, ("https://discord.com/channels", str(channel.get("guild_id", "")), str(channel["id"]), message))
    )


def _media(context: Context, one: Mapping[str, Any]) -> SeenMedia:
    url, alt_text = str(one.get("url") or ""), str(one.get("description") or "")
    return fetch_media(context.http, url, alt_text=alt_text) or SeenMedia(url=url, alt_text=alt_text)


def _checked(remote_id: str) -> str:
    """The id, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(r"\d{1,21}", remote_id):
        words = phrase("{name} is not the id of a Discord message.", name=repr(remote_id))
        raise Invalid.at("remote_id", words)
    return remote_id
