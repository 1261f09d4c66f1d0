"""Noticing, while a file goes out, when somebody has had enough of an episode for it to count as a download.

The rule is that of `podcast.downloads` in specs/data/metrics: a GET from the file's beginning that is given a minute of
it, or all of a shorter one. What players ask for first, the first two bytes, is no download.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest

from crosscut.apps.accounts.access import address_of
from crosscut.apps.accounts.models import Account
from crosscut.apps.measure.downloads import ENOUGH_S, Caller, count_download
from crosscut.channels import registry
from crosscut.channels.protocol import CanHoldEpisodes, Enclosure
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.visitors import asks_not_to_be_counted

_log = structlog.get_logger(__name__)


class Counted:
    """A body that calls `note` once, when so many of its bytes were handed on."""

    def __init__(self, body: Iterable[bytes], enough_bytes: int, note: Callable[[], None]) -> None:
        self._body, self._left_bytes, self._note = body, enough_bytes, note

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            yield chunk
            if self._left_bytes > 0:
                self._left_bytes -= len(chunk)
                if self._left_bytes <= 0:
                    self._note()

    def close(self) -> None:
        """Closes what it wraps (PEP 3333)."""
        close = getattr(self._body, "close", None)
        if close:
            close()


def watched(
    request: HttpRequest, account: Account, address: str, begun: dict[str, Any], body: Iterable[bytes]
) -> Iterable[bytes]:
    """The body, with its download counted where it is one. `address` is the file's below the account's public one."""
    if request.method != "GET" or not _starts_at_the_beginning(begun) or asks_not_to_be_counted(request.headers):
        return body
    episode = _episode(account, address)
    if episode is None:
        return body
    caller = Caller(address=address_of(request), user_agent=request.headers.get("User-Agent", ""))
    return Counted(body, enough_bytes(episode), lambda: _count(account, episode, caller))


def enough_bytes(episode: Enclosure) -> int:
    """How many bytes of the file are a minute of it; all of them where it is shorter or nobody knows its length.

    >>> enough_bytes(Enclosure(remote_id="a", size_bytes=3_000_000, duration_s=180)) / 1_000_000
    1.0
    """
    if not episode.duration_s or episode.duration_s <= ENOUGH_S:
        return episode.size_bytes
    return int(episode.size_bytes * ENOUGH_S / episode.duration_s)


def _episode(account: Account, address: str) -> Enclosure | None:
    holder = registry.adapter(account.channel)
    if not isinstance(holder, CanHoldEpisodes):
        return None
    return holder.episode_at(registry.settings_class(account.channel).model_validate(account.settings), address)


def _starts_at_the_beginning(begun: dict[str, Any]) -> bool:
    status = str(begun["status"])
    part = next((str(value) for name, value in begun["headers"] if name.lower() == "content-range"), "")
    return status.startswith("200") or (status.startswith("206") and part.startswith("bytes 0-"))


def _count(account: Account, episode: Enclosure, caller: Caller) -> None:
    """A count that fails must not break the listener's download."""
    try:
        count_download(account, episode.remote_id, caller)
    except (CrosscutError, DatabaseError) as error:
        _log.warning("download_not_counted", account=account.pk, error=str(error))
