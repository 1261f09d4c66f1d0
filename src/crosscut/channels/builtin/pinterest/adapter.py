"""The conversation with Pinterest: a board is chosen, a film goes up, and one request makes the Pin.

https://developers.pinterest.com/docs/api/v5/, field names: Pinterest's machine contract 5.23.0 of 2025-12-11. Nothing
here was tried against the live network.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from crosscut.channels import oauth
from crosscut.channels.builtin.pinterest import CHANNEL, boards, login, media, pins
from crosscut.channels.builtin.pinterest.api import Api
from crosscut.channels.builtin.pinterest.settings import Settings
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import lost
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_PIN = r"\d{1,25}"
_ADDRESS = re.compile(
    rf"https://(?:[a-z]{{2,3}}\.)?pinterest\.(?:[a-z]{{2,3}}|com?\.[a-z]{{2}})/pin/(?:[^/]*--)?({_PIN})/?"
)
_LIFELONG = {  # ours, Pinterest's in `pin_metrics`
    "impressions": "impression",
    "pin_clicks": "pin_click",
    "outbound_clicks": "clickthrough",
    "reactions": "reaction",
    "comments": "comment",
}
_SAVES_FOR = timedelta(days=89)  # Pinterest counts by days, up to ninety
_HIDDEN = (404, 410)  # what the public page of a Pin says that a stranger may not see


class Pinterest:
    """One post is one request. It is known by title, words and time among the account's own Pins."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Pinterest's own login page."""
        return login.departure(_settings(context), journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one account of the login. Its boards share the login, so they are chosen for each Pin."""
        tokens = login.turned_in(context, _settings(context), journey, code=code)
        me = _me(_api(context, tokens.secrets["access_token"]))
        why_not = oauth.lacking(CHANNEL.scopes, tokens.scopes)
        return (Place(remote_id=_id(me), name=_name(me), handle=_handle(me), tokens=tokens, why_not=why_not),)

    def renew(self, context: Context) -> Tokens:
        """The next login; the kept one is used up by it."""
        return login.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Who we are, and which boards there are."""
        api = _api(context)
        me = _me(api)
        return Profile(
            remote_id=_id(me),
            name=_name(me),
            handle=_handle(me),
            url=f"{_settings(context).public_url}/{me.get('username', '')}/",
            can=("publish Pins", "change and take down its own", "read its own Pins back"),
            limits={"boards": sorted(boards.public_boards(api)), "account_type": str(me.get("account_type") or "")},
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """The board found, then one step towards a film that Pinterest has."""
        api, kept = _api(context), dict(post.extra.get("kept") or {})
        board = kept.get("board") or boards.board_for(api, post.extra, _settings(context).board)
        step = media.staged(api, post)
        return Staged(kept={**step.kept, "board": board}, is_ready=step.is_ready, after_s=step.after_s)

    def publish(self, context: Context, post: Post) -> Sent:
        """The Pin made, which everybody can see at once."""
        board = dict(post.extra.get("kept") or {}).get("board")
        if not board:
            raise lost(phrase("The board of this Pin was not looked up yet."))
        body = {"board_id": board, **_words(post), "media_source": media.source_of(post)}
        return _sent(_api(context).make({name: value for name, value in body.items() if value}, key=post.key))

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A Pin of ours made since then with the same title and words; none of the `claimed`, first of its board."""
        claimed = set(post.extra.get("claimed", ()))
        board = dict(post.extra.get("kept") or {}).get("board")
        rows = (row for row in pins.own_since(_api(context), since) if str(row["id"]) not in claimed)
        matching = sorted((row for row in rows if pins.is_ours(row, post)), key=pins.made_at)
        matching.sort(key=lambda row: row.get("board_id") != board)
        return _sent(matching[0]) if matching else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our Pin at that address: https://www.pinterest.com/pin/123/."""
        match = _ADDRESS.fullmatch(url.partition("?")[0])
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a Pin.", url=url))
        row = _api(context).found(f"/pins/{match[1]}")
        if row and row.get("is_owner") is False:
            raise Invalid.at("url", phrase("{url} is not a Pin of this account.", url=url))
        return _sent(row) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The Pin as Pinterest gives it to the account; None where it is gone, or a stranger cannot see it."""
        name = _checked(remote_id)
        row = _api(context).found(f"/pins/{name}")
        seen_by = _as_stranger(context, name) if row else None
        if row is None or seen_by is None:
            return None
        alt_text = str(row.get("alt_text") or "")
        return Seen(
            remote_id=name,
            url=_url(name),
            text=str(row.get("description") or ""),
            title=str(row.get("title") or ""),
            link=str(row.get("link") or ""),
            media=tuple(SeenMedia(url=url, alt_text=alt_text) for url in media.shown_in(row)),
            created_at=pins.made_at(row) if row.get("created_at") else None,
            changes=("re-encodes pictures and films", seen_by),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The Pin with other words, and on another board where the post names one; what it shows stays.

        Pinterest lets some apps only do this: Rejected says so.
        """
        api, name = _api(context), _checked(remote_id)
        moved = {"board_id": boards.board_for(api, post.extra, "")} if post.extra.get("board") else {}
        response = api.sent("PATCH", f"/pins/{name}", key=post.key, json={**_words(post), **moved})
        row = api.good(response)
        if str(row.get("id")) != name:
            raise OutcomeUnknown(phrase("Pinterest took the change and did not say what became of it."), key=post.key)
        return _sent(row)

    def delete(self, context: Context, remote_id: str) -> None:
        """The Pin gone from its board. What others saved of it stays theirs."""
        _api(context).remove(f"/pins/{_checked(remote_id)}")

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What Pinterest tells of a Pin's whole life, and how often it was saved in its first ninety days."""
        api, name = _api(context), _checked(remote_id)
        row = api.found(f"/pins/{name}", pin_metrics="true") or {}
        told = (row.get("pin_metrics") or {}).get("lifetime_metrics") or {}
        found = {ours: told.get(theirs) for ours, theirs in _LIFELONG.items()}
        found["saves"] = _saves(context, api, name, row)
        return tuple(Count(metric=f"pinterest.{ours}", value=int(n)) for ours, n in found.items() if n is not None)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, token: str = "") -> Api:
    token = token or context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes on Pinterest for this account yet: connect it."))
    return Api(http=context.http, url=_settings(context).api_url, token=token)


def _me(api: Api) -> dict[str, Any]:
    me = api.get("/user_account")
    if not me.get("username"):
        raise RetryLater(phrase("Pinterest does not say which account this is."))
    return me


def _id(me: Mapping[str, Any]) -> str:
    return str(me.get("id") or me["username"])


def _name(me: Mapping[str, Any]) -> str:
    return str(me.get("business_name") or me["username"])


def _handle(me: Mapping[str, Any]) -> str:
    return f"@{me['username']}"


def _words(post: Post) -> dict[str, str | None]:
    """What a Pin says; nothing takes away what was there."""
    words = {"title": post.title, "description": post.text, "link": post.link, "alt_text": media.alt_of(post)}
    return {name: value or None for name, value in words.items()}


def _saves(context: Context, api: Api, name: str, row: Mapping[str, Any]) -> int | None:
    """Saves since the Pin was made; None when it is older than Pinterest counts by days, or does not tell.

    Only business accounts are told; of others nothing is known, which is no reason not to know the rest.
    """
    today, born = context.now().date(), pins.made_at(row).date()
    if today - born > _SAVES_FOR:
        return None
    asked = {"start_date": born.isoformat(), "end_date": today.isoformat(), "metric_types": "SAVE"}
    try:
        told = api.found(f"/pins/{name}/analytics", **asked) or {}
    except Rejected:
        return None
    together = next((one for one in told.values() if isinstance(one, dict)), {})  # not split by kinds of device
    number = (together.get("summary_metrics") or {}).get("SAVE")
    return None if number is None else int(number)


def _as_stranger(context: Context, name: str) -> str | None:
    """How the Pin was seen, in words; None where Pinterest shows it to no stranger, as those of apps on trial.

    Pinterest's page for programs (oEmbed) wants no login. Where it does not answer, nothing is said against the Pin.
    """
    own_login = "seen with the account's own login"
    try:
        response = context.http.get(f"{_settings(context).public_url}/oembed.json", params={"url": _url(name)})
    except httpx.RequestError:
        return own_login
    if response.status_code in _HIDDEN:
        return None
    is_told = response.is_success and "json" in response.headers.get("content-type", "")
    return "seen as a stranger sees it" if is_told else own_login


def _sent(row: Mapping[str, Any]) -> Sent:
    kept = {name: row[name] for name in ("id", "created_at", "board_id") if row.get(name)}
    return Sent(remote_id=str(row["id"]), url=_url(str(row["id"])), answer=kept)


def _url(name: str) -> str:
    return f"https://www.pinterest.com/pin/{name}/"


def _checked(remote_id: str) -> str:
    """The number, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(_PIN, remote_id):
        raise Invalid.at("remote_id", phrase("{name} is not the number of a Pin.", name=repr(remote_id)))
    return remote_id
