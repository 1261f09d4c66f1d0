"""Files on their way to a Mastodon server, which may take its time to prepare them.

https://docs.joinmastodon.org/methods/media/: POST answers 200 with an address, or 202 while the file is being
prepared; GET answers 206 until it is done. A status cannot be made before that.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from crosscut.channels.builtin.mastodon.api import Api, data
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.errors import Problem, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

POLL_S = 10.0


def uploaded(api: Api, post: Post) -> list[str]:
    """The names the server gave to the post's files, in order. Raises RetryLater until all of them are ready.

    RetryLater then holds a problem `channel.still_processing` whose `values["kept"]` belongs into `post.extra["kept"]`
    of the next try: it names what is there already, so that nothing is uploaded twice.
    """
    kept: dict[str, str] = dict(post.extra.get("kept", {}))
    focus: Mapping[str, str] = post.extra.get("focus", {})
    waiting = []
    for place, item in enumerate(post.media):
        if item.sha256 not in kept:
            kept[item.sha256] = _sent(api, item, focus.get(item.sha256, ""))
        if not _is_ready(api, kept[item.sha256]):
            waiting.append(f"media[{place}]")
    if waiting:
        message = phrase("The server is still preparing the media.")
        problem = Problem(code="channel.still_processing", where=waiting[0], message=message, values={"kept": kept})
        raise RetryLater(message, after_s=POLL_S, problems=[problem])
    return [kept[item.sha256] for item in post.media]


def _sent(api: Api, item: PostMedia, focus: str) -> str:
    words = {"description": item.alt_text, "focus": focus}
    with item.path.open("rb") as file:
        answer: Any = data(
            api.post(
                "/api/v2/media",
                files={"file": (item.filename, file, item.media_type)},
                data={name: value for name, value in words.items() if value},
            )
        )
    if not answer.get("id"):
        raise RetryLater(phrase("The server took a file and did not say where it is."))
    return str(answer["id"])


def _is_ready(api: Api, media_id: str) -> bool:
    try:
        response = api.get(f"/api/v1/media/{media_id}")
    except Rejected as error:
        raise Rejected(
            phrase("The server could not prepare a file: {error}", error=str(error)), problems=error.problems
        ) from error
    return response.status_code != httpx.codes.PARTIAL_CONTENT and bool(data(response).get("url"))
