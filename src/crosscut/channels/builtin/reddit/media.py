"""Pictures on Reddit before the post: room asked for, then the bytes for the storage that Reddit names.

`POST /api/media/asset.json`, as PRAW 8 and others ask it; it is in no reference of Reddit's. Nobody can see a picture
before a post shows it.
"""

from typing import Any

from crosscut.channels.builtin.reddit.api import Api
from crosscut.channels.protocol import Post, PostMedia, Staged
from crosscut.channels.staging import File, next_step
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase


def staged(api: Api, post: Post) -> Staged:
    """One step further with the first picture that Reddit does not have; ready at once where there are none."""
    return next_step(post, begin=lambda media: _handed_over(api, media), further=lambda file, media: dict(file))


def _handed_over(api: Api, media: PostMedia) -> File:
    """What the storage wants to hear is good for a while only: used at once, and kept nowhere."""
    if media.kind is not Kind.IMAGE:
        raise Rejected(
            phrase("Reddit takes pictures from programs, and no films: post {name} by hand.", name=media.filename)
        )
    told = api.post("/api/media/asset.json", data={"filepath": media.filename, "mimetype": media.media_type})
    room, name = told.get("args") or {}, str((told.get("asset") or {}).get("asset_id") or "")
    fields = {str(one["name"]): str(one["value"]) for one in room.get("fields") or () if "name" in one}
    action = str(room.get("action") or "")
    if not name or not action or "key" not in fields:
        raise RetryLater(phrase("Reddit began an upload and did not say where the picture goes."))
    url = f"https:{action}" if action.startswith("//") else action
    with media.path.open("rb") as opened:
        api.store(url, fields, (media.filename, opened, media.media_type))
    return {"id": name, "url": f"{url}/{fields['key']}", "is_done": True}


def first_url(post: Post) -> str:
    """Where the storage has the only picture of a post."""
    files: list[dict[str, Any]] = dict(post.extra.get("kept") or {}).get("files") or [{}]
    return str(files[0].get("url") or "")
