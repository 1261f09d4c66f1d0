"""Rows as columns of numbers, that grow at their end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Part = Mapping[str, Array]  # some rows, column by column
_SPARE = 0.25  # of the rows, for which room is made beyond what was asked for


class Room:
    """Memory for rows and for some that come later; which rows are written says `used`."""

    def __init__(self, columns: Part, used: int) -> None:
        self.columns = dict(columns)
        self.used = used

    def holds(self, count: int) -> bool:
        """Whether there is memory for so many rows."""
        return all(len(column) >= count for column in self.columns.values())


class Rows:
    """Some rows. They stay as they are: `with_more` gives longer ones, in the same memory as far as there is room."""

    def __init__(self, room: Room, size: int) -> None:
        self._room = room
        self._size = size
        self._columns = {name: column[:size] for name, column in room.columns.items()}

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "Rows":
        """The rows of all parts, one part after the other; at least one, which may be empty."""
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        size = len(next(iter(columns.values())))
        return cls(Room(columns, size), size)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, name: str) -> Array:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def with_more(self, part: Part) -> "Rows":
        """These and further ones."""
        end = self._size + len(next(iter(part.values())))
        room = self._room
        if room.used != self._size or not room.holds(end):
            room = _larger(self._columns, end)
        for name, column in room.columns.items():
            column[self._size : end] = part[name]
        room.used = end
        return Rows(room, end)


def _larger(columns: Part, least: int) -> Room:
    """A copy of the columns with room for more."""
    capacity = least + int(least * _SPARE)
    grown = {name: np.empty((capacity, *column.shape[1:]), column.dtype) for name, column in columns.items()}
    for name, column in columns.items():
        grown[name][: len(column)] = column
    return Room(grown, len(next(iter(columns.values()))))
