"""The few real files behind thousands of seeded assets: drawn here, stored once."""

import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from crosscut.apps.library import storage
from crosscut.kernel.records import as_data
from crosscut.media import probe

_COLOURS = ("#0b6e6e", "#8a3b12", "#30457f")


@dataclass(frozen=True, kw_only=True)
class SeedFile:
    """A stored file with its thumbnail."""

    kind: str  # "image", "audio"
    filename: str
    media_type: str
    sha256: str
    size_bytes: int
    facts: dict[str, Any]  # kernel MediaFacts as data
    thumbnail_sha256: str
    thumbnail_size_bytes: int
    thumbnail_facts: dict[str, Any]


def seed_files() -> list[SeedFile]:
    """A picture and a sound, each with a thumbnail, in the library's storage."""
    with tempfile.TemporaryDirectory() as folder:
        picture = _picture(Path(folder) / "picture.jpg", (1600, 1067))
        small = _picture(Path(folder) / "small.jpg", (480, 320))
        return [_stored("image", picture, small), _stored("audio", _silence(Path(folder) / "sound.wav"), small)]


def _stored(kind: str, path: Path, thumbnail: Path) -> SeedFile:
    facts, small = probe(path), probe(thumbnail)
    kept, kept_small = storage.keep(path), storage.keep(thumbnail)
    return SeedFile(
        kind=kind,
        filename=path.name,
        media_type=facts.media_type,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        facts=as_data(facts),
        thumbnail_sha256=kept_small.sha256,
        thumbnail_size_bytes=kept_small.size_bytes,
        thumbnail_facts=as_data(small),
    )


def _picture(path: Path, size: tuple[int, int]) -> Path:
    image = Image.new("RGB", size, _COLOURS[0])
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.ellipse((width * 0.2, height * 0.2, width * 0.6, height * 0.8), fill=_COLOURS[1])
    draw.rectangle((width * 0.5, height * 0.4, width * 0.9, height * 0.9), fill=_COLOURS[2])
    image.save(path, quality=85)
    return path


def _silence(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 8000, "NONE", "not compressed"))
        file.writeframes(b"\0\0" * 8000)
    return path
