"""Photographs of 12 megapixels, each another file, with the size and the metadata that a camera gives them."""

from pathlib import Path

import pyexiv2
import pyvips

WIDTH_PX, HEIGHT_PX = 4000, 3000


def make_photos(folder: Path, count: int, *, first: int = 0) -> list[Path]:
    """So many JPEGs of about 4 MB, numbered from the first on; another number is another picture."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_make(folder / f"IMG_{number:04}.jpg", number) for number in range(first, first + count)]


def _make(path: Path, seed: int) -> Path:
    coarse = pyvips.Image.gaussnoise(WIDTH_PX // 40, HEIGHT_PX // 40, mean=120, sigma=60, seed=seed)
    shapes = coarse.resize(40, kernel="cubic")
    grain = pyvips.Image.gaussnoise(WIDTH_PX, HEIGHT_PX, mean=0, sigma=7, seed=seed + 1)
    light = (shapes + grain).crop(0, 0, WIDTH_PX, HEIGHT_PX)
    picture = light.bandjoin([light * 0.8 + 20, light * 0.6 + 50]).cast("uchar").copy(interpretation="srgb")
    picture.jpegsave(str(path), Q=90)
    with pyexiv2.Image(str(path)) as image:
        camera = {"Exif.Image.Make": "Canon", "Exif.Image.Model": "EOS R6", "Exif.Photo.ISOSpeedRatings": "400"}
        image.modify_exif(camera)
        about = {"Xmp.dc.title": f"Reef {seed}", "Xmp.dc.creator": "Rosa Diaz", "Xmp.dc.subject": "reef, fish"}
        image.modify_xmp(about)
    return path
