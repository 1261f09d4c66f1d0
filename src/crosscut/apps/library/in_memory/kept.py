"""Copies of rows that a process keeps in memory, each brought up to date before it is used.

The first process that needs a large copy reads all rows and keeps them as a file (`keeping`); every other one, and
every one that is started later, maps that file and reads only what was written since.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sized
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from django.db import connection

from crosscut.apps.library.in_memory import keeping, moments
from crosscut.apps.library.in_memory.files import Groups
from crosscut.apps.library.in_memory.keeping import Subject
from crosscut.apps.library.in_memory.moments import Moment
from crosscut.apps.library.in_memory.rows import Rows

KEPT_COPIES = 8  # of each kind
LEAST_KEPT = 20_000  # rows that are kept as a file: fewer are read in less than a second
_LEFT_OVER = 0.2  # of a copy may have changed since it was made before it is made anew
_SMALL = 10_000  # changes that are never too many
_RENEWED = 0.01  # of a file may have changed since before a night makes it anew
Value = TypeVar("Value", bound=Sized)
Thing = TypeVar("Thing")


class Source(Protocol[Value]):
    """Where the rows of one kind come from, and what is made of them."""

    @property
    def subject(self) -> Subject:
        """What its files are about."""

    def whole(self) -> Groups:
        """All rows."""

    def value(self, groups: Mapping[str, Rows]) -> Value:
        """What is made of all rows."""

    def changed(self, value: Value, since: Mapping[str, Any]) -> tuple[Value, int]:
        """The same with what was written since (the values for `moments.SINCE`), and how many rows that were."""


class Copy(Generic[Value]):
    """What one process has of the rows of a source."""

    def __init__(self, source: Source[Value]) -> None:
        self._source = source
        self._lock = Lock()
        self._value: Value | None = None
        self._seen = Moment(after=0, under_way=())
        self._changes = 0  # rows that were written since the copy was made
        self._file = ""  # that it was made of

    def fresh(self) -> Value:
        """The copy with all that was written until now."""
        with self._lock:
            if self._value is None or self._is_worn(self._value):
                return self._begun()
            return self._read_on(self._value)

    def renew(self) -> bool:
        """Whether the file was made anew, because enough was written since. One that nobody needed is not made."""
        with self._lock:
            value = self._mapped()
            if value is None or self._changes <= _RENEWED * len(value):
                return False
            with keeping.alone(self._source.subject):
                self._read_all()
            return True

    def _begun(self) -> Value:
        value = self._mapped()
        if value is not None and not self._is_worn(value):
            return value
        with keeping.alone(self._source.subject):
            tried = self._file
            value = self._mapped(other_than=tried)  # somebody may have made it while we waited
            return value if value is not None and not self._is_worn(value) else self._read_all()

    def _mapped(self, *, other_than: str = "") -> Value | None:
        """The copy as the newest file has it, and what was written since."""
        kept = keeping.newest(self._source.subject)
        if kept is None or kept.name == other_than:
            return None
        self._file, self._seen, self._changes = kept.name, Moment(**kept.about["seen"]), 0
        return self._read_on(self._source.value(kept.groups))

    def _read_all(self) -> Value:
        self._seen, self._changes = moments.now(), 0
        groups = self._source.whole()
        size = sum(len(next(iter(part.values()))) for part in next(iter(groups.values())))
        kept = None
        if size >= LEAST_KEPT and self._seen.own is None:  # what we wrote ourselves may never come to be
            about = {"seen": {"after": self._seen.after, "under_way": self._seen.under_way}}
            kept = keeping.keep(self._source.subject, about, groups)
        rows = kept.groups if kept else {name: Rows.of(parts) for name, parts in groups.items()}
        self._value = self._source.value(rows)
        return self._value

    def _read_on(self, value: Value) -> Value:
        now = moments.now()
        self._value, count = self._source.changed(value, now.since(self._seen))
        self._seen, self._changes = now, self._changes + count
        return self._value

    def _is_worn(self, value: Value) -> bool:
        return self._changes > max(_SMALL, _LEFT_OVER * len(value))


class Kept(Generic[Thing]):
    """The things that one process keeps, those used last."""

    def __init__(self) -> None:
        self._things: OrderedDict[tuple[Hashable, ...], Thing] = OrderedDict()
        self._lock = Lock()

    def of(self, *name: Hashable, make: Callable[[], Thing]) -> Thing:
        """The one of that name of the database in use; made now where there is none."""
        whole = (str(connection.settings_dict["NAME"]), *name)
        with self._lock:
            if whole not in self._things:
                self._things[whole] = make()
            self._things.move_to_end(whole)
            while len(self._things) > KEPT_COPIES:
                self._things.popitem(last=False)
            return self._things[whole]
