"""Writes iTunes tags and a cover into an M4A. Chapters are written before, by FFmpeg, and stay."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from mutagen import mp4 as mutagen_mp4

from crosscut.media.recipes import Episode

mp4: Any = mutagen_mp4  # it is only half typed


def tag(path: Path, episode: Episode, cover: Path | None, duration_s: Fraction) -> int:
    """Replaces the tags of the file; returns how many were written. The duration is that of the chapters before it."""
    file = mp4.MP4(path)
    file.delete()
    texts = {
        "\xa9nam": episode.title,
        "\xa9alb": episode.show,
        "\xa9ART": episode.author,
        "cprt": episode.copyright,
        "desc": episode.description[:255],  # the short one is a single line
        "ldes": episode.description,
        "\xa9day": episode.published_on.isoformat() if episode.published_on else "",
        "\xa9gen": "Podcast",
        "purl": episode.link,
        "----:com.apple.iTunes:LANGUAGE": episode.language,
    }
    tags = mp4.MP4Tags()
    for name, text in texts.items():
        if text:
            tags[name] = [text.encode()] if name.startswith("----") else [text]
    tags["pcst"] = True
    if episode.number:
        tags["trkn"] = [(episode.number, 0)]
    if cover:
        tags["covr"] = [mp4.MP4Cover(cover.read_bytes(), imageformat=mp4.MP4Cover.FORMAT_JPEG)]
    file.tags = tags
    file.save()
    return len(tags)
