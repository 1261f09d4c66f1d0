"""From a decoded master to finished pictures: one shrunk copy in memory serves all that are wanted."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from fractions import Fraction

import pyvips

from crosscut.media.inside.stills.colour import in_gamut
from crosscut.media.inside.stills.facts import TURNED, orientation_of
from crosscut.media.inside.stills.memory import give_back_memory
from crosscut.media.plan import crop_to
from crosscut.media.recipes import Crop, PicturePart
from crosscut.media.stills.derivatives import Derivative, Gamut, Sharpening
from crosscut.media.svg import CleanSvg

NO_LIMIT_PX = 10_000_000  # libvips' own largest side
LARGEST_DRAWING_PX = 10_000  # a drawing that may have any size keeps its own
SHRINKS = (8, 4, 2)  # what a JPEG decoder can leave out by itself
LEFT_TO_RESIZE = 0.8  # of the sides, at most, after that: the rest is done by a better filter
SHARPENED_BELOW = 0.75  # of the master's size; less shrinking leaves nothing to repair

Reopen = Callable[[int], pyvips.Image]


@dataclass(frozen=True)
class Frame:
    """What one wanted picture takes of the upright master, and the size it comes to."""

    crop: Crop
    width_px: int
    height_px: int

    @classmethod
    def of(cls, width_px: int, height_px: int, part: PicturePart) -> "Frame":
        """The frame of a part in a master of this size. Nothing is ever enlarged."""
        crop = Crop(x_px=0, y_px=0, width_px=width_px, height_px=height_px)
        if part.aspect:
            crop = crop_to(width_px, height_px, part.aspect, part.focus)
        rooms = (room(part.max_width_px, crop.width_px), room(part.max_height_px, crop.height_px))
        scale = min(Fraction(1), *rooms)
        return cls(crop, max(1, round(crop.width_px * scale)), max(1, round(crop.height_px * scale)))

    @property
    def scale(self) -> float:
        """How much of the master's size is left."""
        return max(self.width_px / self.crop.width_px, self.height_px / self.crop.height_px)


@dataclass
class Master:
    """An upright master, no larger than the largest picture wanted of it, in memory."""

    image: pyvips.Image  # in its own colours
    width_px: int  # before it was shrunk
    height_px: int
    in_gamuts: dict[Gamut, pyvips.Image] = field(default_factory=dict)  # as they are asked for

    @classmethod
    def of(cls, image: pyvips.Image, wanted: Collection[Derivative], reopened: Reopen | None = None) -> "Master":
        """The master of everything wanted, decoded here and now: top to bottom, once.

        `reopened` opens it again at a half, a quarter or an eighth of its sides, where a decoder can do so cheaply.
        """
        scale = scale_of(image, wanted)
        shrink = shrink_for(scale)
        return cls.shrunk(image, reopened(shrink) if reopened and shrink > 1 else image, scale)

    @classmethod
    def shrunk(cls, image: pyvips.Image, decoded: pyvips.Image, scale: float) -> "Master":
        """The master at that part of the image's sides, from its pixels as they were decoded, made smaller or not."""
        width_px, height_px = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        small = resized(decoded, width_px, height_px).copy_memory()
        give_back_memory()  # so that the encoders' peak does not come on top of it
        return cls(small.autorot() if orientation_of(image) > 1 else small, *_upright(image))

    def framed(self, derivative: Derivative) -> pyvips.Image:
        """One wanted picture, finished but for its encoding."""
        part = derivative.part
        frame = Frame.of(self.width_px, self.height_px, part)
        image = _deep_enough(self._in(derivative.gamut), derivative.bits)
        if part.aspect:
            image = self._cropped(image, frame.crop, by_eye=part.focus is None)
        image = resized(image, frame.width_px, frame.height_px)
        return _sharpened(image, frame.scale) if derivative.sharpening is Sharpening.SHRUNK else image

    def _in(self, gamut: Gamut) -> pyvips.Image:
        if gamut not in self.in_gamuts:
            bits = 16 if self.image.format == "ushort" else 8
            shown = in_gamut(self.image, gamut, bits)
            self.in_gamuts[gamut] = shown if shown is self.image else shown.copy_memory()
        return self.in_gamuts[gamut]

    def _cropped(self, image: pyvips.Image, crop: Crop, *, by_eye: bool) -> pyvips.Image:
        across, down = image.width / self.width_px, image.height / self.height_px
        width_px = min(image.width, max(1, round(crop.width_px * across)))
        height_px = min(image.height, max(1, round(crop.height_px * down)))
        if by_eye:
            return image.smartcrop(width_px, height_px, interesting="attention")
        left_px = min(image.width - width_px, round(crop.x_px * across))
        return image.crop(left_px, min(image.height - height_px, round(crop.y_px * down)), width_px, height_px)


def scale_of(image: pyvips.Image, wanted: Collection[Derivative]) -> float:
    """How much of the image's sides the largest of the wanted pictures needs."""
    return max(Frame.of(*_upright(image), derivative.part).scale for derivative in wanted)


def shrink_for(scale: float, left: float = LEFT_TO_RESIZE) -> int:
    """What a JPEG decoder may leave out of the sides for a picture of that scale."""
    return next((factor for factor in SHRINKS if scale * factor <= left), 1)


def _upright(image: pyvips.Image) -> tuple[int, int]:
    """Width and height as the picture is seen."""
    return (image.height, image.width) if orientation_of(image) in TURNED else (image.width, image.height)


def drawn(clean: CleanSvg, derivative: Derivative) -> pyvips.Image:
    """A drawing has no pixels of its own: it is drawn as large as it is allowed to be, before any crop."""
    part = derivative.part
    rooms = (room(part.max_width_px, clean.width_px), room(part.max_height_px, clean.height_px))
    scale = max(rooms) if part.aspect else min(rooms)
    is_limited = scale * max(clean.width_px, clean.height_px) < LARGEST_DRAWING_PX
    image = pyvips.Image.svgload_buffer(clean.text.encode(), scale=float(scale) if is_limited else 1.0)
    return Master.of(image, [derivative]).framed(derivative)


def room(limit_px: int | None, side_px: int) -> Fraction:
    """How many times the side fits into its limit."""
    return Fraction(limit_px, side_px) if limit_px else Fraction(NO_LIMIT_PX)


def resized(image: pyvips.Image, width_px: int, height_px: int) -> pyvips.Image:
    """The picture at exactly this size. Transparent parts do not bleed their hidden colour into their edges."""
    if (image.width, image.height) == (width_px, height_px):
        return image
    across, down = width_px / image.width, height_px / image.height
    if not image.hasalpha():
        return image.resize(across, vscale=down)
    return image.premultiply().resize(across, vscale=down).unpremultiply().cast(image.format)


def _deep_enough(image: pyvips.Image, bits: int) -> pyvips.Image:
    return image.colourspace("srgb") if bits == 8 and image.format == "ushort" else image


def _sharpened(image: pyvips.Image, scale: float) -> pyvips.Image:
    """Lifts edges by up to 1.2 times their height; differences below 2 of 100 in lightness, such as noise, stay."""
    if scale >= SHARPENED_BELOW:
        return image
    strength = min(1.2, 0.4 + 0.2 / max(scale, 0.05) / 2)
    return image.sharpen(sigma=0.6, x1=2, y2=8, y3=12, m1=0, m2=strength)
