"""The conversation with Slack: one channel, one app, one message a post.

https://docs.slack.dev/reference/methods, as of 2026-11-30. A message of words carries the post's key in its metadata;
one with files is known by the files, which Slack has before. Nothing here was tried against the live network.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels.builtin.slack.api import GONE, Api
from crosscut.channels.builtin.slack.settings import Settings
from crosscut.channels.builtin.slack.words import escaped, plain
from crosscut.channels.protocol import Context, Count, Post, PostMedia, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import lost, names_of, next_step
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

PAGE, MAX_PAGES = 200, 10
EVENT = "crosscut_post"  # the metadata's name
_SKEW = timedelta(seconds=60)  # what Slack's clock and ours may differ
_ADDRESS = re.compile(r"https://[\w.-]+/archives/([CG][A-Z0-9]+)/p(\d{10})(\d{6})")
_TS = re.compile(r"\d{10}\.\d{6}")
_LOST = "Slack no longer has the files that were brought there."


class Slack:
    """One post is one message."""

    def connect(self, context: Context) -> Profile:
        """Which channel this is, and that the app is in it and can read back what it writes there."""
        api, place = _api(context), _channel(context)
        me = api.ask("auth.test")
        channel = api.ask("conversations.info", channel=place)["channel"]
        if channel.get("is_archived") or not channel.get("is_member"):
            words = phrase("The app is not in {name}: invite it there, or unarchive the channel.", name=_name(channel))
            raise ReconnectNeeded(words)
        api.ask("conversations.history", channel=place, limit=1)
        return Profile(
            remote_id=place,
            name=_name(channel),
            handle=f"@{me.get('user', '')}",
            url=f"{str(me.get('url') or 'https://slack.com/').rstrip('/')}/archives/{place}",
            can=("publish messages and files", "change and take down its own", "read the channel back"),
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """One file further: its bytes are with Slack, and nobody can see it."""
        api = _api(context)
        return next_step(post, begin=lambda one: _uploaded(api, one), further=lambda file, one: dict(file))

    def publish(self, context: Context, post: Post) -> Sent:
        """The message, in one request; with files, the request that shows them."""
        api, place = _api(context), _channel(context)
        if not post.media:
            return _sent(api, place, api.make("chat.postMessage", _body(place, post), key=post.key)["ts"])
        names = names_of(post, missing=_LOST)
        files = [{"id": name, "title": one.filename} for name, one in zip(names, post.media, strict=True)]
        body = {"files": files, "channel_id": place, "initial_comment": escaped(_words(post))}
        try:
            api.make("files.completeUploadExternal", body, key=post.key)
        except Rejected as error:
            if any(problem.code == "slack.file_not_found" for problem in error.problems):
                raise lost(_LOST) from error
            raise
        return self._shown(context, post)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The message with the post's key in its metadata, or with its files."""
        api, place, names = _api(context), _channel(context), _kept(post)
        for row in _since(api, place, since - _SKEW):
            if _key(row) == post.key or (names and names <= _files(row)):
                return _sent(api, place, str(row["ts"]))
        return None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our message at that address: https://team.slack.com/archives/C…/p1700000000123456."""
        api, place = _api(context), _channel(context)
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match or match[1] != place:
            raise Invalid.at("url", phrase("{url} is not the address of a message in this channel.", url=url))
        row = _row(api, place, f"{match[2]}.{match[3]}")
        return _sent(api, place, str(row["ts"])) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The message as the app gets it; whoever is in the channel sees the same."""
        api, place = _api(context), _channel(context)
        row = _row(api, place, _checked(remote_id))
        if row is None:
            return None
        return Seen(
            remote_id=remote_id,
            url=_permalink(api, place, remote_id),
            text=plain(str(row.get("text") or "")),
            media=tuple(_media(one) for one in row.get("files") or ()),
            created_at=datetime.fromtimestamp(float(remote_id), UTC),
            changes=("seen by whoever is in the channel",),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The message with other words; its files stay."""
        api, place = _api(context), _channel(context)
        row = _row(api, place, _checked(remote_id))
        if row is None:
            raise Rejected(phrase("There is no such message here to change: it was taken down or never published."))
        told = {
            "channel": place,
            "ts": remote_id,
            "text": escaped(_words(post)),
            "metadata": json.dumps(_mark(post.key)),
        }
        files = sorted(_files(row))
        api.ask("chat.update", **told, **({"file_ids": json.dumps(files)} if files else {}))
        return _sent(api, place, remote_id)

    def delete(self, context: Context, remote_id: str) -> None:
        """The message gone, and its files with it: without it they would stay in Slack's search."""
        api, place = _api(context), _channel(context)
        row = _row(api, place, _checked(remote_id))
        _gone(api, "chat.delete", channel=place, ts=remote_id)
        for name in sorted(_files(row or {})):
            _gone(api, "files.delete", file=name)

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Reactions of every kind together. Slack tells an app no views."""
        row = _row(_api(context), _channel(context), _checked(remote_id))
        if row is None:
            return ()
        return (Count(metric="slack.reactions", value=sum(int(one["count"]) for one in row.get("reactions") or ())),)

    def _shown(self, context: Context, post: Post) -> Sent:
        """The message that shows the files: Slack's answer names them and not the message."""
        words = phrase("Slack took the files and does not show the message yet.")
        try:
            found = self.find(context, post, since=context.now())
        except (RetryLater, ReconnectNeeded, Rejected) as error:
            raise OutcomeUnknown(words, key=post.key) from error
        if found is None:
            raise OutcomeUnknown(words, key=post.key)
        return found


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _channel(context: Context) -> str:
    return _settings(context).channel_id


def _api(context: Context) -> Api:
    token = context.secrets.get("bot_token", "").strip()
    if not token:
        raise ReconnectNeeded(phrase("There is no bot token for this account: connect it again."))
    return Api(http=context.http, url=_settings(context).api_url, token=token)


def _name(channel: Mapping[str, Any]) -> str:
    return f"#{channel.get('name') or channel.get('id') or ''}"


def _uploaded(api: Api, one: PostMedia) -> dict[str, Any]:
    told = api.ask(
        "files.getUploadURLExternal",
        filename=one.filename,
        length=one.size_bytes,
        **({"alt_txt": one.alt_text} if one.alt_text else {}),
    )
    api.put(str(told.get("upload_url") or ""), one.path.read_bytes())
    return {"id": str(told.get("file_id") or ""), "is_done": True}


def _kept(post: Post) -> set[str]:
    """Slack's names of the post's files, as far as it has them."""
    if not post.media:
        return set()
    return {str(file["id"]) for file in dict(post.extra.get("kept") or {}).get("files", ())}


def _body(place: str, post: Post) -> dict[str, Any]:
    """What makes a message of words (chat.postMessage)."""
    shows = not post.extra.get("hides_previews")
    return {
        "channel": place,
        "text": escaped(_words(post)),
        "mrkdwn": False,
        "unfurl_links": shows,
        "unfurl_media": shows,
        "metadata": _mark(post.key),
    }


def _mark(key: str) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"key": key}}


def _words(post: Post) -> str:
    """The words, and below them the link where it is not among them: Slack knows no other."""
    below = "" if post.link in post.text else post.link
    return "\n\n".join(part for part in (post.text, below) if part)


def _key(row: Mapping[str, Any]) -> str:
    mark = row.get("metadata") or {}
    return str((mark.get("event_payload") or {}).get("key") or "") if mark.get("event_type") == EVENT else ""


def _files(row: Mapping[str, Any]) -> set[str]:
    return {str(one["id"]) for one in row.get("files") or ()}


def _since(api: Api, place: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Everybody's messages since then, the newest first. Raises RetryLater where there are too many."""
    asked = {"channel": place, "oldest": f"{since.timestamp():.6f}", "limit": PAGE, "include_all_metadata": "true"}
    cursor = ""
    for _ in range(MAX_PAGES):
        page = api.ask("conversations.history", **asked, **({"cursor": cursor} if cursor else {}))
        rows = page.get("messages")
        if not isinstance(rows, list):
            raise RetryLater(phrase("Slack does not list the channel's messages."))
        yield from rows
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return
    raise RetryLater(phrase("More than {count} pages of messages were made since then: look by hand.", count=MAX_PAGES))


def _row(api: Api, place: str, ts: str) -> dict[str, Any] | None:
    asked = {
        "channel": place,
        "oldest": ts,
        "latest": ts,
        "inclusive": "true",
        "limit": 1,
        "include_all_metadata": "true",
    }
    rows = api.ask("conversations.history", **asked).get("messages") or []
    return next((dict(row) for row in rows if row.get("ts") == ts), None)


def _sent(api: Api, place: str, ts: str) -> Sent:
    try:
        url = _permalink(api, place, ts)
    except (RetryLater, ReconnectNeeded, Rejected):
        url = ""  # the message is there; reading it later learns its address
    return Sent(remote_id=ts, url=url, answer={"channel": place, "ts": ts})


def _permalink(api: Api, place: str, ts: str) -> str:
    return str(api.ask("chat.getPermalink", channel=place, message_ts=ts).get("permalink") or "")


def _media(one: Mapping[str, Any]) -> SeenMedia:
    return SeenMedia(
        url=str(one.get("permalink") or ""),
        media_type=str(one.get("mimetype") or ""),
        size_bytes=int(one["size"]) if one.get("size") else None,
        alt_text=str(one["alt_txt"]) if one.get("alt_txt") is not None else None,
    )


def _gone(api: Api, method: str, **fields: Any) -> None:
    """Does it; fine where it was gone already."""
    try:
        api.ask(method, **fields)
    except Rejected as error:
        if not any(problem.message in GONE for problem in error.problems):
            raise


def _checked(remote_id: str) -> str:
    """The name, safe to be asked for. Raises Invalid for anything else."""
    if not _TS.fullmatch(remote_id):
        raise Invalid.at("remote_id", phrase("{name} is not the name of a Slack message.", name=repr(remote_id)))
    return remote_id
