"""Writes ID3v2.4 tags, chapters (ID3v2 Chapter Frame Addendum 1.0) and a cover into an MP3."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from mutagen import id3 as mutagen_id3

from crosscut.media.recipes import Chapter, Episode

id3: Any = mutagen_id3  # it is only half typed

FRONT_COVER = 3  # ID3v2.4 APIC picture type


def tag(path: Path, episode: Episode, cover: Path | None, duration_s: Fraction) -> int:
    """Replaces the tags of the file; returns how many frames were written."""
    tags = id3.ID3()
    texts = (
        (id3.TIT2, episode.title),
        (id3.TALB, episode.show),
        (id3.TPE1, episode.author),
        (id3.TCOP, episode.copyright),
        (id3.TLAN, episode.language),
        (id3.TRCK, str(episode.number or "")),
        (id3.TDRC, episode.published_on.isoformat() if episode.published_on else ""),
        (id3.TCON, "Podcast"),
    )
    for frame, text in texts:
        if text:
            tags.add(frame(encoding=id3.Encoding.UTF8, text=[text]))
    if episode.description:
        tags.add(id3.COMM(encoding=id3.Encoding.UTF8, lang="XXX", desc="", text=[episode.description]))
    if episode.link:
        tags.add(id3.WOAF(url=episode.link))
    if cover:
        data = cover.read_bytes()
        tags.add(id3.APIC(encoding=id3.Encoding.UTF8, mime="image/jpeg", type=FRONT_COVER, desc="Cover", data=data))
    _add_chapters(tags, episode.chapters, duration_s)
    tags.save(path, v2_version=4)
    return len(tags)


def _add_chapters(tags: Any, chapters: tuple[Chapter, ...], duration_s: Fraction) -> None:
    """Each chapter lasts until the next begins."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start_s)
    if not ordered:
        return
    names = [f"chapter{number}" for number in range(1, len(ordered) + 1)]
    edges = [round(chapter.start_s * 1000) for chapter in ordered] + [round(duration_s * 1000)]
    for name, chapter, (start_ms, end_ms) in zip(names, ordered, pairwise(edges), strict=True):
        inside = [id3.TIT2(encoding=id3.Encoding.UTF8, text=[chapter.title])]
        if chapter.link:
            inside.append(id3.WXXX(encoding=id3.Encoding.UTF8, desc="link", url=chapter.link))
        tags.add(id3.CHAP(element_id=name, start_time=start_ms, end_time=max(start_ms, end_ms), sub_frames=inside))
    flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    tags.add(id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))


def as_id3v23(path: Path) -> int:
    """Writes the tags again in the older form; returns how many frames they have."""
    tags = id3.ID3(path)
    tags.update_to_v23()
    tags.save(path, v2_version=3)
    return len(tags)
