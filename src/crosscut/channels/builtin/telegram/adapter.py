"""The conversation with Telegram: one channel, one bot, and the public page to read back what is there.

https://core.telegram.org/bots/api, field names checked against the published description of version 10.1. Nothing here
was tried against the live network.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from crosscut.channels.builtin.telegram import page
from crosscut.channels.builtin.telegram.api import TOKEN, Api, is_unchanged
from crosscut.channels.builtin.telegram.page import Shown
from crosscut.channels.builtin.telegram.settings import Settings
from crosscut.channels.protocol import Context, Count, Post, PostMedia, Profile, Seen, Sent
from crosscut.kernel.errors import Invalid, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

SKEW = timedelta(seconds=90)  # what Telegram's clock and ours may differ
_LOOKS_BEYOND = 5  # messages after the newest on the page that are asked for before it is believed to be the newest
_ADDRESS = re.compile(r"https://(?:t\.me|telegram\.me)/(?:s/)?([A-Za-z]\w{3,31}|c/\d+)/(\d{1,12})")
_METHODS = {Kind.IMAGE: ("sendPhoto", "photo"), Kind.VIDEO: ("sendVideo", "video")}


class Telegram:
    """One post is one message or one album. The public page tells whether it is there."""

    def connect(self, context: Context) -> Profile:
        """Which channel this is, and that the bot may write there and nothing more than it needs."""
        api = _api(context)
        chat = _chat(api, context)
        _demand_rights(_rights(api, str(chat["id"])))
        can = ("publish posts", "change and take down its own")
        return Profile(
            remote_id=str(chat["id"]),
            name=str(chat.get("title") or chat["id"]),
            handle=f"@{chat['username']}" if chat.get("username") else "",
            url=f"{_settings(context).public_url}/{chat['username']}" if chat.get("username") else "",
            can=(*can, "read the public page back") if chat.get("username") else can,
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """The message or the album with its files, in one request."""
        api, (method, fields, names) = _api(context), _asked(post)
        fields = {"chat_id": _settings(context).chat, **fields, **_manner(post)}
        with ExitStack() as opened:
            files = {
                name: (one.filename, opened.enter_context(one.path.open("rb")), one.media_type)
                for name, one in zip(names, post.media, strict=False)
            }
            made = api.make(method, key=post.key, fields=fields, files=files)
        return _sent(context, made if isinstance(made, list) else [made])

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A post on the public page made since then with the same words and as many files; none of the `claimed`.

        Raises RetryLater for a private channel, for one without a page, and while messages are there that the page does
        not show yet.
        """
        api, settings = _api(context), _settings(context)
        chat = _chat(api, context)
        name = _public_name(chat)
        claimed, begin = set(post.extra.get("claimed", ())), since - SKEW
        shown = page.listed(context.http, settings.public_url, name, begin)
        new = [one for one in shown if (one.made_at is None or one.made_at >= begin) and _name(one) not in claimed]
        matching = [one for one in new if _is_ours(one, post)]
        if matching:
            return _found(name, matching[-1])
        _demand_fresh(api, str(chat["id"]), shown)
        return None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """The channel's post at that address: https://t.me/name/123."""
        api, settings = _api(context), _settings(context)
        chat, match = _chat(api, context), _ADDRESS.fullmatch(url.partition("?")[0])
        if not match or match[1].casefold() != _path(chat).casefold():
            raise Invalid.at("url", phrase("{url} is not the address of a post in this channel.", url=url))
        if chat.get("username"):
            shown = page.single(context.http, settings.public_url, str(chat["username"]), int(match[2]))
            return _found(str(chat["username"]), shown) if shown else None
        _demand_rights(_rights(api, str(chat["id"])))
        is_there = api.has_message(str(chat["id"]), int(match[2]))
        return Sent(remote_id=match[2], url=url, answer={"message_ids": [int(match[2])]}) if is_there else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as anybody reads it on t.me. Raises RetryLater for a private channel."""
        settings, numbers = _settings(context), _numbers(remote_id)
        name = _public_name(_chat(_api(context), context))
        shown = page.single(context.http, settings.public_url, name, numbers[0])
        if shown is None:
            return None
        return Seen(
            remote_id=remote_id,
            url=_url(name, numbers[0]),
            text=shown.text,
            link=next(iter(shown.links), ""),
            media=shown.media,
            created_at=shown.made_at,
            changes=("re-encodes pictures and films",),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The message with other words; its files stay. Of an album the words stand at its first message."""
        api, settings, numbers = _api(context), _settings(context), _numbers(remote_id)
        field = "caption" if post.media else "text"
        method = "editMessageCaption" if post.media else "editMessageText"
        preview = {} if post.media else _preview(post)
        try:
            api.call(method, chat_id=settings.chat, message_id=numbers[0], **{field: _words(post)}, **preview)
        except Rejected as error:
            if not is_unchanged(error):
                raise
        path = _path(_chat(api, context))
        return Sent(remote_id=remote_id, url=_url(path, numbers[0]), answer={"message_ids": numbers})

    def delete(self, context: Context, remote_id: str) -> None:
        """Every message of the post gone; those that are gone already are passed over."""
        _api(context).call("deleteMessages", chat_id=_settings(context).chat, message_ids=_numbers(remote_id))

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """How often it was seen, as the public page tells; nothing for a private channel."""
        chat = _chat(_api(context), context)
        if not chat.get("username"):
            return ()
        numbers = _numbers(remote_id)
        shown = page.single(context.http, _settings(context).public_url, str(chat["username"]), numbers[0])
        return (Count(metric="telegram.views", value=shown.views),) if shown and shown.views is not None else ()


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context) -> Api:
    token = context.secrets.get("bot_token", "").strip()
    if not TOKEN.fullmatch(token):
        raise ReconnectNeeded(phrase("This is no token of a Telegram bot: copy the one that @BotFather gave you."))
    return Api(http=context.http, url=_settings(context).api_url, token=token)


def _chat(api: Api, context: Context) -> dict[str, Any]:
    chat = dict(api.call("getChat", chat_id=_settings(context).chat))
    if chat.get("type") != "channel":
        raise Rejected(phrase("Give a channel: this is a chat of another kind."))
    return chat


def _rights(api: Api, chat: str) -> Mapping[str, Any]:
    me = api.call("getMe")
    return dict(api.call("getChatMember", chat_id=chat, user_id=me["id"]))


def _demand_rights(rights: Mapping[str, Any]) -> None:
    """It may write, and may not change what others write: only then looking for messages cannot harm any."""
    if rights.get("status") != "administrator" or not rights.get("can_post_messages"):
        raise ReconnectNeeded(phrase("Make the bot an administrator of the channel who may post messages."))
    if rights.get("can_edit_messages"):
        raise ReconnectNeeded(
            phrase("Take from the bot the right to edit messages of others: its own it may change without.")
        )


def _demand_fresh(api: Api, chat: str, shown: Sequence[Shown]) -> None:
    """That the page shows the newest message there is. Raises RetryLater while something newer is not on it."""
    _demand_rights(_rights(api, chat))
    newest = max((max(one.numbers) for one in shown), default=1)  # the first message says that the channel was made
    for number in range(newest + 1, newest + 1 + _LOOKS_BEYOND):
        if api.has_message(chat, number):
            raise RetryLater(phrase("There is a newer message than Telegram's public page shows."), after_s=20)


def _public_name(chat: Mapping[str, Any]) -> str:
    """The channel's name on t.me. Raises RetryLater where it has none: nobody can read it from outside."""
    if not chat.get("username"):
        words = phrase("This channel is private: Telegram lets no bot read it back. Look there, and say what you see.")
        raise RetryLater(words, after_s=600)
    return str(chat["username"])


def _path(chat: Mapping[str, Any]) -> str:
    """What stands before a message's number in its address."""
    return str(chat.get("username") or f"c/{str(chat['id']).removeprefix('-100')}")


def _asked(post: Post) -> tuple[str, dict[str, Any], list[str]]:
    """The method, its fields, and under which name each file goes along."""
    words = _words(post)
    if not post.media:
        return "sendMessage", {"text": words, **_preview(post)}, []
    if len(post.media) > 1:
        names = [f"file{number}" for number in range(len(post.media))]
        items = [_item(one, name) for one, name in zip(post.media, names, strict=True)]
        items[0] |= {"caption": words} if words else {}
        return "sendMediaGroup", {"media": items}, names
    one = post.media[0]
    is_file = post.post_type == "document" or one.kind not in _METHODS
    method, name = ("sendDocument", "document") if is_file else _METHODS[one.kind]
    return method, {"caption": words, **({} if is_file else _measures(one))}, [name]


def _item(one: PostMedia, name: str) -> dict[str, Any]:
    kind = "video" if one.kind is Kind.VIDEO else "photo"
    return {"type": kind, "media": f"attach://{name}", **_measures(one)}


def _measures(one: PostMedia) -> dict[str, Any]:
    """What Telegram wants to know of a film, so that it plays while it comes."""
    if one.kind is not Kind.VIDEO:
        return {}
    told = {"width": one.width_px, "height": one.height_px, "duration": one.duration_s and round(one.duration_s)}
    return {"supports_streaming": True, **{name: value for name, value in told.items() if value}}


def _manner(post: Post) -> dict[str, Any]:
    told = {"disable_notification": post.extra.get("is_silent"), "protect_content": post.extra.get("is_protected")}
    return {name: True for name, value in told.items() if value}


def _preview(post: Post) -> dict[str, Any]:
    return {"link_preview_options": {"is_disabled": True}} if post.extra.get("hides_previews") else {}


def _words(post: Post) -> str:
    """The words, and below them the link where it is not among them: Telegram knows no other."""
    below = "" if post.link in post.text else post.link
    return "\n\n".join(part for part in (post.text, below) if part)


def _is_ours(shown: Shown, post: Post) -> bool:
    has_words = " ".join(shown.text.split()) == " ".join(_words(post).split())
    return has_words and len(shown.media) == len(post.media)


def _sent(context: Context, messages: Sequence[Mapping[str, Any]]) -> Sent:
    numbers, first = [int(one["message_id"]) for one in messages], messages[0]
    receipt = {"message_ids": numbers, "date": first.get("date")}
    url = _url(_path(first["chat"]), numbers[0])
    return Sent(remote_id=",".join(map(str, numbers)), url=url, answer=receipt)


def _found(name: str, shown: Shown) -> Sent:
    url = _url(name, shown.numbers[0])
    return Sent(remote_id=_name(shown), url=url, answer={"message_ids": list(shown.numbers)})


def _name(shown: Shown) -> str:
    return ",".join(map(str, shown.numbers))


def _url(path: str, number: int) -> str:
    return f"https://t.me/{path}/{number}"


def _numbers(remote_id: str) -> list[int]:
    """The numbers of a post's messages. Raises Invalid for anything else."""
    if not re.fullmatch(r"\d{1,12}(,\d{1,12}){0,9}", remote_id):
        words = phrase("{name} is not the number of a Telegram message.", name=repr(remote_id))
        raise Invalid.at("remote_id", words)
    return [int(number) for number in remote_id.split(",")]
