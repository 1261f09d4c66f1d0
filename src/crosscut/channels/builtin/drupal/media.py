"""Pictures on their way into Drupal: a file first, then, where the field refers to media, the medium with its alt text.

The id of a medium is ours, so a second try finds it. A file that nothing refers to is thrown away by Drupal's cron some
hours later.
"""

from collections.abc import Mapping
from typing import Any

from crosscut.channels import articles
from crosscut.channels.builtin.drupal.api import Api, Resource, data_of
from crosscut.channels.builtin.drupal.content import Identifier, medium_id
from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.errors import Rejected
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase


def placed(api: Api, settings: Settings, node: str, post: Post, files: Mapping[str, str]) -> list[Identifier]:
    """What the article refers to, in order. `files` are ids of files it has already, by the start of their hashes."""
    if post.media and not settings.picture_field:
        raise Rejected(phrase("This account has no field for pictures: name one in its settings."))
    if other := next((item for item in post.media if item.kind is not Kind.IMAGE), None):
        raise Rejected(phrase("Only pictures go to Drupal: {filename} is none.", filename=other.filename))
    if settings.media_type:
        named = [(medium_id(node, item.sha256, place), item) for place, item in enumerate(post.media)]
        return [_medium(api, settings, name, item) for name, item in named]
    path = f"{settings.path}/{settings.picture_field}"
    there = [(files.get(item.sha256[: articles.DIGEST_CHARS]), item) for item in post.media]
    return [_file(known or _uploaded(api, path, item), item) for known, item in there]


def _medium(api: Api, settings: Settings, medium: str, item: PostMedia) -> Identifier:
    """The medium of that id, made or brought up to date."""
    kind, path = f"media--{settings.media_type}", f"/media/{settings.media_type}"
    there = api.resource(f"{path}/{medium}")
    if there is None:
        file = _file(_uploaded(api, f"{path}/{settings.media_field}", item), item)
        told = {"type": kind, "id": medium, "attributes": {"name": item.filename[:255]}}
        response = api.write("POST", path, told | {"relationships": {settings.media_field: {"data": file}}})
        if response.status_code != 409:  # made by a try whose answer was lost
            data_of(api.good(response))
    elif (file := _picture_of(there, settings)) and (file.get("meta") or {}).get("alt") != item.alt_text:
        changed = {settings.media_field: {"data": _file(str(file["id"]), item)}}
        api.good(api.write("PATCH", f"{path}/{medium}", {"type": kind, "id": medium, "relationships": changed}))
    return {"type": kind, "id": medium}


def _picture_of(medium: Resource, settings: Settings) -> dict[str, Any]:
    told = ((medium.get("relationships") or {}).get(settings.media_field) or {}).get("data")
    return dict(told) if isinstance(told, dict) else {}


def _uploaded(api: Api, path: str, item: PostMedia) -> str:
    with item.path.open("rb") as file:
        return api.take(path, file, articles.file_name(item), item.size_bytes)


def _file(file: str, item: PostMedia) -> Identifier:
    return {"type": "file--file", "id": file, "meta": {"alt": item.alt_text}}
