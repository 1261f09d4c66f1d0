"""The conversation with TikTok: a film handed over but for its last part, then the part that makes it public.

https://developers.tiktok.com/doc/content-posting-api-get-started and …/tiktok-api-v2-video-list, as of 2026-10-04.
Nothing here was tried against the live network.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.tiktok import CHANNEL, login, posting
from crosscut.channels.builtin.tiktok.api import Api
from crosscut.channels.builtin.tiktok.settings import Settings
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import lost, names_of
from crosscut.channels.wording import essence, worded
from crosscut.kernel.errors import Invalid, ReconnectNeeded, RetryLater, Unsupported
from crosscut.kernel.phrases import phrase

PAGE, _MAX_PAGES = 20, 10
_FIELDS = "id,create_time,share_url,title,video_description"
_COUNTED = {"views": "view_count", "likes": "like_count", "comments": "comment_count", "shares": "share_count"}
_POST, _ON_ITS_WAY = r"\d{5,25}", r"[\w.~-]{5,120}"  # TikTok's name for a public post, and for one that is not yet
_ADDRESS = re.compile(rf"https://(?:www\.|m\.)?tiktok\.com/@[\w.]+/(?:video|photo)/({_POST})/?")
_REMEMBERS = timedelta(hours=1)  # at least so long TikTok knows a film that was begun: its address works meanwhile
_SKEW, _LOOK_S = timedelta(minutes=2), 60.0
_TOLD_LENGTH = 150  # of the words that TikTok tells of a post
_HIDDEN = (400, 401, 403, 404)  # what the public page of a post says that a stranger may not see


class TikTok:
    """One post is one `publish_id`, by which it goes until the public sees it; TikTok has another name for it then."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """TikTok's own login page."""
        return login.departure(_settings(context), journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one account of the login."""
        tokens = login.turned_in(context, _settings(context), journey, code=code)
        name = tokens.secrets["open_id"]
        why_not = oauth.lacking(CHANNEL.scopes, tokens.scopes)
        if why_not:
            return (Place(remote_id=name, name=CHANNEL.name, tokens=tokens, why_not=why_not),)
        creator = _api(context, tokens.secrets["access_token"]).creator()
        handle = str(creator.get("creator_username") or "")
        named = replace(tokens, secrets={**tokens.secrets, "username": handle})
        return (Place(remote_id=name, name=_name(creator, name), handle=_at(handle), tokens=named),)

    def renew(self, context: Context) -> Tokens:
        """The next login; the kept one is used up by it."""
        return login.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Who we are, and what TikTok lets the account do just now."""
        api = _api(context)
        me = api.get("/v2/user/info/", fields="open_id,display_name").get("data", {}).get("user") or {}
        if not me.get("open_id"):
            raise RetryLater(phrase("TikTok does not say which account this is."))
        creator = api.creator()
        handle = str(creator.get("creator_username") or "")
        offered = [str(one) for one in creator.get("privacy_level_options") or ()]
        can = ("publish films and pictures", "read its own posts back")
        return Profile(
            remote_id=str(me["open_id"]),
            name=str(me.get("display_name") or _name(creator, str(me["open_id"]))),
            handle=_at(handle),
            url=f"{_settings(context).public_url}/{_at(handle)}" if handle else "",
            can=can if "PUBLIC_TO_EVERYONE" in offered else ("publish only what others do not see", can[1]),
            secrets={"username": handle},
            limits={"privacy": offered, "max_video_s": creator.get("max_video_post_duration_sec")},
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """One step towards a film of which only the last part is missing."""
        return posting.staged(_api(context), post)

    def publish(self, context: Context, post: Post) -> Sent:
        """The last part handed over, which makes the post; TikTok looks through it before the public sees it."""
        api = _api(context)
        if post.post_type == "photo":
            return _on_its_way(posting.sent_pictures(api, post))
        name, *_ = names_of(post, missing=phrase("TikTok does not have the film of this post yet."))
        told = api.status(name)
        if told is None:
            raise lost(phrase("TikTok no longer knows the film: it is handed over anew."))
        if told.get("status") == posting.FAILED:
            raise posting.failure(told)
        if _has_all(told, post):
            return _on_its_way(name)  # an earlier try had handed over everything
        posting.finished(api, dict(post.extra["kept"]["files"][0]), post.media[0], key=post.key)
        return _on_its_way(name)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The film that was begun for this post, if all of it is there; pictures by their words among our own posts.

        Raises RetryLater for pictures it does not list, and for a film it has forgotten: it looks through posts before
        it lists them, so that they are not there says nothing.
        """
        api = _api(context)
        kept = dict(post.extra.get("kept") or {})
        name = next((str(file["id"]) for file in kept.get("files") or ()), "")
        if name and (told := api.status(name)):
            return _on_its_way(name) if _has_all(told, post) else None
        found = next((row for row in _own_since(api, since - _SKEW) if _is_ours(row, post)), None)
        if found or not kept or (name and context.now() - since < _REMEMBERS):
            return _sent(found) if found else None
        words = phrase("TikTok does not list this post, and may still be looking through it. Look there.")
        raise RetryLater(words, after_s=_LOOK_S)

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address: https://www.tiktok.com/@name/video/id."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a post on TikTok.", url=url))
        row = _row(_api(context), match[1])
        return _sent(row) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as the public sees it; None where it cannot: TikTok still looks through it, or others may not."""
        api = _api(context)
        name = _public_name(api, _checked(remote_id))
        row = _row(api, name) if name else None
        if row is None:
            return None
        told = str(row.get("video_description") or row.get("title") or "")
        page = _as_stranger(context, str(row.get("share_url") or ""))
        if page is None:
            return None
        whole = page if page and essence(page).startswith(essence(told)[:_TOLD_LENGTH]) else told
        url = str(row.get("share_url") or "").partition("?")[0]
        seen_by = "seen as a stranger sees it" if page else "seen with the account's own login, which cuts long words"
        return Seen(
            remote_id=str(row["id"]),
            url=url,
            text=whole,
            media=(SeenMedia(url=url, alt_text=None),),
            created_at=_moment(row),
            changes=("re-encodes films and pictures", seen_by),
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """TikTok lets no program do this: a person does, and reading tells."""
        if self.read(context, remote_id) is None:
            return
        raise Unsupported(
            phrase("TikTok lets no program take posts down. Delete it in the app: Crosscut looks until it is gone.")
        )

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What TikTok tells of a public post."""
        api = _api(context)
        name = _public_name(api, _checked(remote_id))
        row = _row(api, name, fields=",".join(("id", *_COUNTED.values()))) if name else None
        told = {ours: (row or {}).get(theirs) for ours, theirs in _COUNTED.items()}
        return tuple(Count(metric=f"tiktok.{ours}", value=n) for ours, n in told.items() if isinstance(n, int))


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, token: str = "") -> Api:
    token = token or context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes on TikTok for this account yet: connect it."))
    return Api(http=context.http, url=_settings(context).api_url, token=token)


def _name(creator: Mapping[str, Any], otherwise: str) -> str:
    return str(creator.get("creator_nickname") or creator.get("creator_username") or otherwise)


def _at(handle: str) -> str:
    return f"@{handle}" if handle else ""


def _has_all(told: Mapping[str, Any], post: Post) -> bool:
    """Whether TikTok has every byte of the film, from which it makes the post by itself."""
    is_whole = int(told.get("uploaded_bytes") or 0) >= post.media[0].size_bytes
    return told.get("status") == posting.COMPLETE or (told.get("status") == posting.UPLOADING and is_whole)


def _public_name(api: Api, name: str) -> str:
    """TikTok's own name for a post that may be known by its provisional one; empty while the public cannot see it."""
    if re.fullmatch(_POST, name):
        return name
    return posting.post_id_in(api.status(name) or {})


def _row(api: Api, name: str, *, fields: str = _FIELDS) -> dict[str, Any] | None:
    """What TikTok tells of a public post of the account's; None where there is none."""
    rows = api.told("/v2/video/query/", {"filters": {"video_ids": [name]}}, fields=fields).get("videos") or ()
    return next((dict(row) for row in rows if str(row.get("id")) == name), None)


def _own_since(api: Api, since: datetime) -> Iterator[dict[str, Any]]:
    """Public posts made since then, newest first. Raises RetryLater where there are more than can be looked through."""
    turn: dict[str, Any] = {}
    for _ in range(_MAX_PAGES):
        told = api.told("/v2/video/list/", {"max_count": PAGE, **turn}, fields=_FIELDS)
        for row in told.get("videos") or ():
            if _moment(row) < since:
                return
            yield row
        if not told.get("has_more"):
            return
        turn = {"cursor": told.get("cursor")}
    count = PAGE * _MAX_PAGES
    raise RetryLater(phrase("More than {count} posts were made since then: look for this one by hand.", count=count))


def _is_ours(row: Mapping[str, Any], post: Post) -> bool:
    """Whether the words are the post's, as far as TikTok tells them, and no other post is known by that name."""
    told = essence(str(row.get("video_description") or row.get("title") or ""))
    is_known = str(row["id"]) in set(post.extra.get("claimed", ()))
    return not is_known and bool(told) and essence(worded(post))[:_TOLD_LENGTH].rstrip() == told[:_TOLD_LENGTH].rstrip()


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(row.get("create_time") or 0), tz=UTC)


def _as_stranger(context: Context, url: str) -> str | None:
    """The words that a stranger reads; empty where TikTok's page does not answer, None where it shows nothing.

    TikTok's page for programs (oEmbed) wants no login, and tells the words in full.
    """
    try:
        response = context.http.get(f"{_settings(context).public_url}/oembed", params={"url": url})
    except httpx.RequestError:
        return ""
    if response.status_code in _HIDDEN:
        return None
    return str(answers.object_in(response).get("title") or "") if response.is_success else ""


def _on_its_way(name: str) -> Sent:
    return Sent(remote_id=name, is_provisional=True, answer={"publish_id": name})


def _sent(row: Mapping[str, Any]) -> Sent:
    url = str(row.get("share_url") or "").partition("?")[0]
    return Sent(remote_id=str(row["id"]), url=url, answer={"id": str(row["id"]), "create_time": row.get("create_time")})


def _checked(remote_id: str) -> str:
    """The name, in a form that TikTok gives. Raises Invalid for anything else."""
    if not re.fullmatch(rf"{_POST}|{_ON_ITS_WAY}", remote_id):
        raise Invalid.at("remote_id", phrase("{name} is not the name of a post on TikTok.", name=repr(remote_id)))
    return remote_id
