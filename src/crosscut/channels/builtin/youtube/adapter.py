"""The conversation with YouTube: a film that waits in private, and one request that lets the public see it.

https://developers.google.com/youtube/v3/docs, as of 2026-10-04; field names checked against Google's discovery document
of 2026-11-04. Nothing here was tried against the live network.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from crosscut.channels import answers, google, oauth
from crosscut.channels.builtin.youtube import CHANNEL, film, words
from crosscut.channels.builtin.youtube.api import Api, gone
from crosscut.channels.builtin.youtube.settings import Settings
from crosscut.channels.builtin.youtube.uploads import Uploads
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import names_of
from crosscut.channels.wording import essence, worded
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase

_FILM, _LIST = "/youtube/v3/videos", "/youtube/v3/playlistItems"
_NAME = r"[\w-]{11}"
_ADDRESS = re.compile(
    rf"https://(?:(?:www\.|m\.|music\.)?youtube\.com/(?:watch\?(?:[^#]*&)?v=|shorts/|live/)|youtu\.be/)({_NAME})(?:[?&#/].*)?"
)
_COUNTED = {"views": "viewCount", "likes": "likeCount", "comments": "commentCount"}  # ours, YouTube's
_SKEW = timedelta(minutes=2)  # what YouTube's clock and ours may differ
_HIDDEN = (401, 403, 404)  # what the public page of a film says that a stranger may not see


class YouTube:
    """One post is one film. It is there before anybody sees it, so its name is known before it is published."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Google's own login page, where the person chooses the channel."""
        return google.departure(_settings(context), CHANNEL.scopes, journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The one channel of the login."""
        tokens = google.turned_in(context, _settings(context), journey, code=code)
        why_not = oauth.lacking(CHANNEL.scopes, tokens.scopes)
        if why_not:
            return (Place(remote_id="", name=CHANNEL.name, tokens=tokens, why_not=why_not),)
        row = _channel(_api(context, tokens.secrets["access_token"]))
        return (Place(remote_id=str(row["id"]), name=_title(row), handle=_handle(row), tokens=_named(tokens, row)),)

    def renew(self, context: Context) -> Tokens:
        """The same login for an hour more."""
        return google.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Which channel this is, and how long its films may be."""
        row = _channel(_api(context))
        told = row.get("status") or {}
        handle = _handle(row)
        page = handle or f"channel/{row['id']}"
        return Profile(
            remote_id=str(row["id"]),
            name=_title(row),
            handle=handle,
            url=f"{_settings(context).public_url}/{page}",
            can=("publish films", "change and take down its own", "read its own films back"),
            secrets={"channel": str(row["id"]), "uploads": _uploads_of(row)},
            limits={
                "long_uploads": str(told.get("longUploadsStatus") or ""),
                "made_for_kids": bool(told.get("madeForKids")),
            },
        )

    def stage(self, context: Context, post: Post) -> Staged:
        """One step towards a film that YouTube has and nobody sees."""
        api = _api(context)
        return film.staged(api, _uploads(context, api), post)

    def publish(self, context: Context, post: Post) -> Sent:
        """The film shown to the public. Doing it twice does no harm: it stays the one film.

        Raises Rejected where YouTube keeps it private all the same, as it does with those of apps it has not looked at.
        """
        api = _api(context)
        name, *_ = names_of(post, missing=phrase("YouTube does not have the film of this post yet."))
        _file_in_playlist(api, post, name)
        row = _updated(api, name, words.shown(post), key=post.key)
        if not _is_shown(row):
            row = _looked_up(api, post, name)
        return _sent(row)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The film that was handed over for this post, if the public can see it; else one with the same words."""
        api = _api(context)
        files = dict(post.extra.get("kept") or {}).get("files") or ()
        if names := [str(file["id"]) for file in files if file.get("id")]:
            row = api.film(names[0], "snippet", "status")
            return _sent(row) if row and _is_shown(row) else None
        claimed = set(post.extra.get("claimed", ()))
        rows = (row for row in _uploads(context, api).since(since - _SKEW) if row["id"] not in claimed)
        found = next((row for row in rows if _is_ours(row, post, since - _SKEW)), None)
        return _sent(found) if found else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our film at that address, whichever way it is written."""
        match = _ADDRESS.fullmatch(url)
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a film on YouTube.", url=url))
        api = _api(context)
        row = api.film(match[1], "snippet", "status")
        if row and (row.get("snippet") or {}).get("channelId") != _channel_id(context, api):
            raise Invalid.at("url", phrase("{url} is not a film of this channel.", url=url))
        return _sent(row) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The film as the public sees it; None where it cannot: it is private, refused, or gone."""
        name = _checked(remote_id)
        row = _api(context).film(name, "snippet", "status", "contentDetails")
        if row is None or not _is_shown(row):
            return None
        page = _as_stranger(context, row)
        if page is None:
            return None
        snippet, status = row.get("snippet") or {}, row.get("status") or {}
        told = snippet.get("publishedAt")
        return Seen(
            remote_id=name,
            url=_url(name),
            text=str(snippet.get("description") or ""),
            title=str(snippet.get("title") or ""),
            media=(SeenMedia(url=_url(name), alt_text=None),),
            created_at=datetime.fromisoformat(str(told)) if told else None,
            changes=("re-encodes films", page, *_changes(status)),
        )

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The film with other words, as visible as it was."""
        api, name = _api(context), _checked(remote_id)
        row = api.film(name, "status")
        if row is None:
            raise Rejected(phrase("The film is not there any more."))
        told = words.shown(post)
        told["status"]["privacyStatus"] = (row.get("status") or {}).get("privacyStatus") or words.visibility_of(post)
        return _sent(_updated(api, name, told, key=post.key))

    def delete(self, context: Context, remote_id: str) -> None:
        """The film gone."""
        _api(context).remove(_FILM, id=_checked(remote_id))

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Views, likes and comments; not what the channel hides or has switched off."""
        row = _api(context).film(_checked(remote_id), "statistics") or {}
        told = {ours: (row.get("statistics") or {}).get(theirs) for ours, theirs in _COUNTED.items()}
        return tuple(
            Count(metric=f"youtube.{ours}", value=int(n))
            for ours, n in told.items()
            if n is not None and str(n).isdecimal()
        )


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, token: str = "") -> Api:
    token = token or context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes at Google for this account yet: connect it."))
    return Api(http=context.http, url=_settings(context).api_url, token=token, now=context.now())


def _channel(api: Api) -> dict[str, Any]:
    rows = api.rows("/youtube/v3/channels", part="snippet,contentDetails,status", mine="true")
    if not rows:
        raise ReconnectNeeded(phrase("This Google account has no channel on YouTube: make one, or choose another."))
    return rows[0]


def _title(row: Mapping[str, Any]) -> str:
    return str((row.get("snippet") or {}).get("title") or row["id"])


def _handle(row: Mapping[str, Any]) -> str:
    return str((row.get("snippet") or {}).get("customUrl") or "")


def _uploads_of(row: Mapping[str, Any]) -> str:
    return str((((row.get("contentDetails") or {}).get("relatedPlaylists")) or {}).get("uploads") or "")


def _named(tokens: Tokens, row: Mapping[str, Any]) -> Tokens:
    """The login with what would have to be asked for again each time."""
    return replace(tokens, secrets={**tokens.secrets, "channel": str(row["id"]), "uploads": _uploads_of(row)})


def _channel_id(context: Context, api: Api) -> str:
    return context.secrets.get("channel") or str(_channel(api)["id"])


def _uploads(context: Context, api: Api) -> Uploads:
    return Uploads(api=api, playlist=context.secrets.get("uploads") or _uploads_of(_channel(api)))


def _file_in_playlist(api: Api, post: Post, name: str) -> None:
    """Right before it is shown, so that nobody sees a gap in the list. What is in it already is not put in again."""
    playlist = str(post.extra.get("playlist") or "")
    if not playlist or api.rows(_LIST, part="id", playlistId=playlist, videoId=name):
        return
    told = {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": name}}
    api.post(_LIST, params={"part": "snippet"}, json={"snippet": told})


def _updated(api: Api, name: str, told: dict[str, Any], *, key: str) -> dict[str, Any]:
    """What YouTube says of a film after it was changed. Raises OutcomeUnknown where it may have been."""
    response = api.sent("PUT", _FILM, key=key, params={"part": "snippet,status"}, json={"id": name, **told})
    answer = answers.object_in(response)
    if not api.is_whole(response, answer) or answer.get("id") != name:
        raise OutcomeUnknown(phrase("YouTube took the change and did not say what became of it."), key=key)
    return answer


def _looked_up(api: Api, post: Post, name: str) -> dict[str, Any]:
    """The film where it is to be seen after all. Raises Rejected with the reason where it is not, and will not be."""
    row = api.film(name, "snippet", "status")
    if row is None:
        raise gone()
    if _is_shown(row):
        return row
    if why := film.why_not_shown(row.get("status") or {}):
        raise Rejected(phrase("YouTube does not show this film: {why}.", why=why))
    told = words.shown(post)
    told["status"]["privacyStatus"] = "private"  # so that it certainly does not come out later
    api.good(api.asked("PUT", _FILM, params={"part": "snippet,status"}, json={"id": name, **told}))
    raise Rejected(
        phrase(
            "YouTube keeps this film private: it locks uploads of apps that have not passed its audit. It waits in "
            "YouTube Studio as {name}; ask Google for the audit, or upload it there by hand.",
            name=name,
        )
    )


def _is_shown(row: Mapping[str, Any]) -> bool:
    """Whether whoever has its address can see it."""
    status = row.get("status") or {}
    return status.get("privacyStatus") in ("public", "unlisted") and not film.why_not_shown(status)


def _is_ours(row: Mapping[str, Any], post: Post, since: datetime) -> bool:
    snippet = row["snippet"]
    told = datetime.fromisoformat(str(snippet["publishedAt"]))
    said = (str(snippet.get("title") or ""), str(snippet.get("description") or ""))
    wanted = (words.title_of(post), worded(post))
    is_same = [essence(one) for one in said] == [essence(one) for one in wanted]
    return _is_shown(row) and told >= since and is_same


def _as_stranger(context: Context, row: Mapping[str, Any]) -> str | None:
    """What a stranger is told of the film, in words; None where YouTube hides it from strangers.

    YouTube's page for programs (oEmbed) wants no login, and refuses films that are private or not to be embedded.
    """
    name, status = str(row["id"]), row.get("status") or {}
    own_login = "seen with the channel's own login"
    if not status.get("embeddable", True):
        return own_login
    asked = {"url": f"https://www.youtube.com/watch?v={name}", "format": "json"}
    try:
        response = context.http.get(f"{_settings(context).public_url}/oembed", params=asked)
    except httpx.RequestError:
        return own_login
    if response.status_code in _HIDDEN:
        return None
    is_told = response.is_success and answers.object_in(response).get("type") == "video"
    return "seen as a stranger sees it" if is_told else own_login


def _changes(status: Mapping[str, Any]) -> tuple[str, ...]:
    """What YouTube made of the film against the channel's word."""
    is_kids, was_said = bool(status.get("madeForKids")), bool(status.get("selfDeclaredMadeForKids"))
    if is_kids == was_said:
        return ()
    return ("takes it for made for kids: comments are off",) if is_kids else ("does not take it for made for kids",)


def _sent(row: Mapping[str, Any]) -> Sent:
    status = row.get("status") or {}
    kept = {name: status[name] for name in ("privacyStatus", "uploadStatus", "madeForKids") if name in status}
    return Sent(remote_id=str(row["id"]), url=_url(str(row["id"])), answer={"id": str(row["id"]), **kept})


def _url(name: str) -> str:
    return f"https://www.youtube.com/watch?v={name}"


def _checked(remote_id: str) -> str:
    """The name, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(_NAME, remote_id):
        words_for = phrase("{name} is not the name of a film on YouTube.", name=repr(remote_id))
        raise Invalid.at("remote_id", words_for)
    return remote_id
