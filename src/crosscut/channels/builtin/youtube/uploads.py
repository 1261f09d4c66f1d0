"""A channel's own films, in the list that YouTube keeps of everything it uploaded, private ones too.

Asking that list costs one unit of ten thousand a day; searching has a share of its own and is a hundred times dearer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels.builtin.youtube.api import Api
from crosscut.channels.builtin.youtube.words import mark_of
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

PAGE, _MAX_PAGES = 50, 4
_AHEAD = timedelta(days=2)  # a film may have been there for so long before it was made public


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """The list of one channel."""

    api: Api
    playlist: str  # YouTube's name for it

    def marked(self, key: str) -> str:
        """The name of the film an earlier try of that target brought there and nobody can see; empty: there is none."""
        mark = mark_of(key)
        since = self.api.now - _AHEAD
        return next((str(row["id"]) for row in self.since(since) if mark in (row["snippet"].get("tags") or ())), "")

    def since(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """Films uploaded or made public since then, newest first; those of up to two days before may be among them.

        Raises RetryLater where there are more than can be looked through.
        """
        turn: dict[str, str] = {}
        for _ in range(_MAX_PAGES):
            told = self.api.found(
                "/youtube/v3/playlistItems",
                part="snippet,contentDetails",
                playlistId=self.playlist,
                maxResults=PAGE,
                **turn,
            )
            items = (told or {}).get("items") or []
            names = [str(item["contentDetails"]["videoId"]) for item in items]
            yield from self._films(names)
            after = (told or {}).get("nextPageToken")
            if not after or not items or _moment(items[-1]["snippet"]) < moment - _AHEAD:
                return
            turn = {"pageToken": str(after)}
        count = PAGE * _MAX_PAGES
        raise RetryLater(
            phrase("More than {count} films were uploaded since then: look for this one by hand.", count=count)
        )

    def _films(self, names: list[str]) -> list[dict[str, Any]]:
        if not names:
            return []
        rows = self.api.rows("/youtube/v3/videos", part="snippet,status", id=",".join(names), maxResults=PAGE)
        return [row for row in rows if isinstance(row.get("snippet"), dict)]


def _moment(snippet: dict[str, Any]) -> datetime:
    told = snippet.get("publishedAt")
    return datetime.fromisoformat(str(told)) if told else datetime.fromtimestamp(0, tz=UTC)
