"""The conversation with a WordPress site.

A post is made in two steps. First a draft under a name that holds the key: nobody sees it, and a second try finds it
again. Then one change shows it; made twice, that change shows the same article. So no try can ever show two.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels import articles
from crosscut.channels.builtin.wordpress import content, media, seen, terms
from crosscut.channels.builtin.wordpress.api import Api, data
from crosscut.channels.builtin.wordpress.content import Placed
from crosscut.channels.builtin.wordpress.settings import Settings
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, Sent
from crosscut.kernel.errors import Invalid, OutcomeUnknown, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

POSTS = "/wp/v2/posts"
ABILITIES = {"publish_posts": "publish posts", "upload_files": "upload media", "manage_categories": "make categories"}


class WordPress:
    """One post is one article."""

    def connect(self, context: Context) -> Profile:
        """Who we are there, and what this user may do."""
        api = _api(context)
        me = api.get("/wp/v2/users/me", context="edit")
        site = api.get("/")
        able = me.get("capabilities") or {}
        return Profile(
            remote_id=f"{site.get('url') or api.url}#{me['id']}",
            name=str(site.get("name") or me["name"]),
            handle=api.username,
            url=str(site.get("home") or api.url),
            can=tuple(words for name, words in ABILITIES.items() if able.get(name)),
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Make a draft, or take up the one an earlier try left; add the media; show it."""
        api, settings = _api(context), _settings(context)
        there = _by_key(api, post)
        if there and there["status"] == "publish":
            return _sent(there)
        post_id = int(there["id"]) if there else _draft(api, post)
        body = _article(api, settings, post, post_id) | {"status": "publish", "slug": articles.slug(post)}
        shown = api.show(f"{POSTS}/{post_id}", body, key=post.key)
        if shown.get("status") != "publish":
            raise OutcomeUnknown(
                phrase("The site made the article {status}, not public.", status=repr(shown.get("status"))),
                key=post.key,
            )
        return _sent(shown)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The public article with the post's key in its name or in its content; a draft does not count."""
        there = _by_key(_api(context), post)
        return _sent(there) if there and there["status"] == "publish" else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """The public article at that address: `…?p=7`, or one whose name stands at its end."""
        api, asked = _api(context), httpx.URL(url)
        if asked.host != httpx.URL(api.url).host:
            raise Invalid.at("url", phrase("{url} is not on {site}.", url=url, site=api.url))
        if (number := asked.params.get("p", "")).isdecimal():
            there = api.found(f"{POSTS}/{number}")
            return _sent(there) if there and there["status"] == "publish" else None
        name = asked.path.rstrip("/").rpartition("/")[2]
        named = api.get(POSTS, slug=name) if name else []
        return next((_sent(one) for one in named if httpx.URL(str(one["link"])).path == asked.path), None)

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The article as a visitor sees it."""
        post = _api(context).found(f"{POSTS}/{_checked(remote_id)}", _embed="wp:featuredmedia")
        return seen.seen(context.http, post) if post and post["status"] == "publish" else None

    def delete(self, context: Context, remote_id: str) -> None:
        """Remove the article for good, and before it the files that came with it: their addresses are public too."""
        api = _api(context)
        post = api.found(f"{POSTS}/{_checked(remote_id)}", context="edit")
        if not post:
            return
        key = articles.key_in(post["content"]["raw"])
        for item in media.ours(media.attached(api, int(remote_id)), key):
            api.remove(f"/wp/v2/media/{item['id']}")
        api.remove(f"{POSTS}/{remote_id}")

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """Replace the article's words and media at the same address. Files it no longer shows are removed."""
        api, post_id = _api(context), int(_checked(remote_id))
        body = _article(api, _settings(context), post, post_id)
        shown = api.show(f"{POSTS}/{post_id}", body, key=post.key)
        there, still = media.attached(api, post_id), media.slugs(post)
        for item in media.ours(there, post.key):
            if item["slug"] not in still:
                api.remove(f"/wp/v2/media/{item['id']}")
        return _sent(shown)

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """Approved comments."""
        total = _api(context).total("/wp/v2/comments", post=_checked(remote_id), per_page=1)
        return () if total is None else (Count(metric="wordpress.comments", value=total),)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context) -> Api:
    settings = _settings(context)
    password = context.secrets.get("application_password", "")
    return Api(http=context.http, url=settings.site_url, username=settings.username, password=password)


def _by_key(api: Api, post: Post) -> Mapping[str, Any] | None:
    """The article of that key in any state but the bin, a public one first."""
    asked = {"status": "any", "context": "edit", "orderby": "id", "order": "asc"}
    named = api.get(POSTS, slug=articles.slug(post), **asked)
    found = named or [
        article
        for article in api.get(POSTS, search=articles.search_words(post.key), **asked)
        if articles.key_in(article["content"]["raw"]) == post.key
    ]
    return next(iter(sorted(found, key=_is_hidden)), None)


def _is_hidden(article: Mapping[str, Any]) -> bool:
    return bool(article["status"] != "publish")


def _draft(api: Api, post: Post) -> int:
    """The number of a new draft. Nobody sees it, so a lost answer means no more than a second draft."""
    start = {"status": "draft", "title": articles.title(post), "slug": articles.slug(post)}
    answer = data(api.post(POSTS, start | {"content": articles.mark(post.key)}))
    if not isinstance(answer, dict) or not answer.get("id"):
        raise RetryLater(phrase("The site took a draft and did not say where it is."))
    return int(answer["id"])


def _article(api: Api, settings: Settings, post: Post, post_id: int) -> dict[str, Any]:
    """Everything about the article but its state and its name, with the media uploaded."""
    files = media.placed(api, post, post_id)
    featured = _featured(settings, files)
    categories = post.extra.get("categories", settings.categories)
    return {
        "title": articles.title(post),
        "content": content.body(post, [item for item in files if item is not featured]),
        "excerpt": post.summary,
        "featured_media": featured.id if featured else 0,
        "tags": terms.numbers(api, "tags", post.tags),
    } | ({"categories": terms.numbers(api, "categories", categories)} if categories else {})


def _featured(settings: Settings, files: list[Placed]) -> Placed | None:
    """The first file where it is a picture, so that visitors meet the files in the order they were given."""
    is_wanted = settings.has_featured_image and files and files[0].media.kind is Kind.IMAGE
    return files[0] if is_wanted else None


def _sent(article: Mapping[str, Any]) -> Sent:
    receipt = {name: article[name] for name in ("id", "date_gmt", "modified_gmt", "slug", "status") if name in article}
    return Sent(remote_id=str(article["id"]), url=str(article.get("link", "")), answer=receipt)


def _checked(remote_id: str) -> str:
    """The number of an article. Raises Invalid for anything else."""
    if not remote_id.isdecimal():
        raise Invalid.at(
            "remote_id", phrase("{remote_id} is not the number of a WordPress article.", remote_id=repr(remote_id))
        )
    return remote_id
