"""Files on their way to the site's storage (https://docs.ghost.org/admin-api/images/uploading-an-image).

Ghost lists no files and deletes none. What a draft or a post shows by now is used again, so that only a try that ended
before its draft was made leaves a file which nobody shows.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from crosscut.channels import articles
from crosscut.channels.builtin.ghost.api import Api
from crosscut.channels.builtin.ghost.content import THUMBNAIL, Placed, files_in
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

_STORES = {Kind.IMAGE: "images", Kind.VIDEO: "media", Kind.AUDIO: "media"}


def placed(api: Api, post: Post, there: Mapping[str, Any]) -> list[Placed]:
    """The post's files as the site has them; uploads those that `there`, what it has of the post, does not show."""
    known = files_in(there)
    return [_known(item, known) or _uploaded(api, item) for item in post.media]


def _known(item: PostMedia, known: Mapping[str, str]) -> Placed | None:
    digest = item.sha256[: articles.DIGEST_CHARS]
    if digest not in known:
        return None
    return Placed(media=item, url=known[digest], thumbnail_url=known.get(digest + THUMBNAIL, ""))


def _uploaded(api: Api, item: PostMedia) -> Placed:
    store = _STORES.get(item.kind, "files")
    with ExitStack() as opened:
        files = {"file": (articles.file_name(item), opened.enter_context(item.path.open("rb")), item.media_type)}
        if store == "media" and item.poster:
            poster = opened.enter_context(item.poster.path.open("rb"))
            files["thumbnail"] = (item.poster.filename, poster, item.poster.media_type)
        purpose = {"purpose": "image"} if store == "images" else {}
        told = api.post(f"/{store}/upload/", files=files, data=purpose | {"ref": item.sha256}).get(store)
    if not isinstance(told, list) or not told or not told[0].get("url"):
        raise RetryLater(phrase("Ghost took a file and did not say where it is."))
    return Placed(media=item, url=str(told[0]["url"]), thumbnail_url=str(told[0].get("thumbnail_url") or ""))
