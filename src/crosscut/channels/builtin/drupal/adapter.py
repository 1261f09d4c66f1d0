"""The conversation with a Drupal site.

An article's id is chosen by us and made of the post's key: a second article of that id is answered 409. So however
often it is sent, there is one; and whether there is one can be asked by its id. Its pictures come first, so that
everything is there when the article is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels.articles import digest_in
from crosscut.channels.builtin.drupal import content, media, seen, terms
from crosscut.channels.builtin.drupal.api import (
    NO_FIELD,
    Api,
    Resource,
    errors_of,
    pointer_of,
    refusal_of,
    signed_in,
    unknown_login,
    words,
)
from crosscut.channels.builtin.drupal.seen import Picture
from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.channels.protocol import Context, Post, Profile, Seen, Sent
from crosscut.kernel.errors import Invalid, Rejected
from crosscut.kernel.phrases import phrase

_PROBED = ("title", "uid")  # left out on purpose when connecting


class Drupal:
    """One post is one node."""

    def connect(self, context: Context) -> Profile:
        """Who we are there, and that the content type has the fields and this user may write them."""
        api, settings = _api(context), _settings(context)
        response = api.asked("GET", "")
        entry = api.good(response)
        me = api.me(response)
        if not me:
            raise unknown_login()
        _demand_type(settings, entry.get("links") or {})
        _demand_fields(api, settings)
        user = (api.resource(f"/user/user/{me}") or {}).get("attributes") or {}
        return Profile(
            remote_id=f"{settings.site_url}#{me}/{settings.content_type}",
            name=httpx.URL(settings.site_url).host,
            handle=str(user.get("display_name") or user.get("name") or settings.username),
            url=settings.site_url,
            can=(f"publish {settings.content_type}", "upload pictures", "change and take down its own"),
        )

    def publish(self, context: Context, post: Post) -> Sent:
        """Upload the pictures, then make the article; show it where the content type does not by itself."""
        api, settings, node = _api(context), _settings(context), content.node_id(post.key)
        there = api.resource(f"{settings.path}/{node}")
        if there is None:
            there = api.make(settings.path, _data(api, settings, node, post, {}), key=post.key)
        if not _is_public(there):
            there = _shown(api, settings, node, post.key)
        return _sent(settings, there)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The public article of the post's own id; one that is not published does not count."""
        settings = _settings(context)
        there = _api(context).resource(f"{settings.path}/{content.node_id(post.key)}")
        return _sent(settings, there) if there and _is_public(there) else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The article as a visitor sees it."""
        settings = _settings(context)
        document = _document(_api(context), settings, _checked(remote_id))
        if document is None or not _is_public(document["data"]):
            return None
        return seen.seen(context.http, settings, document)

    def delete(self, context: Context, remote_id: str) -> None:
        """Remove the article, and before it the media and files that came with it, as far as this user may."""
        api, settings = _api(context), _settings(context)
        document = _document(api, settings, _checked(remote_id))
        if document is None:
            return
        pictures = seen.pictures_in(document)
        for one in pictures:
            if _is_ours(remote_id, one, len(pictures)):
                if one.medium:
                    api.forget(f"/media/{settings.media_type}/{one.medium}")
                api.forget(f"/file/file/{one.file}")
        api.remove(f"{settings.path}/{remote_id}")

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """Replace the article's words and pictures at the same address; a new revision where the type makes them."""
        api, settings = _api(context), _settings(context)
        document = _document(api, settings, _checked(remote_id))
        if document is None:
            raise Rejected(phrase("There is no such article here to change: it was taken down or never published."))
        data = _data(api, settings, remote_id, post, seen.digests_in(document))
        return _sent(settings, api.change(f"{settings.path}/{remote_id}", data, key=post.key))


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _api(context: Context) -> Api:
    settings, password = _settings(context), context.secrets.get("password", "")
    login = {"username": settings.username, "client_id": settings.client_id, "password": password}
    return signed_in(context.http, settings.site_url, **login)


def _demand_type(settings: Settings, links: Mapping[str, Any]) -> None:
    """Raises Rejected, naming those there are, where the site has no such content type or media type."""
    wanted = [settings.resource, *([f"media--{settings.media_type}"] if settings.media_type else [])]
    for name in wanted:
        if name not in links:
            group = name.partition("--")[0]
            known = ", ".join(sorted(one.partition("--")[2] for one in links if one.startswith(f"{group}--")))
            raise Rejected(phrase("The site has no {name}. There are: {known}.", name=name, known=known or "-"))


def _demand_fields(api: Api, settings: Settings) -> None:
    """Raises what is wrong with the login, its rights, or the fields named in the settings.

    Asked by an article without a title, which every article must have: Drupal looks at all the rest, says what is wrong
    with it, and makes nothing.
    """
    told: dict[str, Any] = {settings.body_field: {"value": "<p>…</p>", "format": settings.text_format}}
    told |= {"moderation_state": settings.moderation_state} if settings.moderation_state else {}
    fields = content.relationships(settings, [], [])
    article = {"type": settings.resource, "attributes": told, "relationships": fields}
    response = api.write("POST", settings.path, article)
    if response.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
        raise api.refusal(response)
    passed = {f"/data/attributes/{name}" for name in (*_PROBED, settings.picture_field, settings.tags_field)}
    wrong = [one for one in errors_of(response) if pointer_of(one) not in passed]
    if not wrong:
        return
    told_wrong = refusal_of(httpx.Response(422, json={"errors": wrong}, request=response.request))
    known = _fields_there(api, settings) if NO_FIELD.search(words(response)) else ""
    if not known:
        raise told_wrong
    raise Rejected(phrase("{wrong} Articles there have: {known}.", wrong=str(told_wrong), known=known))


def _fields_there(api: Api, settings: Settings) -> str:
    """The fields of an article that is there, by name; empty where there is none."""
    listed = api.get(settings.path, **{"page[limit]": 1}).get("data") or ()
    names = {name for one in listed for part in ("attributes", "relationships") for name in one.get(part) or ()}
    return ", ".join(sorted(name for name in names if name == "body" or name.startswith("field_")))


def _data(api: Api, settings: Settings, node: str, post: Post, files: Mapping[str, str]) -> dict[str, Any]:
    """The article, with its pictures uploaded and its tags made."""
    pictures = media.placed(api, settings, node, post, files)
    fields = content.relationships(settings, pictures, terms.placed(api, settings, post.tags))
    told = content.attributes(settings, post)
    return {"type": settings.resource, "id": node, "attributes": told, "relationships": fields}


def _shown(api: Api, settings: Settings, node: str, key: str) -> Resource:
    """The article that Drupal keeps unpublished, published. Nobody sees it until then."""
    state = {"moderation_state": settings.moderation_state} if settings.moderation_state else {"status": True}
    change = {"type": settings.resource, "id": node, "attributes": state}
    there = api.change(f"{settings.path}/{node}", change, key=key)
    if not _is_public(there):
        raise Rejected(
            phrase("Drupal keeps the article unpublished. Let the content type publish by default, or name the state.")
        )
    return there


def _document(api: Api, settings: Settings, node: str) -> dict[str, Any] | None:
    """The article with its pictures."""
    field = settings.picture_field
    include = [field, *([f"{field}.{settings.media_field}"] if settings.media_type else [])] if field else []
    return api.document(f"{settings.path}/{node}", **({"include": ",".join(include)} if include else {}))


def _is_ours(node: str, picture: Picture, count: int) -> bool:
    """Whether the picture came with this article. People put media of other articles into a field as well."""
    digest = digest_in(picture.url)
    if not picture.medium:
        return bool(digest)
    return any(picture.medium == content.medium_id(node, digest, place) for place in range(count))


def _is_public(node: Resource) -> bool:
    return bool((node.get("attributes") or {}).get("status"))


def _sent(settings: Settings, node: Resource) -> Sent:
    told = node.get("attributes") or {}
    names = ("drupal_internal__nid", "drupal_internal__vid", "status", "moderation_state", "changed")
    receipt = {name: told[name] for name in names if name in told}
    return Sent(remote_id=str(node["id"]), url=seen.address_of(settings, node), answer=receipt)


def _checked(remote_id: str) -> str:
    """The id of a node. Raises Invalid for anything else."""
    if len(remote_id) != 36 or not remote_id.replace("-", "").isalnum():
        raise Invalid.at("remote_id", phrase("{id} is not the id of a Drupal article.", id=repr(remote_id)))
    return remote_id
