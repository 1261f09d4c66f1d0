"""The conversation with a server that speaks the Mastodon API."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from crosscut.channels import http
from crosscut.channels.builtin.mastodon import media, oauth, words
from crosscut.channels.builtin.mastodon.api import Api, data
from crosscut.channels.builtin.mastodon.settings import Settings, Visibility
from crosscut.channels.logins import Departure, Journey, Place
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

PAGE = 40  # most that the server gives at once, https://docs.joinmastodon.org/methods/accounts/#statuses
MAX_PAGES = 10
SKEW = timedelta(seconds=60)  # what a clock read from a Date header, to the second and some way off, may be wrong
MAX_MEDIA_BYTES = 100 * 2**20
METRICS = {
    "mastodon.favourites": "favourites_count",
    "mastodon.boosts": "reblogs_count",
    "mastodon.replies": "replies_count",
}


class Mastodon:
    """One post is one status. Nothing marks it as ours: it is known by words, files, what it answers and time."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """The server's own page, after telling it who we are."""
        return oauth.departure(context.http, _settings(context).instance_url, journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one account the person said yes for."""
        return oauth.places(context.http, _settings(context).instance_url, journey, code=code, kept=kept)

    def connect(self, context: Context) -> Profile:
        """Who we are, and what this server allows."""
        api = _api(context)
        account = _account(api)
        instance = _instance(api)
        host = httpx.URL(api.url).host
        return Profile(
            remote_id=str(account["id"]),
            name=account.get("display_name") or account["username"],
            handle=f"@{account['username']}@{instance.get('domain') or host}",
            url=str(account.get("url", "")),
            can=("publish posts", "upload media", "delete posts"),
            limits=instance.get("configuration") or {},
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Upload the media, wait for none of it, then make the status."""
        api = _api(context)
        body = _body(_settings(context), post) | {"media_ids": media.uploaded(api, post)}
        response = api.make("/api/v1/statuses", key=post.key, body=body)
        try:
            status = response.json()
        except ValueError:
            status = {}
        if not isinstance(status, dict) or not status.get("id"):
            raise OutcomeUnknown(phrase("The server took the post and did not say where it is."), key=post.key)
        return _sent(status)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A status of ours made since then with the same words and as many files, an answer to the same status or none.

        `post.extra["claimed"]`, remote ids of other posts of ours, are passed over: the same words may have gone out
        twice on purpose.
        """
        api = _api(context)
        claimed = set(map(str, post.extra.get("claimed", ())))
        wanted = (words.essence(_text(post)), words.essence(_warning(post)), len(post.media), _answered_by(post))
        statuses = list(_own_since(api, since, context.now()))
        matching = [status for status in statuses if _essence(status) == wanted and str(status["id"]) not in claimed]
        return _sent(matching[-1]) if matching else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our status at that address: `https://server/@name/id`, or the longer one that other servers use."""
        api, remote_id = _api(context), _id_in(url)
        status, me = api.found(f"/api/v1/statuses/{remote_id}") or {}, _account(api)
        if status and str((status.get("account") or {}).get("id")) == str(me["id"]):
            return _sent(status)
        hosts = {httpx.URL(place).host for place in (api.url, str(me.get("url") or api.url))}
        if status or httpx.URL(url).host not in hosts:
            raise Invalid.at("url", phrase("{url} is not a post of this account.", url=url))
        return None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The status as anybody gets it; with our own login where the server or the post is not open to all."""
        path = f"/api/v1/statuses/{_checked(remote_id)}"
        own = _api(context)
        public = Api(http=context.http, url=own.url)
        try:
            status = public.found(path)
        except (ReconnectNeeded, Rejected):
            status = None
        if status:
            return _seen(context.http, status)
        status = own.found(path)
        return _seen(context.http, status, "seen with the account's own login only") if status else None

    def delete(self, context: Context, remote_id: str) -> None:
        """Remove the status with its media."""
        _api(context).remove(f"/api/v1/statuses/{_checked(remote_id)}?delete_media=true")

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Favourites, boosts and replies."""
        status = _api(context).found(f"/api/v1/statuses/{_checked(remote_id)}") or {}
        return tuple(
            Count(metric=metric, value=int(status[name])) for metric, name in METRICS.items() if name in status
        )


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context) -> Api:
    token = context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("There is no access token for this account: connect it again."))
    return Api(http=context.http, url=_settings(context).instance_url, token=token)


def _account(api: Api) -> Mapping[str, Any]:
    account = data(api.get("/api/v1/accounts/verify_credentials"))
    if not isinstance(account, dict) or not account.get("id"):
        raise Rejected(
            phrase("{host} does not answer like a Mastodon server: check its address.", host=httpx.URL(api.url).host)
        )
    return account


def _instance(api: Api) -> Mapping[str, Any]:
    """What the server tells of itself; servers before 4.0 know only the older question."""
    found = api.found("/api/v2/instance") or api.found("/api/v1/instance")
    return found if isinstance(found, dict) else {}


def _text(post: Post) -> str:
    """The words, and below them the link where it is not among them: Mastodon shows no other."""
    below = "" if post.link in post.text else post.link
    return "\n\n".join(part for part in (post.text, below) if part)


def _warning(post: Post) -> str:
    return str(post.extra.get("spoiler_text", ""))


def _body(settings: Settings, post: Post) -> dict[str, Any]:
    """What makes the status. Raises Rejected for a visibility there is none of."""
    try:
        visibility = Visibility(post.extra.get("visibility", settings.visibility))
    except ValueError:
        known = ", ".join(Visibility)
        raise Rejected(
            phrase(
                "Nobody knows the visibility {visibility}. There are: {known}.",
                visibility=repr(post.extra["visibility"]),
                known=known,
            )
        ) from None
    optional = {
        "spoiler_text": _warning(post),
        "sensitive": bool(_warning(post) or post.extra.get("sensitive")),
        "language": post.language.partition("-")[0].lower(),
        "in_reply_to_id": _answered_by(post),
    }
    return {"status": _text(post), "visibility": str(visibility)} | {k: value for k, value in optional.items() if value}


def _answered_by(post: Post) -> str:
    """The id of the status that the post answers; empty for none."""
    return post.parent.remote_id if post.parent else ""


def _answered(status: Mapping[str, Any]) -> str:
    return str(status.get("in_reply_to_id") or "")


def _sent(status: Mapping[str, Any]) -> Sent:
    receipt = {name: status[name] for name in ("id", "uri", "created_at", "visibility") if name in status}
    return Sent(remote_id=str(status["id"]), url=str(status.get("url") or status.get("uri") or ""), answer=receipt)


def _own_since(api: Api, since: datetime, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Our statuses made since then, the newest first, by the server's own clock."""
    account_id = _account(api)["id"]
    oldest: str | None = None
    for _ in range(MAX_PAGES):
        before = {"max_id": oldest} if oldest else {}
        response = api.get(f"/api/v1/accounts/{account_id}/statuses", limit=PAGE, exclude_reblogs="true", **before)
        page = data(response)
        for status in page:
            if _made_at(status) < since - _ahead(response, now) - SKEW:
                return
            yield status
        if not page or str(page[-1]["id"]) == oldest:
            return
        oldest = str(page[-1]["id"])
    raise RetryLater(
        phrase("More than {most} posts were made since then: look for this one by hand.", most=PAGE * MAX_PAGES)
    )


def _ahead(response: httpx.Response, now: datetime) -> timedelta:
    """How far our clock is ahead of the server's."""
    try:
        return now - parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return timedelta(0)


def _made_at(status: Mapping[str, Any]) -> datetime:
    moment = datetime.fromisoformat(status["created_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _essence(status: Mapping[str, Any]) -> tuple[str, str, int, str]:
    content, warning = words.plain(status.get("content") or ""), status.get("spoiler_text") or ""
    files = len(status.get("media_attachments") or ())
    return words.essence(content), words.essence(warning), files, _answered(status)


def _seen(client: httpx.Client, status: Mapping[str, Any], *changes: str) -> Seen:
    content = str(status.get("content") or "")
    card = status.get("card") or {}
    return Seen(
        remote_id=str(status["id"]),
        url=str(status.get("url") or status.get("uri") or ""),
        text=words.plain(content),
        link=str(card.get("url") or next(iter(words.links(content)), "")),
        media=tuple(_media(client, item) for item in status.get("media_attachments") or ()),
        answers=_answered(status),
        created_at=_made_at(status),
        changes=(*changes, *(("re-encodes pictures and videos",) if status.get("media_attachments") else ())),
    )


def _media(client: httpx.Client, item: Mapping[str, Any]) -> SeenMedia:
    """The file's address, and what is there where it could be fetched now."""
    url, alt_text = str(item.get("url") or item.get("preview_url") or ""), str(item.get("description") or "")
    try:
        file = http.fetch(client, url, MAX_MEDIA_BYTES)
    except CrosscutError:
        return SeenMedia(url=url, alt_text=alt_text)
    if file.status != httpx.codes.OK:
        return SeenMedia(url=url, alt_text=alt_text)
    digest = hashlib.sha256(file.content).hexdigest()
    return SeenMedia(
        url=url, media_type=file.media_type, size_bytes=len(file.content), sha256=digest, alt_text=alt_text
    )


def _id_in(url: str) -> str:
    """The id in a status's address. Raises Invalid where there is none."""
    match = re.fullmatch(r"https?://[^/]+/(?:@[^/]+|users/[^/]+/statuses)/([\w.-]{1,128})/?", url.partition("?")[0])
    if not match:
        raise Invalid.at("url", phrase("{url} is not the address of a Mastodon post.", url=url))
    return match[1]


def _checked(remote_id: str) -> str:
    """The id, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(r"[\w.-]{1,128}", remote_id):
        raise Invalid.at(
            "remote_id", phrase("{remote_id} is not the id of a Mastodon post.", remote_id=repr(remote_id))
        )
    return remote_id
