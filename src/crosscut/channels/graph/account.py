"""An account and its posts, as every network of the house tells of them."""

import re
from collections.abc import Mapping
from typing import Any

from crosscut.channels.graph.api import Graph
from crosscut.channels.graph.settings import App
from crosscut.channels.protocol import Context, Quota, Sent
from crosscut.kernel.errors import ChannelError, Invalid, ReconnectNeeded
from crosscut.kernel.phrases import phrase


def opened(context: Context, app: App, *, network: str, token: str = "") -> Graph:
    """The account at its network, with its own login unless another is given. Raises ReconnectNeeded without one."""
    return Graph(
        http=context.http, url=f"{app.graph_url}/{app.version}", token=token or token_of(context, network=network)
    )


def token_of(context: Context, *, network: str) -> str:
    """The account's own login. Raises ReconnectNeeded where there is none."""
    token = context.secrets.get("access_token", "")
    if not token:
        raise ReconnectNeeded(
            phrase("Nobody has said yes on {network} for this account yet: connect it.", network=network)
        )
    return token


def name_of(row: Mapping[str, Any]) -> str:
    """What to call an account: as it calls itself, else by what it signs in with, else by its number."""
    return str(row.get("name") or row.get("username") or row.get("user_id") or row["id"])


def handle_of(row: Mapping[str, Any]) -> str:
    """Its handle: "@reefwatch"; empty where it has none."""
    return f"@{row['username']}" if row.get("username") else ""


def allowances(graph: Graph, edge: str, **prefixes: str) -> tuple[Quota, ...]:
    """How much of the last 24 hours is used, as the network counts it; without what it does not tell.

    `prefixes` says how the fields of each begin: posts="" for quota_usage and config, replies="reply_" for the others.
    """
    fields = ",".join(f"{prefix}quota_usage,{prefix}config" for prefix in prefixes.values())
    row: dict[str, Any] = next(iter(graph.get(edge, fields=fields).get("data", ())), {})
    found = []
    for name, prefix in prefixes.items():
        used, config = row.get(f"{prefix}quota_usage"), row.get(f"{prefix}config") or {}
        if used is not None and config.get("quota_total"):
            window_s = int(config.get("quota_duration", 86_400))
            found.append(Quota(name=name, used=int(used), total=int(config["quota_total"]), window_s=window_s))
    return tuple(found)


def sent(row: Mapping[str, Any]) -> Sent:
    """A post that was found, as the receipt keeps it."""
    kept = ("id", "timestamp", "media_type", "media_product_type")
    receipt = {name: row[name] for name in kept if name in row}
    return Sent(remote_id=str(row["id"]), url=str(row.get("permalink") or ""), answer=receipt)


def permalink(graph: Graph, remote_id: str, field: str = "permalink") -> str:
    """Where the public sees it; empty where that cannot be asked now: the post is out all the same."""
    try:
        return str(graph.get(f"/{remote_id}", fields=field).get(field) or "")
    except ChannelError:
        return ""


def values(answer: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of an answer of the insights, by their names; what is no whole number is left out."""
    told = {str(one["name"]): (one.get("values") or [{}])[0].get("value") for one in answer.get("data", ())}
    return {name: value for name, value in told.items() if isinstance(value, int)}


def checked(remote_id: str, *, network: str, pattern: str = r"\d{1,40}") -> str:
    """The id, safe to stand in an address. Raises Invalid for anything else."""
    if not re.fullmatch(pattern, remote_id):
        words = phrase("{name} is not the id of a post on {network}.", name=repr(remote_id), network=network)
        raise Invalid.at("remote_id", words)
    return remote_id
