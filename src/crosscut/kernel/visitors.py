"""Who is counted: people, and nobody who asks not to be."""

import re
from collections.abc import Mapping

_MACHINE = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|headless|validator|^(?:crosscut|curl|wget|python|go-http-client|java)\b",
    re.IGNORECASE,
)


def is_machine(user_agent: str) -> bool:
    """Whether this says of itself that no person is behind it; Crosscut's own readings are machines too.

    >>> is_machine("AppleCoreMedia/1.0.0 (iPhone)"), is_machine("Googlebot/2.1"), is_machine("Crosscut/1.0")
    (False, True, True)
    """
    return bool(_MACHINE.search(user_agent or "bot"))


def asks_not_to_be_counted(headers: Mapping[str, str]) -> bool:
    """Whether the reader asks for privacy (Do Not Track, Global Privacy Control) or is a machine."""
    is_private = headers.get("DNT") == "1" or headers.get("Sec-GPC") == "1"
    return is_private or is_machine(headers.get("User-Agent", ""))
