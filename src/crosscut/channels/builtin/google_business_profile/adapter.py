"""The conversation with Google: one request makes the post, Google looks through it, and everybody sees it.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts, a stored copy read
2026-11-30; places: Google's discovery document of mybusinessbusinessinformation v1. Nothing here was tried against the
live network.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from crosscut.channels import google, oauth
from crosscut.channels.builtin.google_business_profile import CHANNEL, content
from crosscut.channels.builtin.google_business_profile.api import PAGE, POST, Api
from crosscut.channels.builtin.google_business_profile.settings import Settings
from crosscut.channels.listings import made_since
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Post, Profile, Seen, SeenMedia, Sent
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded
from crosscut.kernel.phrases import phrase

_PLACE = re.compile(r"accounts/[\w-]{1,60}/(locations/[\w-]{1,60})")
_ASKED = "name,title,storefrontAddress,metadata"
_SKEW = timedelta(minutes=2)  # what Google's clock and ours may differ
_LIVE = "LIVE"


class GoogleBusinessProfile:
    """One post is one request. It is known by words, kind and time among the posts of its place."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Google's own login page."""
        return google.departure(_settings(context), CHANNEL.scopes, journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The places that the person manages, of every account; each with the same login."""
        settings = _settings(context)
        tokens = google.turned_in(context, settings, journey, code=code)
        if why_not := oauth.lacking(CHANNEL.scopes, tokens.scopes):
            return (Place(remote_id="", name=CHANNEL.name, tokens=tokens, why_not=why_not),)
        token = tokens.secrets["access_token"]
        accounts = Api(http=context.http, url=settings.accounts_url, token=token)
        places = Api(http=context.http, url=settings.places_url, token=token)
        found = [
            _place(tokens, str(account.get("name") or ""), row)
            for page in accounts.pages("/v1/accounts", "accounts")
            for account in page
            for row in _places_of(places, str(account.get("name") or ""))
        ]
        if not found:
            raise ReconnectNeeded(phrase("This Google account manages no place on Google: choose another."))
        return tuple(found)

    def renew(self, context: Context) -> Tokens:
        """The same login for an hour more."""
        return google.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Which place this is, and whether it takes posts."""
        place = _place_name(context)
        found = _PLACE.fullmatch(place)
        row = _api(context, _settings(context).places_url).get(f"/v1/{found[1] if found else ''}", readMask=_ASKED)
        metadata = row.get("metadata") or {}
        if why_not := _why_not(metadata):
            raise ReconnectNeeded(why_not)
        return Profile(
            remote_id=place,
            name=str(row.get("title") or place),
            url=str(metadata.get("mapsUri") or ""),
            can=("publish posts", "change and take down its own", "read its own posts back"),
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """The post made. Google fetches its picture and looks through it before anybody sees it."""
        path = f"/v4/{_place_name(context)}/localPosts"
        return _sent(_api(context).make(path, key=post.key, body=content.told_of(post)))

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A post of the place made since then with the same words and kind; none of the `claimed`."""
        claimed = set(post.extra.get("claimed", ()))
        pages = _api(context).pages(f"/v4/{_place_name(context)}/localPosts", "localPosts", pageSize=PAGE)
        rows = (row for row in made_since(pages, since - _SKEW, content.made_at) if _id(row) not in claimed)
        matching = sorted((row for row in rows if content.is_ours(row, post)), key=content.made_at)
        return _sent(matching[0]) if matching else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as Google gives it to the place; None while Google looks through it, refused it, or it is gone."""
        row = _api(context).found(_path(context, remote_id))
        if row is None or row.get("state") != _LIVE:
            return None
        return Seen(
            remote_id=remote_id,
            url=str(row.get("searchUrl") or ""),
            text=str(row.get("summary") or ""),
            title=str((row.get("event") or {}).get("title") or ""),
            link=content.link_in(row),
            media=tuple(
                SeenMedia(url=str(one.get("googleUrl") or ""), alt_text=None) for one in row.get("media") or ()
            ),
            created_at=content.made_at(row),
            changes=("re-encodes pictures", "seen with the place's own login"),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The post with other words, button and dates; its picture stays. Google looks through it again."""
        told = content.words_of(post)
        mask = {"updateMask": ",".join(part for part in content.CHANGED if part in told)}
        api = _api(context)
        row = api.good(api.sent("PATCH", _path(context, remote_id), key=post.key, params=mask, json=told))
        if _id(row) != remote_id:
            raise OutcomeUnknown(phrase("Google took the change and did not say what became of it."), key=post.key)
        return _sent(row)

    def delete(self, context: Context, remote_id: str) -> None:
        """The post gone."""
        _api(context).remove(_path(context, remote_id))


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, url: str = "") -> Api:
    token = context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes at Google for this account yet: connect it."))
    return Api(http=context.http, url=url or _settings(context).api_url, token=token)


def _place_name(context: Context) -> str:
    """Google's name for the place, kept with the login."""
    name = context.secrets.get("place", "")
    if not _PLACE.fullmatch(name):
        raise ReconnectNeeded(phrase("This account does not know whose it is: connect it again."))
    return name


def _places_of(api: Api, account: str) -> Iterator[dict[str, Any]]:
    if re.fullmatch(r"accounts/[\w-]{1,60}", account):
        for page in api.pages(f"/v1/{account}/locations", "locations", readMask=_ASKED, pageSize=PAGE):
            yield from page


def _place(tokens: Tokens, account: str, row: Mapping[str, Any]) -> Place:
    name, address = f"{account}/{row.get('name')}", row.get("storefrontAddress") or {}
    where = ", ".join(str(part) for part in (*(address.get("addressLines") or ()), address.get("locality")) if part)
    named = replace(tokens, secrets={**tokens.secrets, "place": name})
    why_not = _why_not(row.get("metadata") or {})
    return Place(remote_id=name, name=str(row.get("title") or name), handle=where[:200], tokens=named, why_not=why_not)


def _why_not(metadata: Mapping[str, Any]) -> str:
    """Why a place takes no posts, in words; Google leaves out what is not so."""
    if not metadata.get("hasVoiceOfMerchant"):
        return phrase("Google has not verified that this place is yours: do that there first.")
    return "" if metadata.get("canOperateLocalPost") else phrase("Google takes no posts for this kind of place.")


def _id(row: Mapping[str, Any]) -> str:
    """Google's name for a post within its place."""
    return str(row.get("name") or "").rpartition("/")[2]


def _sent(row: Mapping[str, Any]) -> Sent:
    """Its address only once it is there: until then our own address of the picture has to stay open for Google."""
    is_live = row.get("state") == _LIVE
    kept = {part: row[part] for part in ("state", "createTime") if row.get(part)}
    return Sent(remote_id=_id(row), url=str(row.get("searchUrl") or "") if is_live else "", answer=kept)


def _path(context: Context, remote_id: str) -> str:
    """Where a post of this place is asked for. Raises Invalid for what can be none."""
    if not re.fullmatch(POST, remote_id):
        words = phrase("{name} is not the name of a post on Google.", name=repr(remote_id))
        raise Invalid.at("remote_id", words)
    return f"/v4/{_place_name(context)}/localPosts/{remote_id}"
