"""The conversation with a Ghost site.

Ghost takes no key of ours and chooses every id itself. So a post is made in two steps. First a draft under a name that
holds the key: nobody sees it, and a second try finds it again. Then one change of that draft shows it, and sends the
newsletter where there is one; made twice, it shows the same post and mails nobody twice, and made late, after somebody
else's change, Ghost refuses it (`updated_at`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels import answers, articles
from crosscut.channels.builtin.ghost import content, media, seen
from crosscut.channels.builtin.ghost.api import Api
from crosscut.channels.builtin.ghost.settings import Settings
from crosscut.channels.protocol import Context, Count, Post, Profile, Seen, Sent
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase

_ADMIN = "/ghost/api/admin"
_SHOWN = ("published", "sent")  # "sent": by mail alone
_MOST = 5  # drafts of one key there could ever be
_COUNTS = {"email_count": "ghost.emails_sent", "delivered_count": "ghost.emails_delivered"}
_OPENED, _CLICKS = "ghost.emails_opened", "ghost.clicks"


class Ghost:
    """One post is one post there."""

    def connect(self, context: Context) -> Profile:
        """Which site this is, that the key is an integration's, and which newsletters there are."""
        api, settings = _api(context), _settings(context)
        site = _site(api)
        _refuse_a_persons_token(api)
        api.posts(filter=_by_key("connecting-000"), limit=1)
        if settings.author and api.found(f"/users/slug/{settings.author}/") is None:
            raise Rejected(phrase("Nobody on this site has the short name {author}.", author=settings.author))
        return Profile(
            remote_id=f"{site['url']}#{settings.author}",
            name=str(site.get("title") or httpx.URL(api.url).host),
            handle=httpx.URL(str(site["url"])).host,
            url=str(site["url"]),
            can=("publish, change and take down posts", "upload media", "send newsletters where a post asks for it"),
            limits={"newsletters": _newsletters(api)},
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Upload the media, make a draft or take up the one an earlier try left, and show it."""
        api = _api(context)
        there = _found(api, post)
        if there and there["status"] in _SHOWN:
            return _sent(there)
        _demand_newsletter(api, post)
        body = content.body(_settings(context), post, media.placed(api, post, there or {}))
        draft = there or api.draft(body | _names(post) | {"status": "draft"})
        change = (body if there else {}) | {"status": "published", "updated_at": draft["updated_at"]}
        shown = api.show(str(draft["id"]), change, key=post.key, **_mailing(post))
        if shown.get("status") not in _SHOWN:
            said = phrase("Ghost made the post {status}, not public.", status=repr(shown.get("status")))
            raise OutcomeUnknown(said, key=post.key)
        return _sent(shown)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The public post with the key in its name or unseen in its page; a draft does not count."""
        there = _found(_api(context), post)
        return _sent(there) if there and there["status"] in _SHOWN else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        """The public post whose address ends in that name."""
        api = _api(context)
        asked, site = httpx.URL(url), httpx.URL(str(_site(api)["url"]))
        if asked.host != site.host:
            raise Invalid.at("url", phrase("{url} is not on {site}.", url=url, site=site.host))
        name = asked.path.rstrip("/").rpartition("/")[2]
        if not name.replace("-", "").isalnum():
            return None
        found = api.posts(filter=f"slug:'{name}'+status:[{','.join(_SHOWN)}]", limit=1)
        return next((_sent(one) for one in found if httpx.URL(str(one["url"])).path == asked.path), None)

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as a visitor sees it."""
        post = _api(context).post_of(_checked(remote_id), formats="html")
        return seen.seen(context.http, post) if post and post["status"] in _SHOWN else None

    def delete(self, context: Context, remote_id: str) -> None:
        """Remove the post for good. Its files stay at their addresses: Ghost deletes none."""
        _api(context).remove(f"/posts/{_checked(remote_id)}/")

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """Replace the post's words and media at the same address. Nothing is mailed."""
        api = _api(context)
        there = api.post_of(_checked(remote_id), formats="html")
        if there is None:
            raise Rejected(phrase("There is no such post here to change: it was taken down or never published."))
        body = content.body(_settings(context), post, media.placed(api, post, there))
        return _sent(api.show(remote_id, body | {"updated_at": there["updated_at"]}, key=post.key))

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """What became of the newsletter; nothing where the post was not mailed. Ghost tells no views of a page."""
        post = _api(context).post_of(_checked(remote_id), include="email,count.clicks") or {}
        mail = post.get("email")
        if not isinstance(mail, dict):
            return ()
        told = {metric: mail.get(name) for name, metric in _COUNTS.items()}
        told |= {_OPENED: mail.get("opened_count")} if mail.get("track_opens") else {}
        told |= {_CLICKS: (post.get("count") or {}).get("clicks")} if mail.get("track_clicks") else {}
        return tuple(Count(metric=metric, value=int(value)) for metric, value in told.items() if value is not None)


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context) -> Api:
    key = context.secrets.get("admin_api_key", "")
    return Api(http=context.http, url=_settings(context).site_url + _ADMIN, token=key, now=context.now())


def _site(api: Api) -> Mapping[str, Any]:
    """What the site says of itself to everybody."""
    found = (api.found("/site/") or {}).get("site")
    if not isinstance(found, dict) or not found.get("url"):
        host = httpx.URL(api.url).host
        raise Rejected(phrase("{host} does not answer like a Ghost site: check its address.", host=host))
    return found


def _refuse_a_persons_token(api: Api) -> None:
    """A staff access token looks like an integration's key and may do whatever that person may."""
    response = api.asked("GET", "/users/me/")
    if response.status_code in (403, 404):  # an integration is nobody
        return
    me = api.good(response).get("users")
    if me:
        words = phrase(
            "This is the staff access token of {name}: it can do all that {name} can, and ends with that account. "
            "Make a custom integration and copy its Admin API key.",
            name=str(me[0].get("name") or "a person"),
        )
        raise ReconnectNeeded(words)


def _newsletters(api: Api) -> list[str]:
    """The short names a post can be sent by; none where the key may not ask for them."""
    response = api.asked("GET", "/newsletters/", params={"filter": "status:active"})
    told = answers.object_in(response).get("newsletters") if response.is_success else None
    return [str(one["slug"]) for one in told or () if one.get("slug")]


def _found(api: Api, post: Post) -> Mapping[str, Any] | None:
    """The post of that key in any state, a public one first."""
    asked = f"slug:'{articles.slug(post)}',{_by_key(post.key)}"
    found = api.posts(filter=asked, formats="html", limit=_MOST)
    return next(iter(sorted(found, key=_is_hidden)), None)


def _by_key(key: str) -> str:
    """Asks for the mark in Ghost's own language of filters; "~" is "contains"."""
    return f"codeinjection_foot:~'{articles.search_words(key)}'"


def _is_hidden(post: Mapping[str, Any]) -> bool:
    return post["status"] not in _SHOWN


def _names(post: Post) -> dict[str, str]:
    """What the post is found by. Set once: a person may change both afterwards."""
    return {"slug": articles.slug(post), "codeinjection_foot": articles.mark(post.key)}


def _demand_newsletter(api: Api, post: Post) -> None:
    """Raises Rejected where the site has no such newsletter: told only by a mail that fails, it looks like trouble."""
    wanted, known = post.extra.get("newsletter"), _newsletters(api) if post.extra.get("newsletter") else []
    if known and wanted not in known:
        listed = ", ".join(known)
        raise Rejected(phrase("The site has no newsletter {name}. There are: {known}.", name=wanted, known=listed))


def _mailing(post: Post) -> dict[str, str]:
    """To whom it is mailed; to nobody unless the post says so."""
    newsletter = str(post.extra.get("newsletter") or "")
    if not newsletter:
        return {}
    return {"newsletter": newsletter, "email_segment": str(post.extra.get("email_segment") or "all")}


def _sent(post: Mapping[str, Any]) -> Sent:
    receipt = {name: post[name] for name in ("id", "slug", "status", "published_at", "updated_at") if name in post}
    return Sent(remote_id=str(post["id"]), url=str(post.get("url") or ""), answer=receipt)


def _checked(remote_id: str) -> str:
    """The id of a post. Raises Invalid for anything else."""
    if len(remote_id) != 24 or not remote_id.isalnum():
        raise Invalid.at("remote_id", phrase("{id} is not the id of a Ghost post.", id=repr(remote_id)))
    return remote_id
