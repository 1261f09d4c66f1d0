"""The conversation with X: files first, then one request that makes the post.

https://docs.x.com/x-api, field names checked against X's machine contract 2.167 of 2026-08-22. Nothing here was tried
against the live network.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels import oauth
from crosscut.channels.builtin.x import CHANNEL, login, media, timeline
from crosscut.channels.builtin.x.api import Api, is_duplicate
from crosscut.channels.builtin.x.settings import Settings
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import names_of
from crosscut.channels.wording import worded
from crosscut.kernel.errors import ChannelError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_ADDRESS = re.compile(r"https://(?:mobile\.|www\.)?(?:x|twitter)\.com/(?:i/web|i|\w{1,15})/status/(\d{1,19})/?")
_COUNTED = {
    "impressions": ("public_metrics", ("impression_count",)),
    "likes": ("public_metrics", ("like_count",)),
    "reposts": ("public_metrics", ("repost_count", "retweet_count")),  # the contract's word, and the guides'
    "replies": ("public_metrics", ("reply_count",)),
    "quotes": ("public_metrics", ("quote_count",)),
    "bookmarks": ("public_metrics", ("bookmark_count",)),
    "link_clicks": ("non_public_metrics", ("url_link_clicks",)),
    "profile_clicks": ("non_public_metrics", ("user_profile_clicks",)),
}
_PRIVATE_FOR = timedelta(days=30)  # afterwards X tells the owner no more than everybody
_EPOCH_MS = 1_288_834_974_657  # of X's ids
_TWINS_WITHIN, _TWIN_WAIT_S = timedelta(days=1), 900.0


class X:
    """One post is one request. It is known by words, files, what it answers and time among the account's own."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """X's own login page."""
        return login.departure(_settings(context), journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one account of the login."""
        tokens = login.turned_in(context, _settings(context), journey, code=code)
        me = _me(_api(context, tokens.secrets["access_token"]))
        named = Tokens(
            secrets={**tokens.secrets, "user_id": str(me["id"])}, expires_at=tokens.expires_at, scopes=tokens.scopes
        )
        why_not = oauth.lacking(CHANNEL.scopes, tokens.scopes)
        return (Place(remote_id=str(me["id"]), name=_name(me), handle=_handle(me), tokens=named, why_not=why_not),)

    def renew(self, context: Context) -> Tokens:
        """The next login; the kept one is used up by it."""
        return login.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Who we are."""
        me = _me(_api(context))
        return Profile(
            remote_id=str(me["id"]),
            name=_name(me),
            handle=_handle(me),
            url=f"https://x.com/{me.get('username', '')}",
            can=("publish posts", "take down its own", "read its own posts back"),
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """One step towards files that X has."""
        return media.staged(_api(context), post)

    def publish(self, context: Context, post: Post) -> Sent:
        """The post made public. Where X says that it has these words already, an earlier try's post is looked for."""
        api = _api(context)
        try:
            made = api.make("/2/tweets", key=post.key, body=_body(post))
        except Rejected as error:
            if not is_duplicate(error):
                raise
            return _said_before(context, api, post, error)
        return _sent(made)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A post of ours made since then with the same words and files, answering the same; none of the `claimed`."""
        api = _api(context)
        row = _ours(api, _user_id(context, api), post, since)
        return _sent(row) if row else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address: https://x.com/name/status/id."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a post on X.", url=url))
        api = _api(context)
        told = api.found(f"/2/tweets/{match[1]}", **timeline.ASKED)
        row = (told or {}).get("data")
        if row and str(row.get("author_id")) != _user_id(context, api):
            raise Invalid.at("url", phrase("{url} is not a post of this account.", url=url))
        return _sent(row) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as X gives it to the account; of one that was edited on X the newest version."""
        api = _api(context)
        told = api.found(f"/2/tweets/{_checked(remote_id)}", **timeline.ASKED)
        newest = ((told or {}).get("data") or {}).get("edit_history_post_ids") or [remote_id]
        was_edited = str(newest[-1]) != remote_id
        if was_edited:
            told = api.found(f"/2/tweets/{newest[-1]}", **timeline.ASKED)
        if not told or not told.get("data"):
            return None
        row = told["data"]
        changes = ("re-encodes pictures and films", "seen with the account's own login")
        return Seen(
            remote_id=remote_id,
            url=_url(str(row["id"])),
            text=timeline.text_of(row),
            link=next(iter(timeline.links_of(row)), ""),
            media=_media(row, told),
            answers=timeline.answered(row),
            created_at=datetime.fromisoformat(str(row["created_at"])) if row.get("created_at") else None,
            changes=(*changes, "was edited on X") if was_edited else changes,
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """The post gone, with every version of it."""
        _api(context).remove(f"/2/tweets/{_checked(remote_id)}")

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What X tells of a post: for thirty days also what only its owner may know."""
        is_new = context.now() - made_at(_checked(remote_id)) < _PRIVATE_FOR
        wanted = "public_metrics,non_public_metrics" if is_new else "public_metrics"
        told = _api(context).found(f"/2/tweets/{remote_id}", **{"post.fields": wanted})
        row = (told or {}).get("data") or {}
        found = {name: _number(row.get(group) or {}, words) for name, (group, words) in _COUNTED.items()}
        return tuple(Count(metric=f"x.{name}", value=value) for name, value in found.items() if value is not None)


def made_at(remote_id: str) -> datetime:
    """When the post of that id was made: ids follow X's clock.

    >>> made_at("1524796546306478083").date().isoformat()
    '2022-05-12'
    """
    return datetime.fromtimestamp(((int(remote_id) >> 22) + _EPOCH_MS) / 1000, tz=UTC)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, token: str = "") -> Api:
    token = token or context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes on X for this account yet: connect it."))
    return Api(http=context.http, url=_settings(context).api_url, token=token, now=context.now())


def _me(api: Api) -> dict[str, Any]:
    me = api.get("/2/users/me").get("data") or {}
    if not me.get("id"):
        raise RetryLater(phrase("X does not say which account this is."))
    return dict(me)


def _user_id(context: Context, api: Api) -> str:
    """The account's number; X charges for asking, so it is kept with the login."""
    return context.secrets.get("user_id") or str(_me(api)["id"])


def _name(me: Mapping[str, Any]) -> str:
    return str(me.get("name") or me.get("username") or me["id"])


def _handle(me: Mapping[str, Any]) -> str:
    return f"@{me['username']}" if me.get("username") else ""


def _body(post: Post) -> dict[str, Any]:
    """What makes the post (POST /2/tweets)."""
    extra = {name: post.extra.get(name) for name in ("made_with_ai", "paid_partnership")}
    if post.parent:
        extra["reply"] = {"in_reply_to_tweet_id": post.parent.remote_id}
    else:  # who may answer is said of the first part, for its whole thread
        extra["reply_settings"] = post.extra.get("reply_settings")
    names = names_of(post, missing=phrase("X does not have all files of this post yet."))
    files = {"media": {"media_ids": names}} if names else {}
    return {"text": worded(post), **files, **{name: value for name, value in extra.items() if value}}


def _ours(api: Api, user_id: str, post: Post, since: datetime) -> dict[str, Any] | None:
    """The oldest post since then that is ours and known as no other's."""
    claimed = set(post.extra.get("claimed", ()))
    rows = (row for row in timeline.own_since(api, user_id, since) if str(row["id"]) not in claimed)
    matching = [row for row in rows if timeline.is_ours(row, post)]
    return matching[-1] if matching else None


def _said_before(context: Context, api: Api, post: Post, error: Rejected) -> Sent:
    """The post an earlier try of this one made. Nothing was made by the request that X has just refused.

    Raises the refusal where the same words are another post's, OutcomeUnknown where X cannot be read, and RetryLater
    where it does not list what it says is there: its word is believed, and looked into again later.
    """
    try:
        rows = timeline.own_since(api, _user_id(context, api), post.due_at - _TWINS_WITHIN)
        twins = [row for row in rows if timeline.is_ours(row, post)]
    except ChannelError as trouble:
        words = phrase("X says that these words are out already, and cannot be read: {trouble}", trouble=str(trouble))
        raise OutcomeUnknown(words, key=post.key) from error
    claimed, begin = set(post.extra.get("claimed", ())), post.due_at - timeline.SKEW
    mine = [row for row in twins if str(row["id"]) not in claimed and made_at(str(row["id"])) >= begin]
    if mine:
        return _sent(mine[-1])
    if twins:
        words = phrase("X takes the same words only once, and another post has them. Change a word.")
        raise Rejected(words, problems=error.problems) from error
    words = phrase("X says that the same words are out already and does not list them. Change a word, or look there.")
    raise RetryLater(words, after_s=_TWIN_WAIT_S, problems=error.problems) from error


def _sent(row: Mapping[str, Any]) -> Sent:
    receipt = {name: row[name] for name in ("id", "created_at", "edit_history_post_ids") if name in row}
    return Sent(remote_id=str(row["id"]), url=_url(str(row["id"])), answer=receipt)


def _url(remote_id: str) -> str:
    """An address that stays when the account is called otherwise."""
    return f"https://x.com/i/web/status/{remote_id}"


def _media(row: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[SeenMedia, ...]:
    known = {str(one.get("media_key")): one for one in (told.get("includes") or {}).get("media") or ()}
    shown = (known.get(key, {}) for key in timeline.media_keys(row))
    return tuple(
        SeenMedia(
            url=str(one.get("url") or one.get("preview_image_url") or ""),
            alt_text=str(one.get("alt_text") or "") if one.get("type") in ("photo", "animated_gif") else None,
        )
        for one in shown
    )


def _number(told: Mapping[str, Any], words: tuple[str, ...]) -> int | None:
    return next((int(told[word]) for word in words if isinstance(told.get(word), int)), None)


def _checked(remote_id: str) -> str:
    """The id, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(r"\d{1,19}", remote_id):
        words = phrase("{name} is not the id of a post on X.", name=repr(remote_id))
        raise Invalid.at("remote_id", words)
    return remote_id
