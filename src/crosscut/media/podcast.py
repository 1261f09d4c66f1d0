"""Finishes a podcast episode: loudness, MP3, tags, chapters and cover in one file."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import Loudness, MediaFacts
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.media import capped, stills
from crosscut.media.probe import probe
from crosscut.media.recipes import Chapter, Episode, PicturePart, Purpose, Recipe, SoundPart
from crosscut.media.render import render

STEREO_LUFS = -16.0  # AES TD1008 (2021), speech and mixed content; Apple Podcasts asks for -16 +-1 too
MONO_LUFS = -19.0  # the same loudness to the ear, from one channel
TRUE_PEAK_DBTP = -1.0
TOLERANCE_LU = 1.0  # Apple Podcasts, audio requirements: -16 dB LKFS with a tolerance of 1 dB
COVER_PX = 1400  # Apple Podcasts, artwork requirements: 1400 to 3000, square


def plan_episode(facts: MediaFacts, episode: Episode, *, cover_sha256: str = "") -> Recipe:
    """How to finish the master as an episode. An MP3 that is as loud as it should be is only tagged, not encoded anew.

    Raises Unsupported when there is no sound.
    """
    if not facts.audio:
        raise Unsupported("An episode needs sound, and this file has none.")
    part, reasons = _sound(facts)
    return Recipe(
        purpose=Purpose.POST,
        media_type="audio/mpeg",
        sound=part,
        episode=episode,
        beside=(cover_sha256,) if cover_sha256 else (),
        reasons=(*reasons, "what it is called is written into the file"),
    )


def finish(
    path: Path,
    recipe: Recipe,
    out: Path,
    *,
    cover: Path | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MediaFacts:
    """The facts of the finished MP3 at `out`: -16 LUFS in stereo, -19 in mono, true peak at most -1 dBTP, with tags.

    `recipe` comes from `plan_episode`. A target that was missed is a warning in the facts. Raises what `render`
    raises, and Invalid for a recipe of something else; nothing half-done is left.
    """
    if recipe.episode is None:
        raise Invalid("This recipe makes no episode: use the one that plan_episode gives.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".making-", ignore_cleanup_errors=True) as folder:
        draft = Path(folder) / "episode.mp3"
        made = render(path, recipe, draft, report=report, should_stop=should_stop)
        picture = _square(cover, Path(folder) / "cover.jpg", should_stop)
        length_s = (made.duration_s if made else None) or Fraction(0)
        capped.call("podcast:tag", int, path=draft, episode=recipe.episode, cover=picture, duration_s=length_s)
        tagged = probe(draft)
        draft.replace(out)
    return replace(tagged, loudness=made.loudness, warnings=made.warnings) if made else tagged


def _sound(facts: MediaFacts) -> tuple[SoundPart, list[str]]:
    stream = facts.audio[0]
    is_mono = stream.channels == 1
    target_lufs = MONO_LUFS if is_mono else STEREO_LUFS
    if facts.media_type == "audio/mpeg" and stream.channels <= 2 and _is_loud_as(facts.loudness, target_lufs):
        return SoundPart(codec="copy"), []
    part = SoundPart(
        codec="mp3",
        rate_hz=44_100,
        channels=1 if is_mono else 2,
        bit_rate_bps=96_000 if is_mono else 128_000,
        loudness_lufs=target_lufs,
        max_true_peak_dbtp=TRUE_PEAK_DBTP,
    )
    becomes = [f"{stream.codec} becomes mp3"] if stream.codec != "mp3" else []
    return part, [*becomes, f"the loudness is brought to {target_lufs} LUFS"]


def _is_loud_as(found: Loudness | None, target_lufs: float) -> bool:
    """Whether apps would leave it as it is: Apple asks for the target within 1 LU. What was never measured is not."""
    is_near = found is not None and abs(found.integrated_lufs - target_lufs) <= TOLERANCE_LU
    return is_near and found is not None and found.true_peak_dbtp <= TRUE_PEAK_DBTP


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


def read_chapters(text: str) -> tuple[Chapter, ...]:
    """The chapters of a file in that format; those without a title are left out. Raises Invalid.

    >>> read_chapters('{"version": "1.2.0", "chapters": [{"startTime": 1.5, "title": "Reef"}]}')
    (Chapter(start_s=Fraction(3, 2), title='Reef', link=''),)
    """
    try:
        return tuple(
            Chapter(start_s=Fraction(str(item["startTime"])), title=str(item["title"]), link=str(item.get("url") or ""))
            for item in json.loads(text)["chapters"]
            if item.get("title")
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Invalid.at("chapters", "These are no chapters in the JSON chapters format.") from fault
