"""The conversation with Reddit: the community is asked, pictures go up, and one request makes the post.

https://www.reddit.com/dev/api (copies of it) and the source of PRAW 8, read 2026-11-30. Nothing here was tried against
the live network.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels import oauth
from crosscut.channels.builtin.reddit import CHANNEL, communities, login, media, posts, words
from crosscut.channels.builtin.reddit.api import Api
from crosscut.channels.builtin.reddit.settings import Settings
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import lost, names_of
from crosscut.channels.wording import essence
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_POST = r"t3_[a-z0-9]{1,13}"
_ADDRESS = re.compile(
    r"https://(?:(?:(?:www|old|new|m|np)\.)?reddit\.com/(?:(?:r|u|user)/[^/]+/)?comments/|redd\.it/)([a-z0-9]{1,13})(?:/.*)?"
)
_COUNTED = {"score": "score", "comments": "num_comments", "crossposts": "num_crossposts"}  # ours, Reddit's
_HIDDEN = (404, 410)  # what the public page of a post says that a stranger may not see
_OF_FILES = ("url", "items", "media_id")  # fields of a post that name what it shows
_MOST_CAPTION = 180


class Reddit:
    """One post is one request. It is known by title and community, which never change, among the account's own."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Reddit's own login page."""
        return login.departure(_settings(context), journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one account of the login. Communities are chosen for each post."""
        tokens = login.turned_in(context, _settings(context), journey, code=code)
        me = _me(_api(context, tokens.secrets["access_token"]))
        named = replace(tokens, secrets={**tokens.secrets, "username": str(me["name"])})
        why_not = oauth.lacking(CHANNEL.scopes, tokens.scopes)
        return (
            Place(remote_id=_id(me), name=str(me["name"]), handle=f"u/{me['name']}", tokens=named, why_not=why_not),
        )

    def renew(self, context: Context) -> Tokens:
        """The same login for longer."""
        return login.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Who we are, and which communities the account has joined."""
        api = _api(context)
        me = _me(api)
        try:
            joined = communities.own_communities(api)
        except (Rejected, ReconnectNeeded):  # that permission is not needed
            joined = []
        return Profile(
            remote_id=_id(me),
            name=str(me["name"]),
            handle=f"u/{me['name']}",
            url=f"https://www.reddit.com/user/{me['name']}/",
            can=("publish posts", "change the words of its own", "take down its own", "read its own posts back"),
            secrets={"username": str(me["name"])},
            limits={"communities": joined},
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """The community asked whether it takes the post, then one step towards pictures that Reddit has."""
        api, kept = _api(context), dict(post.extra.get("kept") or {})
        place = kept.get("place") or communities.chosen(api, post, _settings(context).community)
        step = media.staged(api, post)
        return Staged(kept={**step.kept, "place": place}, is_ready=step.is_ready, after_s=step.after_s)

    def publish(self, context: Context, post: Post) -> Sent:
        """The post made public. One of a single picture goes by the picture's name until it is seen."""
        api, place = _api(context), _place_of(post)
        if not place:
            raise lost(phrase("The community of this post was not asked yet."))
        files = names_of(post, missing=phrase("Reddit does not have all pictures of this post yet."))
        try:
            made = _made(api, post, place, files)
        except Rejected as error:
            if files and any(problem.where in _OF_FILES for problem in error.problems):
                raise lost(phrase("Reddit does not use the pictures it has: they are handed over anew.")) from error
            raise
        if name := _name_in(made):
            return Sent(remote_id=name, url=_url(name), answer={"name": name, "url": str(made.get("url") or "")})
        if not files:
            raise OutcomeUnknown(phrase("Reddit took the post and did not say where it is."), key=post.key)
        picture = posts.on_its_way(files[0], place["sr"], post)
        return Sent(remote_id=picture.name, is_provisional=True, answer={"asset": picture.asset})

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A post of ours made since then with the same title in the same community; none of the `claimed`."""
        claimed = set(post.extra.get("claimed", ()))
        community = _place_of(post).get("sr", "")
        rows = [
            row for row in posts.own_since(_api(context), _account(context), since) if row.get("name") not in claimed
        ]
        matching = [row for row in rows if posts.is_public(row) and posts.is_ours(row, post, community)]
        return _sent(matching[-1]) if matching else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address: https://www.reddit.com/r/reef/comments/abc/title/."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a post on Reddit.", url=url))
        row = _row(_api(context), f"t3_{match[1]}")
        if row and str(row.get("author") or "").casefold() != _account(context).casefold() and posts.is_public(row):
            raise Invalid.at("url", phrase("{url} is not a post of this account.", url=url))
        return _sent(row) if row and posts.is_public(row) else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as Reddit gives it; None where it is gone, a moderator removed it, or a stranger cannot see it."""
        api, name = _api(context), _checked(remote_id)
        picture = posts.read_name(name)
        row = posts.arrived(api, _account(context), picture, context.now()) if picture else _row(api, name)
        if row is None or not posts.is_public(row):
            return None
        seen_by = _as_stranger(context, str(row["name"]))
        if seen_by is None:
            return None
        return Seen(
            remote_id=str(row["name"]),
            url=_url(str(row["name"])),
            text=str(row.get("selftext") or ""),
            title=str(row.get("title") or ""),
            link="" if row.get("is_self") else str(row.get("url_overridden_by_dest") or row.get("url") or ""),
            media=_media(row),
            created_at=posts.made_at(row),
            changes=("re-encodes pictures", seen_by),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The post with other words below its title, which never changes."""
        api, name = _api(context), _checked(remote_id)
        row = _row(api, name)
        if row is None or not posts.is_public(row):
            raise Rejected(phrase("The post is not there any more."))
        if essence(str(row.get("title") or "")) != essence(words.title_of(post)):
            raise Rejected(phrase("Reddit never changes a title. Take the post down and publish it anew."))
        api.done("/api/editusertext", thing_id=name, text=words.body_of(post))
        return _sent(row)

    def delete(self, context: Context, remote_id: str) -> None:
        """The post gone; what others said below it stays."""
        api, name = _api(context), _checked(remote_id)
        picture = posts.read_name(name)
        row = posts.arrived(api, _account(context), picture, context.now()) if picture else {"name": name}
        if row is not None:
            api.done("/api/del", id=str(row["name"]))

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What Reddit tells of a post: its score, which Reddit blurs a little, comments and crossposts."""
        name = _checked(remote_id)
        row = None if posts.read_name(name) else _row(_api(context), name)
        found = {ours: (row or {}).get(theirs) for ours, theirs in _COUNTED.items()}
        return tuple(Count(metric=f"reddit.{ours}", value=n) for ours, n in found.items() if isinstance(n, int))


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, token: str = "") -> Api:
    settings, token = _settings(context), token or context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes on Reddit for this account yet: connect it."))
    return Api(http=context.http, url=settings.api_url, token=token, agent=login.agent_of(settings))


def _me(api: Api) -> dict[str, Any]:
    me = api.get("/api/v1/me", raw_json="1")
    if not me.get("name"):
        raise RetryLater(phrase("Reddit does not say which account this is."))
    return me


def _id(me: Mapping[str, Any]) -> str:
    return str(me.get("id") or me["name"])


def _account(context: Context) -> str:
    """The account's name, kept with the login: its posts are listed under it."""
    name = context.secrets.get("username", "")
    if not re.fullmatch(r"[\w-]{3,30}", name):
        raise ReconnectNeeded(phrase("This account does not know whose it is: connect it again."))
    return name


def _place_of(post: Post) -> dict[str, str]:
    return dict(dict(post.extra.get("kept") or {}).get("place") or {})


def _made(api: Api, post: Post, place: Mapping[str, str], files: list[str]) -> dict[str, Any]:
    """What Reddit says of the post it made."""
    if post.post_type == "gallery":
        body = {**_common(post, place), "items": _items(post, files), "show_error_list": True}
        return api.make("/api/submit_gallery_post.json", key=post.key, params={"raw_json": "1"}, json=body)
    return api.make("/api/submit", key=post.key, data=_form({**_common(post, place), **_kind(post)}))


def _common(post: Post, place: Mapping[str, str]) -> dict[str, Any]:
    """What Reddit is told of every post. `validate_on_submit` has it judged by the community's rules beforehand."""
    flair = {"flair_id": place["flair_id"]} if place.get("flair_id") else {}
    text = words.body_of(post)
    return {
        "api_type": "json",
        "sr": place["sr"],
        "title": words.title_of(post),
        **({"text": text} if text else {}),
        "nsfw": bool(post.extra.get("is_adult")),
        "spoiler": bool(post.extra.get("is_spoiler")),
        "sendreplies": not post.extra.get("is_quiet"),
        "validate_on_submit": True,
        **flair,
    }


def _kind(post: Post) -> dict[str, Any]:
    if post.post_type == "self_text":
        return {"kind": "self"}
    if post.post_type == "image":
        return {"kind": "image", "url": media.first_url(post)}
    if not post.link:
        raise Rejected(phrase("A link post is a link: give one."))
    return {"kind": "link", "url": post.link, "resubmit": True}


def _items(post: Post, files: list[str]) -> list[dict[str, str]]:
    """Pictures of a gallery. Reddit has no alt text: its caption, which everybody reads, is the nearest."""
    pairs = zip(files, post.media, strict=True)
    return [{"media_id": name, "caption": one.alt_text[:_MOST_CAPTION], "outbound_url": ""} for name, one in pairs]


def _form(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}


def _name_in(made: Mapping[str, Any]) -> str:
    name = str(made.get("name") or (f"t3_{made['id'].removeprefix('t3_')}" if made.get("id") else ""))
    return name if re.fullmatch(_POST, name) else ""


def _row(api: Api, name: str) -> dict[str, Any] | None:
    """What Reddit tells of a post; None where it knows none of that name."""
    told = api.get("/api/info", id=name, raw_json="1").get("data")
    if not isinstance(told, dict):
        raise RetryLater(phrase("Reddit does not list anything where a list was asked for."))
    rows = [dict(one.get("data") or {}) for one in told.get("children") or ()]
    return next((row for row in rows if row.get("name") == name), None)


def _media(row: Mapping[str, Any]) -> tuple[SeenMedia, ...]:
    """The pictures. Captions are not alt text, and other alt text Reddit has none."""
    names = [str(one.get("media_id")) for one in (row.get("gallery_data") or {}).get("items") or ()]
    if names:
        return tuple(SeenMedia(url=f"https://i.redd.it/{name}", alt_text=None) for name in names)
    url = str(row.get("url_overridden_by_dest") or row.get("url") or "")
    is_picture = row.get("post_hint") == "image" or row.get("is_reddit_media_domain") is True
    return (SeenMedia(url=url, alt_text=None),) if is_picture else ()


def _as_stranger(context: Context, name: str) -> str | None:
    """How the post was seen, in words; None where Reddit shows it to no stranger.

    Reddit's page for programs (oEmbed) wants no login. Where it does not answer, nothing is said against the post.
    """
    own_login = "seen with the account's own login"
    try:
        response = context.http.get(
            f"{_settings(context).public_url}/oembed",
            params={"url": _url(name)},
            headers={"User-Agent": login.agent_of(_settings(context))},
        )
    except httpx.RequestError:
        return own_login
    if response.status_code in _HIDDEN:
        return None
    is_told = response.is_success and "json" in response.headers.get("content-type", "")
    return "seen as a stranger sees it" if is_told else own_login


def _sent(row: Mapping[str, Any]) -> Sent:
    kept = {part: row[part] for part in ("name", "subreddit", "created_utc") if part in row}
    return Sent(remote_id=str(row["name"]), url=_url(str(row["name"])), answer=kept)


def _url(name: str) -> str:
    """An address that works without the community's name."""
    return f"https://www.reddit.com/comments/{name.removeprefix('t3_')}/"


def _checked(remote_id: str) -> str:
    """The name, in a form that is ours or Reddit's. Raises Invalid for anything else."""
    if not re.fullmatch(_POST, remote_id) and posts.read_name(remote_id) is None:
        raise Invalid.at("remote_id", phrase("{name} is not the name of a post on Reddit.", name=repr(remote_id)))
    return remote_id
