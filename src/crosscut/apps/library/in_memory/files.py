"""Rows in a file that the processes of a machine map: none reads it into memory of its own, so all share one.

A file is written once, whole or not at all, and never changed. What a process adds to its rows goes into memory of its
own: a file is mapped for copying on writing, with some room behind every column (a hole, which takes no disk).

    0        MAGIC, FORMAT, length and CRC-32 of the head; the head as JSON
    HEAD     the columns, each at the beginning of a page
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from crosscut.apps.library.in_memory.rows import Array, Part, Room, Rows

MAGIC = b"crosscut"
FORMAT = 1  # raised when an older reader would misunderstand
HEAD_BYTES = 65_536
_START = struct.Struct("<8sIII")
_ROOM = 0.25  # of the rows, for those that a process adds
_LEAST_ROOM = 16_384  # rows
Groups = Mapping[str, Sequence[Part]]  # rows of several sorts, each in parts that follow one another


class Damaged(ValueError):
    """The file is not what was written, or not for this reader."""


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """The content of a file."""

    name: str  # of the file, without its ending
    about: dict[str, Any]  # what its writer said of it
    groups: dict[str, Rows]


def write(path: Path, about: Mapping[str, Any], groups: Groups) -> int:
    """Writes the file, whole or not at all; what it takes of the disk, in bytes. Raises OSError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.seek(HEAD_BYTES)
            told = {name: _write_rows(file, parts) for name, parts in groups.items()}
            file.truncate(file.tell())
            head = json.dumps({"about": about, "groups": told}).encode()
            if len(head) + _START.size > HEAD_BYTES:
                raise ValueError("The head of a file of rows is too long.")
            file.seek(0)
            file.write(_START.pack(MAGIC, FORMAT, len(head), zlib.crc32(head)) + head)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_blocks * 512


def read(path: Path) -> Mapped:
    """Maps the file after checking all of it. Raises Damaged, and OSError where it is not there."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < HEAD_BYTES:
            raise Damaged(f"{path.name} is too short.")
        whole = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    magic, number, length, checksum = _START.unpack_from(whole)
    head = whole[_START.size : _START.size + length]
    if magic != MAGIC or number != FORMAT or zlib.crc32(head) != checksum:
        raise Damaged(f"{path.name} has another head than was written.")
    told = json.loads(head)
    return Mapped(
        name=path.stem, about=told["about"], groups={name: _rows(whole, rows) for name, rows in told["groups"].items()}
    )


def _write_rows(file: IO[bytes], parts: Sequence[Part]) -> dict[str, Any]:
    size = sum(len(next(iter(part.values()))) for part in parts)
    room = size + max(_LEAST_ROOM, int(size * _ROOM))
    return {
        "size": size,
        "columns": {name: _write_column(file, [part[name] for part in parts], room) for name in parts[0]},
    }


def _write_column(file: IO[bytes], parts: Sequence[Array], room: int) -> dict[str, Any]:
    start, checksum = file.tell(), 0
    for part in parts:
        checksum = zlib.crc32(_raw(part), checksum)
        file.write(_raw(part))
    kind, shape = parts[0].dtype, [room, *parts[0].shape[1:]]
    end = start + int(np.prod(shape)) * kind.itemsize
    file.seek(end + -end % mmap.PAGESIZE)
    return {"dtype": kind.str, "shape": shape, "start": start, "crc32": checksum}


def _rows(whole: mmap.mmap, told: Mapping[str, Any]) -> Rows:
    size = int(told["size"])
    return Rows(Room({name: _column(whole, one, size) for name, one in told["columns"].items()}, size), size)


def _column(whole: mmap.mmap, told: Mapping[str, Any], size: int) -> Array:
    kind, shape = np.dtype(told["dtype"]), told["shape"]
    try:
        column = np.frombuffer(whole, kind, count=int(np.prod(shape)), offset=told["start"]).reshape(shape)
    except ValueError as fault:
        raise Damaged("The file is shorter than its head says.") from fault
    if zlib.crc32(_raw(column[:size])) != told["crc32"]:
        raise Damaged("A column is not what was written.")
    return column


def _raw(column: Array) -> memoryview:
    """Its bytes, where they are."""
    return np.ascontiguousarray(column).reshape(-1).view(np.uint8).data
