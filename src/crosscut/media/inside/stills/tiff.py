"""Walks the directories of a TIFF, which camera raw files are, without decoding anything.

TIFF 6.0, section 2; TIFF/EP and DNG 1.7 for the tags of sub-images.
"""

import struct
from collections.abc import Iterator

Directory = dict[int, tuple[int, ...]]
WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC, ORIENTATION = 256, 257, 259, 262, 274
STRIPS, STRIP_BYTES, TILES, TILE_BYTES = 273, 279, 324, 325
SUB_DIRECTORIES, JPEG_START, JPEG_BYTES = 330, 513, 514
SIZES = {1: 1, 3: 2, 4: 4, 13: 4}  # bytes of the whole-number types: BYTE, SHORT, LONG, IFD
LETTERS = {1: "B", 3: "H", 4: "I", 13: "I"}
MOST_DIRECTORIES, MOST_VALUES = 64, 100_000


def directories(data: bytes) -> list[Directory]:
    """Every directory and sub-directory, whole numbers only; fewer where the file breaks off."""
    if data[:2] not in (b"II", b"MM") or len(data) < 8:
        return []
    order = "<" if data[:2] == b"II" else ">"
    waiting, seen, found = list(struct.unpack_from(order + "I", data, 4)), set[int](), list[Directory]()
    while waiting and len(found) < MOST_DIRECTORIES:
        offset = waiting.pop(0)
        if offset in seen or not 8 <= offset <= len(data) - 2:
            continue
        seen.add(offset)
        directory, following = _directory(data, order, offset)
        found.append(directory)
        waiting += [*directory.get(SUB_DIRECTORIES, ()), *following]
    return found


def _directory(data: bytes, order: str, offset: int) -> tuple[Directory, tuple[int, ...]]:
    (count,) = struct.unpack_from(order + "H", data, offset)
    reachable = min(count, (len(data) - offset - 2) // 12)
    entries: Directory = {}
    for index in range(reachable):
        tag, kind, number = struct.unpack_from(order + "HHI", data, offset + 2 + 12 * index)
        values = _values(data, order, kind, number, offset + 10 + 12 * index)
        if values:
            entries[tag] = values
    end = offset + 2 + 12 * count
    following = struct.unpack_from(order + "I", data, end) if end + 4 <= len(data) else ()
    return entries, following


def _values(data: bytes, order: str, kind: int, number: int, at: int) -> tuple[int, ...]:
    """The values of an entry; none where they are no whole numbers or lie beyond the end."""
    size = SIZES.get(kind)
    if size is None or not 0 < number <= MOST_VALUES:
        return ()
    start = at if size * number <= 4 else struct.unpack_from(order + "I", data, at)[0]
    if start + size * number > len(data):
        return ()
    return struct.unpack_from(f"{order}{number}{LETTERS[kind]}", data, start)


def parts(directory: Directory) -> Iterator[tuple[int, int]]:
    """Where the picture of a directory lies: the start and the length of each strip or tile."""
    yield from zip(directory.get(STRIPS, ()), directory.get(STRIP_BYTES, ()), strict=False)
    yield from zip(directory.get(TILES, ()), directory.get(TILE_BYTES, ()), strict=False)


def is_cut_off(found: list[Directory], size_bytes: int) -> bool:
    """Whether a picture in it reaches beyond the file's end, or the largest has less than one bit per pixel."""
    if any(start + length > size_bytes for directory in found for start, length in parts(directory)):
        return True
    areas = [(directory.get(WIDTH, (0,))[0] * directory.get(HEIGHT, (0,))[0], directory) for directory in found]
    largest_px, largest = max(areas, key=lambda pair: pair[0], default=(0, {}))
    return sum(length for _, length in parts(largest)) * 8 < largest_px


def embedded_jpegs(data: bytes, found: list[Directory]) -> list[bytes]:
    """The whole JPEG pictures kept in it for quick looks, the largest first."""
    places = [
        (directory[JPEG_START][0], directory[JPEG_BYTES][0])
        for directory in found
        if JPEG_START in directory and JPEG_BYTES in directory
    ]
    places += [place for directory in found if len(list(parts(directory))) == 1 for place in parts(directory)]
    whole = {data[start : start + length] for start, length in places if start + length <= len(data)}
    return sorted((jpeg for jpeg in whole if _is_viewable(jpeg)), key=len, reverse=True)


def _is_viewable(jpeg: bytes) -> bool:
    """A JPEG with an end, and not the lossless kind (SOF3) that holds the raw data themselves."""
    return jpeg.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in jpeg[-64:] and b"\xff\xc3" not in jpeg[:4096]
