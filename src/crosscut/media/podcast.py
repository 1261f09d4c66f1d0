"""Finishes a podcast episode: loudness, MP3, tags, chapters and cover in one file."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.media import capped, stills
from crosscut.media.probe import probe
from crosscut.media.recipes import PicturePart, Purpose, Recipe, SoundPart
from crosscut.media.render import render

STEREO_LUFS = -16.0  # AES TD1008 (2021), speech and mixed content; Apple Podcasts asks for -16 +-1 too
MONO_LUFS = -19.0  # the same loudness to the ear, from one channel
TRUE_PEAK_DBTP = -1.0
COVER_PX = 1400  # Apple Podcasts, artwork requirements: 1400 to 3000, square


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A part of an episode that can be jumped to."""

    start_s: Fraction
    title: str
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """What the file says about itself."""

    title: str
    show: str = ""
    author: str = ""
    description: str = ""
    copyright: str = ""
    language: str = ""  # BCP 47
    number: int | None = None
    published_on: date | None = None
    link: str = ""
    chapters: tuple[Chapter, ...] = ()


def finish(
    path: Path,
    episode: Episode,
    out: Path,
    *,
    cover: Path | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MediaFacts:
    """The facts of the finished MP3 at `out`: -16 LUFS in stereo, -19 in mono, true peak at most -1 dBTP.

    A target that was missed is a warning in the facts. Raises what `render` raises; nothing half-done is left.
    """
    facts = probe(path)
    if not facts.audio:
        raise Unsupported(f"{path.name} has no sound.")
    recipe = _recipe(facts.audio[0].channels)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".making-", ignore_cleanup_errors=True) as folder:
        draft = Path(folder) / "episode.mp3"
        made = render(path, recipe, draft, report=report, should_stop=should_stop)
        picture = _square(cover, Path(folder) / "cover.jpg", should_stop)
        capped.call(
            "podcast:tag", int, path=draft, episode=episode, cover=picture, duration_s=facts.duration_s or Fraction(0)
        )
        tagged = probe(draft)
        draft.replace(out)
    return replace(tagged, warnings=made.warnings if made else ())


def _recipe(channels: int) -> Recipe:
    is_mono = channels == 1
    part = SoundPart(
        codec="mp3",
        rate_hz=44_100,
        channels=1 if is_mono else 2,
        bit_rate_bps=96_000 if is_mono else 128_000,
        loudness_lufs=MONO_LUFS if is_mono else STEREO_LUFS,
        max_true_peak_dbtp=TRUE_PEAK_DBTP,
    )
    return Recipe(purpose=Purpose.POST, media_type="audio/mpeg", sound=part)


def _square(cover: Path | None, out: Path, should_stop: ShouldStop) -> Path | None:
    if cover is None:
        return None
    part = PicturePart(max_width_px=COVER_PX, max_height_px=COVER_PX, aspect=Fraction(1), max_size_bytes=500_000)
    stills.derive(cover, part, out, should_stop=should_stop)
    return out


def chapters_json(chapters: Sequence[Chapter]) -> Mapping[str, Any]:
    """The chapters as the Podcasting 2.0 JSON chapters format, version 1.2.0, wants them.

    >>> chapters_json([Chapter(start_s=Fraction(3, 2), title="Reef")])
    {'version': '1.2.0', 'chapters': [{'startTime': 1.5, 'title': 'Reef'}]}
    """
    items = [
        {"startTime": float(chapter.start_s), "title": chapter.title} | ({"url": chapter.link} if chapter.link else {})
        for chapter in sorted(chapters, key=lambda chapter: chapter.start_s)
    ]
    return {"version": "1.2.0", "chapters": items}
