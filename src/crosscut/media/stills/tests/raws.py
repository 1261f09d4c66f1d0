"""Makes small camera raw files: a DNG of uncompressed Bayer data, with or without an embedded JPEG."""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image

SHORT, LONG, RATIONAL, BYTE, ASCII, SRATIONAL = 3, 4, 5, 1, 2, 10
IDENTITY = (1, 0, 0, 0, 1, 0, 0, 0, 1)
FORMATS = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "II", SRATIONAL: "ii"}
Entry = tuple[int, int, list[int]]


def dng(
    path: Path, *, colour: tuple[int, int, int] = (3000, 1500, 700), preview: bool = False, side_px: int = 256
) -> Path:
    """A flat field of one colour, 14 bits, RGGB; the preview is a green JPEG of 120 x 80. DNG 1.7, chapter 4."""
    red, green, blue = colour
    bayer = np.zeros((side_px, side_px), "<u2")
    bayer[::2, ::2], bayer[::2, 1::2], bayer[1::2, ::2], bayer[1::2, 1::2] = red, green, green, blue
    quick = io.BytesIO()
    Image.new("RGB", (120, 80), (20, 160, 40)).save(quick, "JPEG")
    jpeg = quick.getvalue()
    main: list[Entry] = [
        (254, LONG, [0]),
        (256, LONG, [side_px]),
        (257, LONG, [side_px]),
        (258, SHORT, [16]),
        (259, SHORT, [1]),
        (262, SHORT, [32803]),
        (271, ASCII, list(b"Reef\0")),
        (272, ASCII, list(b"Cam\0")),
        (274, SHORT, [1]),
        (277, SHORT, [1]),
        (278, LONG, [side_px]),
        (279, LONG, [bayer.nbytes]),
        (33421, SHORT, [2, 2]),
        (33422, BYTE, [0, 1, 1, 2]),
        (50706, BYTE, [1, 4, 0, 0]),
        (50708, ASCII, list(b"Reef Cam\0")),
        (50717, LONG, [4095]),
        (50721, SRATIONAL, [number for value in IDENTITY for number in (value, 1)]),
        (50728, RATIONAL, [1, 1, 1, 1, 1, 1]),
        (50778, SHORT, [21]),
    ]
    small: list[Entry] = [(254, LONG, [1]), (256, LONG, [120]), (257, LONG, [80]), (259, SHORT, [6])]
    first = _directory([*main, (273, LONG, [0])], 8, 0)
    second = _directory([*small, (513, LONG, [0]), (514, LONG, [len(jpeg)])], 0, 0) if preview else b""
    jpeg_at = 8 + len(first) + len(second)
    data_at = jpeg_at + (len(jpeg) if preview else 0)
    head = _directory([*main, (273, LONG, [data_at])], 8, 8 + len(first) if preview else 0)
    if preview:
        head += _directory([*small, (513, LONG, [jpeg_at]), (514, LONG, [len(jpeg)])], 8 + len(first), 0) + jpeg
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + head + bayer.tobytes())
    return path


def _directory(entries: list[Entry], at: int, following: int) -> bytes:
    """One TIFF directory at its place in the file, its long values right behind it."""
    entries = sorted(entries)
    far = at + 2 + 12 * len(entries) + 4
    fields, values = b"", b""
    for tag, kind, numbers in entries:
        letters = FORMATS[kind]
        count = len(numbers) // len(letters)
        packed = struct.pack("<" + letters * count, *numbers)
        place = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack("<I", far + len(values))
        if len(packed) > 4:
            values += packed + b"\0" * (len(packed) % 2)
        fields += struct.pack("<HHI", tag, kind, count) + place
    return struct.pack("<H", len(entries)) + fields + struct.pack("<I", following) + values
