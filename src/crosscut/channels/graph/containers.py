"""Posts that are made as containers, looked at until they are ready, and published: Instagram and Threads alike.

https://developers.facebook.com/docs/instagram-platform/content-publishing and …/docs/threads/posts, read as of
2026-04-20. A container is kept for 24 hours, can be published once, and tells afterwards that it was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crosscut.channels.graph.api import Graph
from crosscut.channels.protocol import Post, Staged
from crosscut.channels.staging import lost
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

POLL_S = 60.0  # "once per minute, for no more than 5 minutes"
FINISHED, PUBLISHED, IN_PROGRESS, EXPIRED, ERROR = "FINISHED", "PUBLISHED", "IN_PROGRESS", "EXPIRED", "ERROR"


@dataclass(frozen=True, kw_only=True)
class Box:
    """What one post becomes at one network."""

    edge: str  # where containers are made: "/17841…/media"
    publish_edge: str  # where they are published: "/17841…/media_publish"
    status_field: str  # what tells how far one is: "status_code"
    why_field: str  # what tells why it failed: "status"
    first_look_s: float  # until a new container is looked at for the first time
    whole: Mapping[str, Any]  # the fields of the container
    children: tuple[Mapping[str, Any], ...] = ()  # those of each picture or film of a carousel


def staged(graph: Graph, box: Box, kept: Mapping[str, Any]) -> Staged:
    """One step further: a child, a look at the children, the container, or a look at it."""
    children: list[str] = list(kept.get("children", ()))
    if len(children) < len(box.children):
        made = graph.post(box.edge, **box.children[len(children)])
        is_last = len(children) + 1 == len(box.children)
        after_s = box.first_look_s if is_last else 0
        return Staged(kept={"children": [*children, _id(made)]}, is_ready=False, after_s=after_s)
    if not kept.get("container"):
        if any(_demand_going(graph, box, name) == IN_PROGRESS for name in children):
            return Staged(kept=kept, is_ready=False, after_s=POLL_S)
        fields = {**box.whole, "children": ",".join(children)} if children else box.whole
        made = graph.post(box.edge, **fields)
        return Staged(kept={**kept, "container": _id(made)}, is_ready=False, after_s=box.first_look_s)
    is_ready = _demand_going(graph, box, kept["container"]) != IN_PROGRESS
    return Staged(kept=kept, is_ready=is_ready, after_s=POLL_S)


def published(graph: Graph, box: Box, post: Post) -> str:
    """The network's name for the post. Raises OutcomeUnknown for a container that was published already."""
    container = dict(post.extra.get("kept") or {}).get("container", "")
    status = status_of(graph, box, container) if container else ""
    if status == PUBLISHED:
        raise OutcomeUnknown(phrase("The channel says that this was published already."), key=post.key)
    if status == IN_PROGRESS:
        raise RetryLater(phrase("The channel is still preparing the post."), after_s=30)
    if status != FINISHED:
        raise lost("The channel no longer has what was prepared: it is prepared anew.")
    try:
        made = graph.make(box.publish_edge, key=post.key, data={"creation_id": container})
    except Rejected as error:
        if _is_out(graph, box, container):
            raise OutcomeUnknown(phrase("The channel refused what it had published already."), key=post.key) from error
        raise
    return str(made["id"])


def status_of(graph: Graph, box: Box, container: str) -> str:
    """How far the container is; EXPIRED also where the network has none of that name."""
    row = graph.found(f"/{container}", fields=f"{box.status_field},{box.why_field}")
    return str(row.get(box.status_field, "")) if row else EXPIRED


def found(graph: Graph, box: Box, post: Post, ours: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    """The oldest of `ours`, which is not read where the container says that nothing is out; None where it is not.

    Raises RetryLater where it was published and is not listed yet.
    """
    container = dict(post.extra.get("kept") or {}).get("container", "")
    status = status_of(graph, box, container) if container else ""
    if status in (FINISHED, IN_PROGRESS):
        return None  # it can still be published, so it was not
    listed = list(ours)
    if not listed and status == PUBLISHED:
        raise RetryLater(phrase("The channel says that it is published and does not list it yet."), after_s=15)
    return listed[-1] if listed else None


def _demand_going(graph: Graph, box: Box, container: str) -> str:
    """How far it is, unless it has failed. Raises Rejected with the network's reason, RetryLater where it expired."""
    row = graph.found(f"/{container}", fields=f"{box.status_field},{box.why_field}") or {}
    status = str(row.get(box.status_field, EXPIRED))
    if status == ERROR:
        raise Rejected(
            phrase("The channel could not prepare it: {why}", why=row.get(box.why_field) or "it does not say why")
        )
    if status == EXPIRED:
        raise lost("What was prepared has expired: it is prepared anew.")
    return status


def _is_out(graph: Graph, box: Box, container: str) -> bool:
    try:
        return status_of(graph, box, container) == PUBLISHED
    except ChannelError:
        return True  # nobody knows: the ledger reads the time line


def _id(made: Mapping[str, Any]) -> str:
    if not made.get("id"):
        raise RetryLater(phrase("The channel made a container and did not name it."))
    return str(made["id"])
