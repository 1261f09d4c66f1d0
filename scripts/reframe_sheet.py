"""Makes the picture of docs/howto/reframe.md anew from the worked example: .venv/bin/python scripts/reframe_sheet.py"""

import subprocess
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageDraw

from crosscut.media import derive
from crosscut.media.ffmpeg import program
from crosscut.media.recipes import Crop, PicturePart
from crosscut.media.reframe import look, plan_camera, suggest_crops

ROOT = Path(__file__).parents[1]
MEDIA, SHEET = ROOT / "examples" / "reef" / "media", ROOT / "docs" / "images" / "reframe.png"
FROM_S, LENGTH_S, MOMENTS_S = 9.5, 3, (0.2, 1.2, 2.2, 2.8)  # a stretch of the film, and moments in it
HEIGHT, GAP, FRAME, TALL = 200, 12, (251, 191, 36), Fraction(9, 16)


def shown(picture: Image.Image, crop: Crop) -> list[Image.Image]:
    """The whole with the window drawn on it, and the window alone."""
    box = (crop.x_px, crop.y_px, crop.x_px + crop.width_px, crop.y_px + crop.height_px)
    whole, alone = picture.convert("RGB"), picture.convert("RGB").crop(box)
    ImageDraw.Draw(whole).rectangle(box, outline=FRAME, width=max(3, picture.height // 100))
    return [one.resize((round(one.width * HEIGHT / one.height), HEIGHT)) for one in (whole, alone)]


def pairs(folder: Path) -> Iterator[list[Image.Image]]:
    film, still, ffmpeg = folder / "film.mp4", folder / "still.png", [program(), "-loglevel", "error", "-y"]
    encoding = f"-t {LENGTH_S} -c:v libx264 -preset ultrafast -crf 10 -threads 1 -an".split()
    subprocess.run([*ffmpeg, "-ss", str(FROM_S), "-i", MEDIA / "meadow.mp4", *encoding, film], check=True)
    camera = plan_camera(look(film), TALL)
    for moment_s in MOMENTS_S:
        subprocess.run([*ffmpeg, "-ss", str(moment_s), "-i", film, "-frames:v", "1", still], check=True)
        yield shown(Image.open(still), camera.crop_at(Fraction(moment_s)))
    for name in ("leaf", "old-town"):
        derive(MEDIA / f"{name}.jpg", PicturePart(), folder / "upright.jpg")  # as it is seen
        for found in suggest_crops(folder / "upright.jpg", [TALL, Fraction(1)]):
            yield shown(Image.open(folder / "upright.jpg"), found.crop)


def sheet(out: Path) -> None:
    """Draws all pairs, two a row, into the file."""
    with tempfile.TemporaryDirectory() as name:
        found = list(pairs(Path(name)))
    rows = [one + two for one, two in zip(found[::2], found[1::2], strict=True)]
    width_px = max(sum(one.width + GAP for one in row) for row in rows) + GAP
    drawn = Image.new("RGB", (width_px, len(rows) * (HEIGHT + GAP) + GAP), "white")
    for number, row in enumerate(rows):
        for index, one in enumerate(row):
            left_px = GAP + sum(before.width + GAP for before in row[:index])
            drawn.paste(one, (left_px, GAP + number * (HEIGHT + GAP)))
    drawn.quantize(256).save(out, optimize=True)


if __name__ == "__main__":
    sheet(SHEET)
