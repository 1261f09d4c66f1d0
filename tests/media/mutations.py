"""Ways to break a file, each drawn from a seeded source of chance, so that a case is known by its number."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

STEPS = 20  # truncation at every twentieth
ABSURD = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\0", b"\0\0\0\x01", b"\xff\xff\xff\x7f")
BIT_FLIPS = 24
HEADER_BYTES = 600
BOXES = {
    b"moov",
    b"trak",
    b"mdia",
    b"minf",
    b"stbl",
    b"dinf",
    b"edts",
    b"udta",
    b"meta",
}  # ISO/IEC 14496-12: boxes of boxes

Mutation = Callable[[bytes, Random], bytes]


def flip(data: bytes, chance: Random) -> bytes:
    """Some bits turned over, half of the time only in the header."""
    end = min(len(data), HEADER_BYTES) if chance.random() < 0.5 else len(data)
    changed = bytearray(data)
    for _ in range(chance.randint(1, BIT_FLIPS)):
        changed[chance.randrange(end)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(data: bytes, chance: Random) -> bytes:
    """Cut off at one of every five per cent, or a byte beside it."""
    return data[: max(0, len(data) * chance.randrange(STEPS) // STEPS + chance.choice((-1, 0, 0, 1)))]


def swap(data: bytes, chance: Random) -> bytes:
    """Two atoms, chunks or blocks in each other's place."""
    (start, middle), (other, end) = sorted(_two_pieces(data, chance))
    return data[:start] + data[other:end] + data[middle:other] + data[start:middle] + data[end:]


def drop(data: bytes, chance: Random) -> bytes:
    """One of them gone."""
    (start, end), _ = _two_pieces(data, chance)
    return data[:start] + data[end:]


def double(data: bytes, chance: Random) -> bytes:
    """One of them twice."""
    (start, end), _ = _two_pieces(data, chance)
    return data[:end] + data[start:end] + data[end:]


def absurd(data: bytes, chance: Random) -> bytes:
    """A number in a header that no file has: sizes, counts, offsets."""
    pieces = atoms(data)
    if pieces and chance.random() < 0.7:
        start, end = chance.choice(pieces)
        place = chance.choice((start, min(end, start + 8 + 4 * chance.randrange(12))))
    else:
        place = chance.randrange(min(len(data), HEADER_BYTES))
    return data[:place] + chance.choice(ABSURD) + data[place + 4 :]


MUTATIONS: tuple[Mutation, ...] = (flip, cut, swap, drop, double, absurd)


def atoms(data: bytes) -> list[tuple[int, int]]:
    """Where the atoms of an MP4, with those inside, the chunks of a PNG or of a RIFF begin and end."""
    if data[4:8] == b"ftyp":
        return _boxes(data, 0, len(data))
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _chunks(data, 8, "big", extra=12)
    if data[:4] == b"RIFF":
        return _chunks(data, 12, "little", extra=8)
    return []


def _boxes(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4], "big")
        if size < 8:
            break
        stop = min(start + size, end)
        found.append((start, stop))
        if data[start + 4 : start + 8] in BOXES:
            found += _boxes(data, start + 8, stop)
        start = stop
    return found


def _chunks(data: bytes, start: int, order: str, *, extra: int) -> list[tuple[int, int]]:
    found = []
    place = 0 if order == "big" else 4
    while start + 8 <= len(data):
        at = start + place
        size = int.from_bytes(data[at : at + 4], "big" if order == "big" else "little") + extra
        found.append((start, min(start + size, len(data))))
        start += size
    return found


def _two_pieces(data: bytes, chance: Random) -> list[tuple[int, int]]:
    """Two that do not overlap: neighbours where the file has pieces, blocks anywhere else."""
    pairs = [pair for pair in pairwise(atoms(data)) if pair[0][1] <= pair[1][0]]
    if pairs and chance.random() < 0.8:
        return list(chance.choice(pairs))
    places = sorted(chance.sample(range(len(data) + 1), 4)) if len(data) > 4 else [0, 0, 0, 0]
    return [(places[0], places[1]), (places[2], places[3])]
