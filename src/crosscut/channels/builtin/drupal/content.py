"""An article as a resource of JSON:API, under an id that is made of the post's key."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from crosscut.channels import articles
from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.channels.markup import from_markdown, join
from crosscut.channels.protocol import Post

_OURS = uuid.UUID("6f7c3a86-52d5-5d0a-9a53-6b0d6d6f9c1e")  # chosen once: the space of names of our articles
Identifier = Mapping[str, Any]  # of something that an article refers to: type, id, meta


def node_id(key: str) -> str:
    """The article's id, the same for every try.

    >>> node_id("reef-day-000001") == node_id("reef-day-000001") != node_id("reef-day-000002")
    True
    """
    return str(uuid.uuid5(_OURS, key))


def medium_id(node: str, digest: str, place: int) -> str:
    """The id of the medium at that place of an article, made of its file's hash."""
    return str(uuid.uuid5(uuid.UUID(node), f"{digest[: articles.DIGEST_CHARS]}-{place}"))


def attributes(settings: Settings, post: Post) -> dict[str, Any]:
    """The words of an article. Whether it is public is up to the content type, or to its workflow."""
    body = join(from_markdown(post.text), articles.link(post))
    told = {"value": body, "format": settings.text_format} | ({"summary": post.summary} if post.summary else {})
    state = {"moderation_state": settings.moderation_state} if settings.moderation_state else {}
    return {"title": articles.title(post), settings.body_field: told} | state


def relationships(settings: Settings, pictures: Iterable[Identifier], tags: Iterable[Identifier]) -> dict[str, Any]:
    """What an article refers to, by the fields that take it."""
    fields = {settings.picture_field: pictures, settings.tags_field: tags}
    return {field: {"data": [dict(one) for one in told]} for field, told in fields.items() if field}
