"""Hashes, sketches and main colours of stills."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pyvips

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.inside import svg
from crosscut.media.inside.stills.colour import in_gamut
from crosscut.media.inside.stills.facts import engine_words, orientation_of
from crosscut.media.inside.stills.frame import shrink_for
from crosscut.media.inside.stills.opening import opened
from crosscut.media.stills.derivatives import Gamut
from crosscut.media.stills.fingerprints import PARTS, Fingerprint, Swatch

LOOK_PX = 256  # of the longer side: all that is looked at; the smallest window has 80 pixels of it
SKETCH_PX = 40
HASH_SIDE, HASH_BITS = 32, 64
LEFT_TO_RESIZE = 0.75  # of the sides after a JPEG decoder's part: another part would give other hashes
BLOCK_PX = 8  # of a JPEG: the side of what it codes together
FLAT = 2.0  # levels of 255: what varies less has no picture in it
COLOUR_SIDE_PX = 64
COLOURS = 5
SAME_COLOUR = 14.0  # CIELAB distance below which two main colours are called one
LEAST_SHARE = 0.04
Grey = npt.NDArray[np.uint8]
cv2.setNumThreads(1)  # pictures this small are done before a second thread would have begun
ZOOMS = (  # of its sides, and where the window lies across and down in the room that is left
    (0.85, 0.5, 0.5),
    (0.7, 0.5, 0.5),
    (0.55, 0.5, 0.5),
    (0.75, 0.0, 0.0),
    (0.75, 1.0, 0.0),
    (0.75, 0.0, 1.0),
    (0.75, 1.0, 1.0),
)
SHAPES = (  # width over height, and where it lies in the room that is left
    (1.0, 0.0),
    (1.0, 0.5),
    (1.0, 1.0),
    (0.8, 0.25),
    (0.8, 0.5),
    (0.8, 0.75),
    (16 / 9, 0.0),
    (16 / 9, 0.5),
    (16 / 9, 1.0),
)


def of_still(path: Path, container: str, limit_px: int) -> Fingerprint:
    """The fingerprint of a still, drawn small."""
    pyvips.cache_set_max(0)
    try:
        return of_pixels(drawn(path, container, limit_px, LOOK_PX))
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {fault}", fault=engine_words(fault))) from fault


def pixels(path: Path, container: str, limit_px: int) -> str:
    """The hash of every pixel, with the size and the number of channels."""
    try:
        image = opened(path, container, limit_px).copy_memory()
        image = image.autorot() if orientation_of(image) > 1 else image
        image = in_gamut(image, Gamut.SRGB, 16 if image.format == "ushort" else 8)
        if image.hasalpha() and image[image.bands - 1].min() >= (65535 if image.format == "ushort" else 255):
            image = image[0 : image.bands - 1]  # a channel that hides nothing is no part of the picture
        digest = hashlib.sha256(f"{image.width} {image.height} {image.bands} {image.format}".encode())
        digest.update(image.write_to_memory())
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {fault}", fault=engine_words(fault))) from fault
    return digest.hexdigest()


def of_pixels(rgb: npt.NDArray[np.uint8]) -> Fingerprint:
    """The fingerprint of an upright picture: rows, columns, red, green and blue."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    parts = tuple(hash_of(window) for window in windows(grey))
    return Fingerprint(whole=hash_of(grey), parts=parts, sketch_hex=_sketch(grey).hex(), colours=colours_of(rgb))


def warmed_up() -> Fingerprint:
    """The fingerprint of a made-up picture: what OpenCV and NumPy set up at their first use is then there."""
    ramp = np.arange(64 * 64 * 3, dtype=np.uint32).reshape(64, 64, 3)
    return of_pixels((ramp % 251).astype(np.uint8))


def hash_of(grey: Grey) -> int:
    """The 64 bits of a picture, 0 when there is nothing to see."""
    small = np.asarray(cv2.resize(grey, (HASH_SIDE, HASH_SIDE), interpolation=cv2.INTER_AREA), np.float32)
    if float(small.std()) < FLAT:
        return 0
    waves = np.asarray(cv2.dct(small))[_slowest()]
    bits = waves > np.median(waves)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def windows(grey: Grey) -> Iterator[Grey]:
    """The parts of a picture that people usually cut out of it: PARTS of them."""
    height, width = grey.shape
    frames = [(width * scale, height * scale, x, y) for scale, x, y in ZOOMS]
    for aspect, at in SHAPES:
        wide, high = (height * aspect, height) if width / height > aspect else (width, width / aspect)
        frames.append((wide, high, at, at))
    for wide, high, x, y in frames[:PARTS]:
        columns, rows = max(1, round(wide)), max(1, round(high))
        left, top = round((width - columns) * x), round((height - rows) * y)
        yield grey[top : top + rows, left : left + columns]


def colours_of(rgb: npt.NDArray[np.uint8]) -> tuple[Swatch, ...]:
    """The few colours that a person would name, the largest first."""
    small = cv2.resize(rgb, (COLOUR_SIDE_PX, COLOUR_SIDE_PX), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    cv2.setRNGSeed(1)  # the same picture has the same colours every time
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    seeds = np.zeros((len(lab), 1), np.int32)
    _spread, nearest, centres = cv2.kmeans(lab, 8, seeds, ends, 1, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(nearest.ravel(), minlength=8) / len(lab)
    return tuple(_merged([(share, centre) for share, centre in zip(shares, centres, strict=True) if share > 0]))


def _merged(found: list[tuple[float, npt.NDArray[np.float32]]]) -> Iterator[Swatch]:
    kept: list[tuple[float, npt.NDArray[np.float32]]] = []
    for share, centre in sorted(found, key=lambda pair: -pair[0]):
        for number, (total, other) in enumerate(kept):
            if float(np.linalg.norm(centre - other)) < SAME_COLOUR:
                kept[number] = (total + share, other)
                break
        else:
            kept.append((share, centre))
    kept.sort(key=lambda pair: -pair[0])
    for share, centre in kept[:COLOURS]:
        if share >= LEAST_SHARE:
            yield Swatch(hex=_hex(centre), share=round(float(share), 3))


def _hex(lab: npt.NDArray[np.float32]) -> str:
    rgb = cv2.cvtColor(lab.reshape(1, 1, 3).astype(np.float32), cv2.COLOR_LAB2RGB).reshape(3)
    red, green, blue = (int(np.clip(round(float(level) * 255), 0, 255)) for level in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _sketch(grey: Grey) -> bytes:
    height, width = grey.shape
    scale = SKETCH_PX / max(height, width)
    columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    return bytes([columns]) + np.asarray(small, np.uint8).tobytes()


@cache
def _slowest() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where the 64 slowest waves stand in the cosine transform, without the mean."""
    order = sorted((u + v, u, v) for u in range(HASH_SIDE) for v in range(HASH_SIDE))[1 : HASH_BITS + 1]
    return np.array([u for _sum, u, _v in order]), np.array([v for _sum, _u, v in order])


def drawn(path: Path, container: str, limit_px: int, side_px: int) -> npt.NDArray[np.uint8]:
    """The picture upright in sRGB, its longer side no longer than that: rows, columns, red, green and blue."""
    if container == "svg":
        image = pyvips.Image.svgload_buffer(svg.clean(path).text.encode())
    else:
        image = opened(path, container, limit_px)
    shrink = _shrink(image, side_px)
    if container == "jpeg" and shrink > 1:
        image = opened(path, container, limit_px, shrink)
    return _seen(image, side_px)


def of_decoded(image: pyvips.Image, decoded: pyvips.Image, shrink: int) -> Fingerprint | None:
    """The fingerprint of a JPEG that was decoded into memory at that part of its sides, for other ends.

    Where `of_still` has it decoded at an eighth, a pixel is the mean of a block, which can be taken of what is there:
    waves that are as good as equal may change places, no more. None where it has another part decoded.
    """
    if _shrink(image, LOOK_PX) != BLOCK_PX:
        return None
    left = BLOCK_PX // shrink
    return of_pixels(_seen(decoded.shrink(left, left, ceil=True) if left > 1 else decoded, LOOK_PX))


def _shrink(image: pyvips.Image, side_px: int) -> int:
    return shrink_for(side_px / max(image.width, image.height), LEFT_TO_RESIZE)


def _seen(image: pyvips.Image, side_px: int) -> npt.NDArray[np.uint8]:
    scale = min(1.0, side_px / max(image.width, image.height))
    small = image.resize(scale).copy_memory() if scale < 1 else image.copy_memory()
    small = in_gamut(small.autorot() if orientation_of(small) > 1 else small, Gamut.SRGB, 8)
    small = small.flatten(background=[255, 255, 255]) if small.hasalpha() else small
    return np.ascontiguousarray(small.colourspace("srgb").cast("uchar").numpy()[:, :, :3])
