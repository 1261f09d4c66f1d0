"""Files on LinkedIn before the post: a name and an address for each, the bytes, and a look whether it can be used.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api, …/videos-api and
…/documents-api, as of 2026-10-04. Nobody can see a file before a post shows it.
"""

from collections.abc import Mapping
from typing import Any

from crosscut.channels.builtin.linkedin.api import Api, named
from crosscut.channels.protocol import Post, PostMedia, Staged
from crosscut.channels.staging import lost, next_step
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

_LOOK_S = 5.0
_GONE, _FAILED, _READY = ("WAITING_UPLOAD",), ("PROCESSING_FAILED",), ("AVAILABLE",)


def staged(api: Api, owner: str, post: Post) -> Staged:
    """One step further with the first file that is not ready; ready at once where there are none."""
    return next_step(
        post, begin=lambda one: _begun(api, owner, one), further=lambda file, one: _further(api, file, one)
    )


def edge_of(one: PostMedia) -> str:
    """Where LinkedIn keeps files of that kind: "images"."""
    edges = {Kind.IMAGE: "images", Kind.VIDEO: "videos", Kind.DOCUMENT: "documents"}
    if one.kind not in edges:
        raise Rejected(phrase("LinkedIn takes no files like {filename}.", filename=one.filename))
    return edges[one.kind]


def _begun(api: Api, owner: str, one: PostMedia) -> dict[str, Any]:
    """A name; of a picture and a document the bytes as well, for their address ends soon."""
    edge = edge_of(one)
    asked: dict[str, Any] = {"owner": owner}
    if one.kind is Kind.VIDEO:
        asked |= {"fileSizeBytes": one.size_bytes, "uploadCaptions": False, "uploadThumbnail": False}
    told = api.action(f"/rest/{edge}", "initializeUpload", {"initializeUploadRequest": asked})
    name = str(told.get(edge.removesuffix("s")) or "")
    if not name:
        raise RetryLater(phrase("LinkedIn began an upload and did not name it."))
    if one.kind is Kind.VIDEO:
        parts = [
            [part["uploadUrl"], part["firstByte"], part["lastByte"]] for part in told.get("uploadInstructions", ())
        ]
        return {"id": name, "token": str(told.get("uploadToken") or ""), "parts": parts, "tags": []}
    api.hand_over(str(told.get("uploadUrl") or ""), one.path.read_bytes())
    return {"id": name, "is_whole": True, **({"is_done": True} if one.kind is Kind.IMAGE else {"after_s": _LOOK_S})}


def _further(api: Api, file: Mapping[str, Any], one: PostMedia) -> dict[str, Any]:
    """A part of a film, the end of its parts, or a look whether LinkedIn is done with it."""
    if not file.get("is_whole"):
        return _next_part(api, file, one) if len(file["tags"]) < len(file["parts"]) else _finished(api, file)
    told = api.found(f"/rest/{edge_of(one)}/{named(str(file['id']))}")
    status = str((told or {}).get("status") or "")
    if told is None or status in _GONE:
        raise lost("LinkedIn no longer has the file: it is handed over anew.")
    if status in _FAILED:
        why = str(told.get("processingFailureReason") or "it does not say why")
        raise Rejected(phrase("LinkedIn could not take {filename}: {why}", filename=one.filename, why=why))
    return {**file, "is_done": True} if status in _READY else {**file, "after_s": _LOOK_S}


def _next_part(api: Api, file: Mapping[str, Any], one: PostMedia) -> dict[str, Any]:
    url, first, last = file["parts"][len(file["tags"])]
    with one.path.open("rb") as opened:
        opened.seek(first)
        content = opened.read(last - first + 1)
    tag = api.hand_over(url, content).headers.get("etag", "").strip('"')
    if not tag:
        raise RetryLater(phrase("LinkedIn took a part of the film and gave no receipt for it."))
    return {**file, "tags": [*file["tags"], tag]}


def _finished(api: Api, file: Mapping[str, Any]) -> dict[str, Any]:
    body = {"video": file["id"], "uploadToken": file["token"], "uploadedPartIds": file["tags"]}
    api.action("/rest/videos", "finalizeUpload", {"finalizeUploadRequest": body})
    return {"id": file["id"], "is_whole": True, "after_s": _LOOK_S}
