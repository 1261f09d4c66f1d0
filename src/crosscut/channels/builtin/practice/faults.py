"""How the practice network misbehaves when it is told to, so that people see what Crosscut does about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosscut.kernel.errors import Invalid

KINDS = {  # what it is called for programs, and for people
    "error_before_storing": "Answer 500 and keep nothing",
    "error_after_storing": "Keep the post and answer 500",
    "timeout_after_storing": "Keep the post and do not answer in time",
    "reset_after_storing": "Keep the post and cut the connection",
    "lose": "Say that all went well and keep nothing",
    "refuse": "Refuse the post (422)",
    "rate_limit": "Ask to wait (429)",
    "unauthorised": "Refuse the login (401)",
    "drop_alt_text": "Lose the descriptions of pictures",
    "duplicate_media": "Show every picture twice",
    "ignore_keys": "Forget which posts were sent already",
    "unreadable": "Show nobody anything (503)",
    "slow": "Answer slowly",
}
SCOPES = {"posts": "new posts", "media": "uploads", "reads": "reading", "all": "everything"}
_OWN_SCOPE = {"unreadable": "reads", "drop_alt_text": "posts", "duplicate_media": "posts", "ignore_keys": "posts"}
_MAX_COUNT, _MAX_S = 1000, 3600


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of misbehaviour, for so often or so long."""

    kind: str  # one of KINDS
    scope: str = "posts"  # one of SCOPES
    count: int = 1  # how many times; 0 is until it is lifted
    seconds: float = 5  # how long to wait, to ask to wait, or to be unreadable


def fault_of(data: Mapping[str, Any]) -> Fault:
    """The fault that was asked for. Raises Invalid saying what there is."""
    kind = str(data.get("kind", ""))
    if kind not in KINDS:
        raise Invalid.at("kind", f"There is no fault {kind!r}. There are: {', '.join(KINDS)}.")
    scope = _OWN_SCOPE.get(kind) or str(data.get("scope", "posts"))
    if scope not in SCOPES:
        raise Invalid.at("scope", f"There is no scope {scope!r}. There are: {', '.join(SCOPES)}.")
    until_lifted = 0 if kind == "unreadable" else 1
    count = _number(data, "count", until_lifted, _MAX_COUNT)
    return Fault(kind=kind, scope=scope, count=int(count), seconds=_number(data, "seconds", 5, _MAX_S))


def _number(data: Mapping[str, Any], name: str, usual: float, most: float) -> float:
    try:
        value = float(data.get(name, usual))
    except (TypeError, ValueError):
        value = -1
    if not 0 <= value <= most:
        raise Invalid.at(name, f"This must be a number from 0 to {most:g}.")
    return value
