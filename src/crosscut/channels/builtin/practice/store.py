"""What the practice network keeps: a SQLite file and a folder of media."""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crosscut.channels.builtin.practice.faults import Fault
from crosscut.kernel.errors import Conflict, NotAllowed, NotFound

PER_PAGE = 30
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
  handle TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS media (
  id TEXT PRIMARY KEY, handle TEXT NOT NULL REFERENCES account, file TEXT NOT NULL, type TEXT NOT NULL,
  kind TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, alt TEXT NOT NULL, width INTEGER, height INTEGER,
  captions TEXT, captions_language TEXT);
CREATE TABLE IF NOT EXISTS post (
  id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL REFERENCES account, key TEXT, text TEXT NOT NULL,
  link TEXT NOT NULL, language TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT, deleted_at TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS one_post_of_a_key ON post (handle, key) WHERE deleted_at IS NULL;
CREATE TABLE IF NOT EXISTS post_media (
  post INTEGER NOT NULL REFERENCES post, position INTEGER NOT NULL, media TEXT NOT NULL REFERENCES media,
  PRIMARY KEY (post, position));
CREATE TABLE IF NOT EXISTS mark (
  post INTEGER NOT NULL REFERENCES post, kind TEXT NOT NULL, visitor TEXT NOT NULL,
  PRIMARY KEY (post, kind, visitor));
CREATE TABLE IF NOT EXISTS reply (
  id INTEGER PRIMARY KEY, post INTEGER NOT NULL REFERENCES post, name TEXT NOT NULL, text TEXT NOT NULL,
  created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fault (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, scope TEXT NOT NULL, remaining INTEGER,
  seconds REAL NOT NULL, until TEXT);
"""


class Store:
    """One open connection; use it as `with opened(folder) as store`."""

    def __init__(self, folder: Path, rows: sqlite3.Connection) -> None:
        self.folder = folder
        self.rows = rows

    def sign_up(self, handle: str, name: str) -> str:
        """The token of a new account. Raises Conflict when the handle is taken."""
        token = secrets.token_urlsafe(24)
        try:
            self.rows.execute("INSERT INTO account VALUES (?, ?, ?, ?)", (handle, name, _hash(token), _now()))
        except sqlite3.IntegrityError as error:
            raise Conflict(f"The handle {handle} is taken: choose another, or connect with its token.") from error
        return token

    def account_of(self, token: str) -> dict[str, Any]:
        """Whose token this is. Raises NotAllowed."""
        found = self.rows.execute("SELECT handle, name FROM account WHERE token_hash = ?", (_hash(token),)).fetchone()
        if not found:
            raise NotAllowed("This token is not known here.")
        return dict(found)

    def account(self, handle: str) -> dict[str, Any]:
        """The account of that handle. Raises NotFound."""
        found = self.rows.execute("SELECT handle, name FROM account WHERE handle = ?", (handle,)).fetchone()
        if not found:
            raise NotFound("There is nobody of that name.")
        return dict(found)

    def add_media(self, **values: Any) -> str:
        """The name of a new uploaded file."""
        name = secrets.token_hex(8)
        row = {"captions": None, "captions_language": None, **values, "id": name}
        columns = ", ".join(row)
        marks = ", ".join(f":{column}" for column in row)
        self.rows.execute(f"INSERT INTO media ({columns}) VALUES ({marks})", row)  # noqa: S608 columns are ours
        return name

    def media(self, handle: str, name: str) -> dict[str, Any]:
        """An uploaded file of that account. Raises NotFound."""
        found = self.rows.execute("SELECT * FROM media WHERE id = ? AND handle = ?", (name, handle)).fetchone()
        if not found:
            raise NotFound(f"There is no uploaded file {name!r} of yours.")
        return dict(found)

    def set_captions(self, name: str, file: str, language: str) -> None:
        """Gives a file its captions."""
        self.rows.execute("UPDATE media SET captions = ?, captions_language = ? WHERE id = ?", (file, language, name))

    def add_post(self, handle: str, key: str | None, values: dict[str, Any], media: list[str]) -> int:
        """The number of a new post."""
        row = {**values, "handle": handle, "key": key, "created_at": _now()}
        added = self.rows.execute(
            "INSERT INTO post (handle, key, text, link, language, created_at)"
            " VALUES (:handle, :key, :text, :link, :language, :created_at)",
            row,
        )
        number = int(added.lastrowid or 0)
        self._set_media(number, media)
        return number

    def change_post(self, number: int, values: dict[str, Any], media: list[str]) -> None:
        """Gives a post new content."""
        self.rows.execute(
            "UPDATE post SET text = :text, link = :link, language = :language, updated_at = :now WHERE id = :id",
            {**values, "now": _now(), "id": number},
        )
        self.rows.execute("DELETE FROM post_media WHERE post = ?", (number,))
        self._set_media(number, media)

    def _set_media(self, number: int, media: list[str]) -> None:
        rows = [(number, position, name) for position, name in enumerate(media)]
        self.rows.executemany("INSERT INTO post_media VALUES (?, ?, ?)", rows)

    def delete_post(self, number: int) -> None:
        """Takes a post down."""
        self.rows.execute("UPDATE post SET deleted_at = ? WHERE id = ?", (_now(), number))

    def post(self, number: int) -> dict[str, Any]:
        """A post with everything on it; `deleted_at` says whether it is gone. Raises NotFound."""
        found = self.rows.execute("SELECT * FROM post WHERE id = ?", (number,)).fetchone()
        if not found:
            raise NotFound("There is no such post.")
        return self._whole(found)

    def posts(self, *, author: str = "", key: str = "", text: str = "", since: str = "", before: int = 0) -> list[Any]:
        """Posts that fit, newest first, a page at most."""
        found = self.rows.execute(
            "SELECT * FROM post WHERE deleted_at IS NULL AND (:author = '' OR handle = :author)"
            " AND (:key = '' OR key = :key) AND (:text = '' OR text = :text) AND created_at >= :since"
            " AND (:before = 0 OR id < :before) ORDER BY id DESC LIMIT :most",
            {"author": author, "key": key, "text": text, "since": since, "before": before, "most": PER_PAGE},
        )
        return [self._whole(row) for row in found]

    def _whole(self, row: sqlite3.Row) -> dict[str, Any]:
        number = row["id"]
        media = self.rows.execute(
            "SELECT media.* FROM post_media JOIN media ON media.id = media WHERE post = ? ORDER BY position", (number,)
        )
        kinds = self.rows.execute("SELECT kind, count(*) FROM mark WHERE post = ? GROUP BY kind", (number,)).fetchall()
        marks = {row[0]: row[1] for row in kinds}
        replies = self.rows.execute("SELECT count(*) FROM reply WHERE post = ?", (number,)).fetchone()[0]
        return {
            **dict(row),
            "name": self.account(row["handle"])["name"],
            "media": [dict(one) for one in media],
            "counts": {"likes": marks.get("like", 0), "reposts": marks.get("repost", 0), "replies": replies},
        }

    def toggle(self, number: int, kind: str, visitor: str) -> None:
        """Likes or reposts a post as one browser, or takes it back."""
        mark = (number, kind, visitor)
        gone = self.rows.execute("DELETE FROM mark WHERE post = ? AND kind = ? AND visitor = ?", mark)
        if not gone.rowcount:
            self.rows.execute("INSERT INTO mark VALUES (?, ?, ?)", mark)

    def marks_of(self, visitor: str) -> set[tuple[int, str]]:
        """What one browser has liked and reposted."""
        return {
            (row[0], row[1]) for row in self.rows.execute("SELECT post, kind FROM mark WHERE visitor = ?", (visitor,))
        }

    def add_reply(self, number: int, name: str, text: str) -> None:
        """Answers a post."""
        self.rows.execute(
            "INSERT INTO reply (post, name, text, created_at) VALUES (?, ?, ?, ?)", (number, name, text, _now())
        )

    def replies(self, number: int) -> list[dict[str, Any]]:
        """The answers to a post, oldest first."""
        return [dict(row) for row in self.rows.execute("SELECT * FROM reply WHERE post = ? ORDER BY id", (number,))]

    def add_fault(self, fault: Fault) -> None:
        """Tells the network to misbehave."""
        until = None
        if fault.kind == "unreadable":
            until = (datetime.now(UTC) + timedelta(seconds=fault.seconds)).isoformat()
        self.rows.execute(
            "INSERT INTO fault (kind, scope, remaining, seconds, until) VALUES (?, ?, ?, ?, ?)",
            (fault.kind, fault.scope, fault.count or None, fault.seconds, until),
        )

    def faults(self) -> list[dict[str, Any]]:
        """The faults still to come, oldest first."""
        self.rows.execute("DELETE FROM fault WHERE remaining <= 0 OR until < ?", (_now(),))
        return [dict(row) for row in self.rows.execute("SELECT * FROM fault ORDER BY id")]

    def lift_faults(self) -> None:
        """Makes the network behave."""
        self.rows.execute("DELETE FROM fault")

    def take_fault(self, kind: str, scopes: tuple[str, ...]) -> dict[str, Any] | None:
        """The fault of that kind if it is due now, counted down."""
        due = next((fault for fault in self.faults() if fault["kind"] == kind and fault["scope"] in scopes), None)
        if due:
            self.rows.execute("UPDATE fault SET remaining = remaining - 1 WHERE id = ?", (due["id"],))
        return due


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store, committed when all goes well and as it was when not."""
    (folder / "media").mkdir(parents=True, exist_ok=True)
    rows = sqlite3.connect(folder / "practice.db", timeout=20, isolation_level=None)
    try:
        rows.row_factory = sqlite3.Row
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA foreign_keys = ON")
        rows.executescript(_SCHEMA)
        rows.execute("BEGIN IMMEDIATE")
        yield Store(folder, rows)
        rows.execute("COMMIT")
    finally:
        rows.close()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
