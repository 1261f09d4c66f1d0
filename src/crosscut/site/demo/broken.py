"""Files that must stay out of a library, made from good ones: what a person's folder really holds."""

from pathlib import Path

NAMES = ("cut-short.jpg", "empty.mp4", "not-a-picture.jpg", "half-a-film.mp4")


def make(folder: Path, media: Path) -> Path:
    """The folder, filled with a picture cut short, an empty film, words named as a picture and half a film."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = next(path for path in sorted(media.glob("*.jpg")) if path.stat().st_size > 50_000)
    film = next(iter(sorted(media.glob("*.mp4"))))
    (folder / "cut-short.jpg").write_bytes(picture.read_bytes()[: picture.stat().st_size // 3])
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "not-a-picture.jpg").write_bytes(b"These are words and no picture.\n" * 40)
    (folder / "half-a-film.mp4").write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    return folder
