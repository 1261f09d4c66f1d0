"""A first comment: a post of its own below a post of ours, known again by whose it is, its words and its place.

https://developers.facebook.com/docs/instagram-platform/comment-moderation and …/docs/graph-api/reference/comment, as of
2026-05-07. Its name with us says what it is, since the networks name posts and comments alike.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crosscut.channels.graph import account, timeline
from crosscut.channels.graph.api import Graph, is_permission
from crosscut.channels.protocol import COMMENT, Post, Seen, Sent
from crosscut.channels.wording import essence
from crosscut.kernel.errors import Invalid, ReconnectNeeded, Rejected, Unsupported
from crosscut.kernel.phrases import phrase

_MARK = f"{COMMENT}-"


@dataclass(frozen=True, kw_only=True)
class Below:
    """How one network tells of comments."""

    network: str
    own: str  # who we are, as its comments name their writer
    words: str  # the field of the words: "text"
    stamp: str  # the field of the time
    writer: str  # the field that names the writer: "username"; "from" holds a record with an id
    order: str = ""  # what asks for the newest first, where that has to be said

    @property
    def fields(self) -> str:
        """What is asked of a comment."""
        return f"id,{self.words},{self.stamp},{self.writer}"


def is_comment(remote_id: str) -> bool:
    """Whether it names a comment."""
    return remote_id.startswith(_MARK)


def written(graph: Graph, post: Post) -> Sent:
    """The comment below `post.parent`. Raises Rejected where the login may not write any: the post is out anyhow."""
    with _may(Rejected):
        made = graph.make(f"/{_parent(post)}/comments", key=post.key, data={"message": post.text})
    return _named(str(made["id"]))


def found(graph: Graph, below: Below, post: Post, *, since: datetime) -> Sent | None:
    """Our comment with these words below `post.parent`, or None. Raises Unsupported where none may be read."""
    order = {"order": below.order} if below.order else {}
    with _may(Unsupported):
        edge = f"/{_parent(post)}/comments"
        rows = timeline.own_since(graph, edge, fields=below.fields, since=since, stamp=below.stamp, **order)
        ours = [row for row in timeline.unclaimed(map(_marked, rows), post) if _is_ours(row, below, post)]
    return Sent(remote_id=str(ours[-1]["id"])) if ours else None


def read(graph: Graph, below: Below, remote_id: str) -> Seen | None:
    """The comment as the network gives it to us. Raises Unsupported where comments may not be read."""
    with _may(Unsupported):
        row = graph.found(f"/{_plain(remote_id, below.network)}", fields=below.fields)
    return Seen(remote_id=remote_id, url="", text=str(row.get(below.words) or "")) if row else None


def removed(graph: Graph, remote_id: str, *, network: str) -> None:
    """The comment gone. Raises Unsupported where the login may not do that."""
    with _may(Unsupported):
        graph.remove(f"/{_plain(remote_id, network)}")


@contextmanager
def _may(otherwise: type[Rejected] | type[Unsupported]) -> Iterator[None]:
    """A permission that was not given says nothing of the account's posts: it need not be connected again for them."""
    try:
        yield
    except ReconnectNeeded as error:
        if not is_permission(error):
            raise
        raise otherwise(phrase("The login may not write or read comments: {why}", why=str(error))) from error


def _parent(post: Post) -> str:
    if post.parent is None:
        raise Invalid.at("parent", phrase("A comment needs a post to stand below."))
    return post.parent.remote_id


def _named(name: str) -> Sent:
    return Sent(remote_id=_MARK + name, answer={"id": name})


def _marked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "id": _MARK + str(row["id"])}


def _plain(remote_id: str, network: str) -> str:
    return account.checked(remote_id.removeprefix(_MARK), network=network, pattern=r"\d{1,40}(_\d{1,40})?")


def _is_ours(row: Mapping[str, Any], below: Below, post: Post) -> bool:
    told = row.get(below.writer)
    writer = told.get("id") if isinstance(told, Mapping) else told
    return str(writer or "") == below.own and essence(str(row.get(below.words) or "")) == essence(post.text)
