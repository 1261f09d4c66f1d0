"""Speaks to the practice network over HTTP, as to any network."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote, urljoin

import httpx
from lxml.html import HtmlElement
from pydantic import BaseModel

from crosscut.channels.answers import ask, send
from crosscut.channels.builtin.practice.server import practice_app
from crosscut.channels.builtin.practice.settings import PracticeSettings
from crosscut.channels.protocol import Context, Count, Post, PostMedia, Profile, Seen, SeenMedia, Sent
from crosscut.channels.reading import fetch_media, fetch_page, meta, moment
from crosscut.channels.staticserver import App
from crosscut.kernel.errors import Invalid, OutcomeUnknown, Rejected
from crosscut.kernel.phrases import phrase

_CHUNK_BYTES = 1 << 16
_GONE = (404, 410)


class PracticeAdapter:
    """An account on a practice network."""

    def connect(self, context: Context) -> Profile:
        """Who we are there; without a token it signs up and hands the new one back."""
        settings = _settings(context)
        token = context.secrets.get("token", "")
        if token:
            me = ask(context.http, "GET", f"{settings.base_url}/api/me", headers=_login(token)).json()
        else:
            wish = {"handle": settings.handle, "name": settings.name}
            me = ask(context.http, "POST", f"{settings.base_url}/api/accounts", json=wish).json()
        return Profile(
            remote_id=me["handle"],
            name=me["name"],
            handle=f"@{me['handle']}",
            url=f"{settings.base_url}/@{me['handle']}",
            can=("publish posts", "upload media", "change posts", "take posts down", "read numbers"),
            secrets={} if token else {"token": me["token"]},
            limits=me["limits"],
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Uploads the media, which nobody sees yet, then makes the post."""
        url = f"{_settings(context).base_url}/api/posts"
        body = _body(post, [_upload(context, media) for media in post.media])
        headers = {**_login(_token(context)), "Idempotency-Key": post.key}
        return _sent(context, send(context.http, "POST", url, key=post.key, headers=headers, json=body), post.key)

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The post with its new content at its old address."""
        url = f"{_settings(context).base_url}/api/posts/{quote(remote_id)}"
        body = _body(post, [_upload(context, media) for media in post.media])
        response = send(context.http, "PUT", url, key=post.key, headers=_login(_token(context)), json=body)
        return _sent(context, response, post.key)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The post by its key, else by its words and files: the network may have lost the key."""
        settings, headers = _settings(context), _login(_token(context))
        url = f"{settings.base_url}/api/posts"
        found = ask(context.http, "GET", url, params={"key": post.key}, headers=headers).json()["posts"]
        if not found:
            window = {"author": settings.handle, "since": since.astimezone(UTC).isoformat(), "text": post.text}
            found = ask(context.http, "GET", url, params=window, headers=headers).json()["posts"]
            found = [one for one in found if one["key"] is None and _has_same_files(one, post)]
        return _made(context, found[0]) if found else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address: `https://network/posts/7`."""
        settings = _settings(context)
        number = url.removeprefix(f"{settings.base_url}/posts/").rstrip("/")
        if not number.isdecimal():
            raise Invalid.at(
                "url", phrase("{url} is not the address of a post on {base_url}.", url=url, base_url=settings.base_url)
            )
        response = ask(context.http, "GET", f"{settings.base_url}/api/posts/{number}", fine=_GONE)
        if response.is_success and response.json()["handle"] != settings.handle:
            raise Invalid.at("url", phrase("{url} is not a post of this account.", url=url))
        return _made(context, response.json()) if response.is_success else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post's public page, with the bytes of its media hashed."""
        fetched = fetch_page(context.http, f"{_settings(context).base_url}/posts/{quote(remote_id)}")
        if not fetched:
            return None
        page, url = fetched
        article = page.xpath("//main//article")[0]
        link = article.xpath(".//a[contains(@class, 'link')]/@href")
        files = [fetch_media(context.http, source, alt_text=alt) for source, alt in _files(article, url)]
        return Seen(
            remote_id=remote_id,
            url=url,
            text="".join(article.xpath(".//*[contains(@class, 'words')]//text()")),
            link=str(link[0]) if link else "",
            media=tuple(seen for seen in files if isinstance(seen, SeenMedia)),
            created_at=moment(meta(page, "article:published_time")),
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """Takes the post down."""
        url = f"{_settings(context).base_url}/api/posts/{quote(remote_id)}"
        ask(context.http, "DELETE", url, fine=_GONE, headers=_login(_token(context)))

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Likes, reposts and replies now; nothing for a post that is gone."""
        url = f"{_settings(context).base_url}/api/posts/{quote(remote_id)}"
        response = ask(context.http, "GET", url, fine=_GONE)
        numbers = response.json().get("counts", {}) if response.is_success else {}
        return tuple(Count(metric=f"practice.{name}", value=int(value)) for name, value in numbers.items())

    def public_app(self, settings: BaseModel) -> App:
        """The network itself: its public pages and its API."""
        return practice_app(cast(PracticeSettings, settings).folder)


def _settings(context: Context) -> PracticeSettings:
    return cast(PracticeSettings, context.settings)


def _token(context: Context) -> str:
    if token := context.secrets.get("token"):
        return token
    raise Rejected(phrase("This account has no token yet: connect it first."))


def _login(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _body(post: Post, media: list[str]) -> dict[str, Any]:
    return {"text": post.text, "link": post.link, "language": post.language, "media": media}


def _upload(context: Context, media: PostMedia) -> str:
    """The network's name of the uploaded file."""
    api, headers = f"{_settings(context).base_url}/api/media", _login(_token(context))
    response = ask(
        context.http,
        "POST",
        api,
        params={"filename": media.filename, "alt": media.alt_text, "sha256": media.sha256},
        headers={**headers, "Content-Type": media.media_type, "Content-Length": str(media.size_bytes)},
        content=_chunks(media),
    )
    name = str(response.json()["id"])
    for track in media.tracks:
        if track.kind == "captions":
            ask(
                context.http,
                "POST",
                f"{api}/{name}/captions",
                params={"language": track.language},
                headers={**headers, "Content-Type": "text/vtt"},
                content=track.text.encode(),
            )
    return name


def _chunks(media: PostMedia) -> Iterator[bytes]:
    with media.path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _sent(context: Context, response: httpx.Response, key: str) -> Sent:
    try:
        return _made(context, response.json())
    except (ValueError, KeyError) as error:
        raise OutcomeUnknown(phrase("The network took the post and its answer cannot be read."), key=key) from error


def _made(context: Context, answer: dict[str, Any]) -> Sent:
    return Sent(
        remote_id=str(answer["id"]),
        url=f"{_settings(context).base_url}/posts/{answer['id']}",
        answer={name: answer[name] for name in ("id", "key", "created_at")},
    )


def _has_same_files(found: dict[str, Any], post: Post) -> bool:
    return {media["sha256"] for media in found["media"]} == {media.sha256 for media in post.media}


def _files(article: HtmlElement, url: str) -> list[tuple[str, str]]:
    return [
        (urljoin(url, element.get("src", "")), element.get("alt") or element.getparent().get("aria-label") or "")
        for element in article.iter("img", "source")
    ]
