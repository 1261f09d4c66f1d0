"""The conversation with LinkedIn: files first, then one request that makes the post.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api, as of 2026-10-04. Nothing
here was tried against the live network.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels.builtin.linkedin import login, media
from crosscut.channels.builtin.linkedin.api import POST, Api, named, twin_of
from crosscut.channels.builtin.linkedin.little import as_read, little
from crosscut.channels.builtin.linkedin.settings import Product, Settings
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, SeenMedia, Sent, Staged
from crosscut.channels.staging import lost, names_of
from crosscut.channels.wording import essence, worded
from crosscut.kernel.errors import ChannelError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

PAGE, MAX_PAGES = 50, 8
SKEW = timedelta(minutes=2)  # what LinkedIn's clock and ours may differ
_AUTHOR = re.compile(r"urn:li:(person|organization):[\w-]{1,40}")
_ADDRESS = re.compile(
    rf"https://www\.linkedin\.com/(?:feed/update/({POST})|posts/[^/?]*?-(share|ugcPost)-(\d{{1,20}}).*)/?"
)
_COUNTED = {  # ours, LinkedIn's
    "impressions": "impressionCount",
    "reach": "uniqueImpressionsCount",
    "clicks": "clickCount",
    "reactions": "likeCount",
    "comments": "commentCount",
    "shares": "shareCount",
}
_TWIN_WAIT_S, _PRIVATE_WAIT_S = 900.0, 600.0


class LinkedIn:
    """One post is one request. A page's is known by words, files and time; a member's cannot be read back."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """LinkedIn's own login page."""
        return login.departure(_settings(context), journey)

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """The member, or the pages the member manages; each with the same login."""
        settings = _settings(context)
        tokens = login.turned_in(context, settings, journey, code=code)
        api = _api(context, tokens.secrets["access_token"])
        if settings.product is Product.MEMBER:
            return (_place(tokens, *_me(api)),)
        query = "q=roleAssignee&role=ADMINISTRATOR&state=APPROVED"
        pages = [str(row.get("organization") or "") for row in api.finder("/rest/organizationAcls", query)]
        return tuple(_page_place(api, tokens, urn) for urn in pages if _AUTHOR.fullmatch(urn))

    def renew(self, context: Context) -> Tokens:
        """The same login for sixty days more, where LinkedIn lets the app do that."""
        return login.renewed(context, _settings(context))

    def connect(self, context: Context) -> Profile:
        """Whose posts these will be."""
        api, author = _api(context), _author(context)
        if _is_page(author):
            page = api.get(f"/rest/organizations/{author.rpartition(':')[2]}")
            vanity = str(page.get("vanityName") or page.get("id") or "")
            can = ("publish posts", "take down its own", "read its own posts back")
            url = f"https://www.linkedin.com/company/{vanity}/"
            return Profile(remote_id=author, name=str(page.get("localizedName") or vanity), url=url, can=can)
        member, name = _me(api)
        if member != author:
            raise ReconnectNeeded(phrase("This login is another member's by now: connect it again."))
        return Profile(remote_id=author, name=name, can=("publish posts", "take down its own"))

    def stage(self, context: Context, post: Post) -> Staged:
        """One step towards files that LinkedIn has."""
        return media.staged(_api(context), _author(context), post)

    def publish(self, context: Context, post: Post) -> Sent:
        """The post made public. Where LinkedIn names an older one with the same words, that is looked at."""
        api = _api(context)
        try:
            name = api.make("/rest/posts", key=post.key, body=_body(_author(context), post))
        except Rejected as error:
            if "media" in str(error).lower() and "not found" in str(error).lower():
                raise lost("LinkedIn no longer has the files: they are handed over anew.") from error
            if twin := twin_of(error):
                return _said_before(context, api, post, twin, error)
            raise
        return _sent(name)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """A post of the page's made since then with the same words and as many files; none of the `claimed`.

        Raises RetryLater for a member's account: LinkedIn lets next to no app read a member's posts.
        """
        api, author = _api(context), _readable(context)
        claimed = set(post.extra.get("claimed", ()))
        rows = (row for row in _own_since(api, author, since - SKEW) if str(row["id"]) not in claimed)
        matching = [row for row in rows if _is_ours(row, post)]
        return _sent(str(matching[-1]["id"]), matching[-1]) if matching else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """The page's post at that address: https://www.linkedin.com/feed/update/urn:li:share:1/."""
        match = _ADDRESS.fullmatch(url.partition("?")[0].rstrip("/"))
        if not match:
            raise Invalid.at("url", phrase("{url} is not the address of a post on LinkedIn.", url=url))
        author, name = _readable(context), match[1] or f"urn:li:{match[2]}:{match[3]}"
        row = _api(context).found(f"/rest/posts/{named(name)}", viewContext="AUTHOR")
        if row and row.get("author") != author:
            raise Invalid.at("url", phrase("{url} is not a post of this account.", url=url))
        return _sent(name, row) if row else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as LinkedIn gives it to the page; no stranger can ask. Raises RetryLater for a member's account."""
        name = _checked(remote_id)
        _readable(context)
        row = _api(context).found(f"/rest/posts/{named(name)}", viewContext="AUTHOR")
        if row is None or row.get("lifecycleState") not in (None, "PUBLISHED"):
            return None
        content = row.get("content") or {}
        return Seen(
            remote_id=name,
            url=_url(name),
            text=as_read(str(row.get("commentary") or "")),
            link=str((content.get("article") or {}).get("source") or ""),
            media=tuple(SeenMedia(url="", alt_text=one.get("altText")) for one in _files(content)),
            created_at=_moment(row),
            changes=("re-encodes pictures and films", "seen with the page's own login"),
        )

    def delete(self, context: Context, remote_id: str) -> None:
        """The post gone."""
        _api(context).remove(f"/rest/posts/{named(_checked(remote_id))}")

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What LinkedIn tells of a page's post; nothing of a member's."""
        name, author = _checked(remote_id), _author(context)
        if not _is_page(author):
            return ()
        kind = "shares" if ":share:" in name else "ugcPosts"
        query = f"q=organizationalEntity&organizationalEntity={named(author)}&{kind}=List({named(name)})"
        rows = _api(context).finder("/rest/organizationalEntityShareStatistics", query)
        told = (rows[0] if rows else {}).get("totalShareStatistics") or {}
        found = {ours: told.get(theirs) for ours, theirs in _COUNTED.items()}
        return tuple(Count(metric=f"linkedin.{ours}", value=n) for ours, n in found.items() if isinstance(n, int))


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context, token: str = "") -> Api:
    settings, token = _settings(context), token or context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(phrase("Nobody has said yes on LinkedIn for this account yet: connect it."))
    return Api(http=context.http, url=settings.api_url, version=settings.version, token=token)


def _author(context: Context) -> str:
    """Whose posts these are, as LinkedIn names it; kept with the login."""
    author = context.secrets.get("author", "")
    if not _AUTHOR.fullmatch(author):
        raise ReconnectNeeded(phrase("This account does not know whose it is: connect it again."))
    return author


def _me(api: Api) -> tuple[str, str]:
    """The member as LinkedIn names them, and as people do."""
    me = api.get("/v2/userinfo")
    if not me.get("sub"):
        raise RetryLater(phrase("LinkedIn does not say whose login this is."))
    return f"urn:li:person:{me['sub']}", str(me.get("name") or me["sub"])


def _is_page(author: str) -> bool:
    return ":organization:" in author


def _readable(context: Context) -> str:
    """The author, where its posts can be read. Raises RetryLater for a member."""
    author = _author(context)
    if not _is_page(author):
        words = phrase("LinkedIn lets this app read no member's posts back. Look there, and say what you see.")
        raise RetryLater(words, after_s=_PRIVATE_WAIT_S)
    return author


def _place(tokens: Tokens, author: str, name: str) -> Place:
    return Place(remote_id=author, name=name, tokens=replace(tokens, secrets={**tokens.secrets, "author": author}))


def _page_place(api: Api, tokens: Tokens, urn: str) -> Place:
    page = api.found(f"/rest/organizations/{urn.rpartition(':')[2]}") or {}
    return _place(tokens, urn, str(page.get("localizedName") or urn.rpartition(":")[2]))


def _body(author: str, post: Post) -> dict[str, Any]:
    """What makes the post (POST /rest/posts)."""
    content = _content(post)
    return {
        "author": author,
        "commentary": little(_words(post)),
        "visibility": str(post.extra.get("visibility") or "PUBLIC"),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": bool(post.extra.get("is_unshareable")),
        **({"content": content} if content else {}),
    }


def _content(post: Post) -> dict[str, Any]:
    if post.post_type == "article":
        if not post.link:
            raise Rejected(phrase("An article on LinkedIn is a link: give one."))
        told = {"title": post.title, "description": post.summary}
        return {"article": {"source": post.link, **{name: value for name, value in told.items() if value}}}
    if not post.media:
        return {}
    names = names_of(post, missing=phrase("LinkedIn does not have all files of this post yet."))
    if len(names) > 1:
        pairs = zip(names, post.media, strict=True)
        return {"multiImage": {"images": [{"id": name, **_alt(one.alt_text)} for name, one in pairs]}}
    one = post.media[0]
    if one.kind is Kind.IMAGE:
        return {"media": {"id": names[0], **_alt(one.alt_text)}}
    return {"media": {"id": names[0], "title": post.title or one.filename}}


def _alt(words: str) -> dict[str, str]:
    return {"altText": words} if words else {}


def _words(post: Post) -> str:
    """The words, and below them the link where nothing else shows it."""
    return post.text if post.post_type == "article" else worded(post)


def _own_since(api: Api, author: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Posts made since then, newest first. Raises RetryLater where there are more than can be looked through."""
    for number in range(MAX_PAGES):
        query = f"author={named(author)}&q=author&count={PAGE}&start={number * PAGE}&sortBy=CREATED"
        rows = api.finder("/rest/posts", query)
        for row in rows:
            if _moment(row) < since:
                return
            yield row
        if len(rows) < PAGE:
            return
    count = PAGE * MAX_PAGES
    raise RetryLater(phrase("More than {count} posts were made since then: look for this one by hand.", count=count))


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(row.get("publishedAt") or row.get("createdAt") or 0) / 1000, tz=UTC)


def _is_ours(row: Mapping[str, Any], post: Post) -> bool:
    said = essence(as_read(str(row.get("commentary") or "")))
    is_public = row.get("lifecycleState") in (None, "PUBLISHED")
    return is_public and len(_files(row.get("content") or {})) == len(post.media) and said == essence(_words(post))


def _files(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    many = (content.get("multiImage") or {}).get("images") or ()
    return list(many) or ([content["media"]] if content.get("media") else [])


def _said_before(context: Context, api: Api, post: Post, twin: str, error: Rejected) -> Sent:
    """The post an earlier try of this one made. Nothing was made by the request that LinkedIn has just refused.

    LinkedIn has named posts that are not there, so its word alone is not taken. Raises the refusal where the twin is
    another post, OutcomeUnknown where it cannot be read, RetryLater where it is not there.
    """
    author = _author(context)
    if twin in set(post.extra.get("claimed", ())):
        words = phrase("LinkedIn takes the same words only once, and another post has them. Change a word.")
        raise Rejected(words, problems=error.problems) from error
    if not _is_page(author):
        words = phrase("LinkedIn says that these words are out already as {twin}, and lets nobody look.", twin=twin)
        raise OutcomeUnknown(words, key=post.key) from error
    try:
        row = api.found(f"/rest/posts/{named(twin)}", viewContext="AUTHOR")
    except ChannelError as trouble:
        words = phrase("LinkedIn says that these words are out already, and cannot be read: {why}", why=str(trouble))
        raise OutcomeUnknown(words, key=post.key) from error
    if row is None:
        words = phrase("LinkedIn says that the same words are out already as {twin}, which is not there.", twin=twin)
        raise RetryLater(words, after_s=_TWIN_WAIT_S, problems=error.problems) from error
    if row.get("author") == author and _is_ours(row, post) and _moment(row) >= post.due_at - SKEW:
        return _sent(twin, row)
    words = phrase("LinkedIn takes the same words only once, and {url} has them. Change a word.", url=_url(twin))
    raise Rejected(words, problems=error.problems) from error


def _sent(name: str, row: Mapping[str, Any] | None = None) -> Sent:
    kept = {part: (row or {})[part] for part in ("createdAt", "publishedAt") if part in (row or {})}
    return Sent(remote_id=name, url=_url(name), answer={"id": name, **kept})


def _url(name: str) -> str:
    return f"https://www.linkedin.com/feed/update/{name}/"


def _checked(remote_id: str) -> str:
    """The name, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(POST, remote_id):
        words = phrase("{name} is not the name of a post on LinkedIn.", name=repr(remote_id))
        raise Invalid.at("remote_id", words)
    return remote_id
