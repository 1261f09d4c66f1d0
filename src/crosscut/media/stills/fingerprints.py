"""What a picture looks like in a few numbers: to find it again saved anew, made smaller, cut or in another file.

A hash is 64 bits: which of the 64 slowest waves of a picture's brightness (its cosine transform at 32 x 32, without the
mean) are above their median. Saving anew and scaling flip a few of the bits; another picture differs in about half. A
hash of 0 stands for "nothing to see": a picture of one colour looks like every other of one colour.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.sniff import SizeLimits, sniff

MAKER = 2  # raise it when the same file would come out differently
PARTS = 16  # hashes beside the one of the whole
FRAMES = 8  # of a film, spread evenly; the rest of its parts is 0


@dataclass(frozen=True, kw_only=True)
class Swatch:
    """One of a picture's few main colours."""

    hex: str  # "#1e6f8a"
    share: float  # of the picture, 0 to 1


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """What a picture or film looks like."""

    whole: int  # hash of the whole still, 0 to 2**64 - 1; 0 of a film
    parts: tuple[int, ...]  # PARTS hashes: of a still its usual crops (`windows`), of a film its frames (`moments`)
    sketch_hex: str  # grey levels, row by row, longest side SKETCH_PX; the first byte is the width; empty for a film
    colours: tuple[Swatch, ...]  # the largest first


def fingerprint(path: Path, *, should_stop: ShouldStop = never) -> Fingerprint:
    """What the still or film looks like. A JPEG is decoded at an eighth of its sides where that is enough.

    Raises Unsupported for what has no picture, Damaged when it cannot be read, Invalid when it has too many pixels.
    """
    sniffed = sniff(path)
    if sniffed.kind is Kind.VIDEO:
        return capped.call(
            "films.fingerprints:of_film", Fingerprint, caps=ANALYSE, should_stop=should_stop, path=path, frames=FRAMES
        )
    if sniffed.kind not in (Kind.IMAGE, Kind.DOCUMENT):
        raise Unsupported(phrase("{name} has no picture.", name=path.name))
    return capped.call(
        "stills.fingerprints:of_still",
        Fingerprint,
        should_stop=should_stop,
        path=path,
        container=sniffed.container,
        limit_px=SizeLimits().picture_px,
    )


def pixels_sha256(path: Path) -> str:
    """The SHA-256 of the still's pixels, upright and in sRGB: the same for the same picture in whatever file.

    Reads every pixel: ask only about pictures whose hashes are alike. Raises as `fingerprint` does.
    """
    return capped.call(
        "stills.fingerprints:pixels", str, path=path, container=sniff(path).container, limit_px=SizeLimits().picture_px
    )


def moments(duration_s: Fraction) -> list[Fraction]:
    """When the frames are that stand for a film of this length.

    >>> [str(at_s) for at_s in moments(Fraction(16))]
    ['1', '3', '5', '7', '9', '11', '13', '15']
    """
    return [duration_s * (2 * number + 1) / (2 * FRAMES) for number in range(FRAMES)]


def distance_bits(one: int, other: int) -> int:
    """How many of the 64 bits differ: up to 8 is the same picture, about 32 another one.

    >>> distance_bits(0b1011, 0b0010)
    2
    """
    return (one ^ other).bit_count()
