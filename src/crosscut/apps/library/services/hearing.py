"""What was heard of a sound when it came in: kept with its version, and drawn without decoding it again."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from crosscut.apps.library import storage
from crosscut.apps.library.models import Version
from crosscut.apps.library.services.derive import facts_of, note
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, from_data
from crosscut.media.plan import thumbnail, waveform
from crosscut.media.recipes import Recipe, suffix_of
from crosscut.media.render import PICTURE_BARS, waveform_json, waveform_svg
from crosscut.media.sound import SoundAnalysis
from crosscut.media.stills import derive as derive_still

Peaks = Sequence[tuple[int, int]]


def heard_in(version: Version) -> SoundAnalysis | None:
    """What was heard of the version's sound, without its peaks: those are its waveform. None for what has no sound."""
    return from_data(SoundAnalysis, version.heard) if version.heard else None


def without_peaks(heard: SoundAnalysis | None) -> dict[str, Any] | None:
    """As a version keeps it."""
    return as_data(replace(heard, peaks=())) if heard else None


def keep_shape(version: Version, peaks: Peaks) -> None:
    """The waveform, and of what cannot be seen the small picture, made from peaks that are known already."""
    facts = facts_of(version)
    with (
        storage.plain_disk_errors(phrase("draw the sound")),
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as name,
    ):
        if recipe := waveform(facts):
            path = Path(name) / f"waveform{suffix_of(recipe)}"
            path.write_text(waveform_json(facts, peaks), encoding="utf-8")
            note(version, recipe, storage.keep(path), purpose="waveform", made=(recipe, None))
        if recipe := _drawn(facts):
            path = _draw(recipe, peaks, Path(name))
            note(version, recipe, storage.keep(path), purpose="thumbnail", made=(recipe, None))


def _drawn(facts: MediaFacts) -> Recipe | None:
    """The thumbnail where it is a drawing of the sound; None where there is a picture or a cover to show."""
    return None if facts.video or facts.picture else thumbnail(facts)


def _draw(recipe: Recipe, peaks: Peaks, folder: Path) -> Path:
    drawing, made = folder / "waveform.svg", folder / f"thumbnail{suffix_of(recipe)}"
    drawing.write_text(waveform_svg(fewer(peaks, PICTURE_BARS)), encoding="utf-8")
    if recipe.picture:
        derive_still(drawing, recipe.picture, made, media_type=recipe.media_type)
    return made


def fewer(peaks: Peaks, count: int) -> list[tuple[int, int]]:
    """The peaks of so many equal stretches at most.

    >>> fewer([(-1, 1), (-3, 2), (0, 0), (-1, 5)], 2)
    [(-3, 2), (-1, 5)]
    """
    step = -(-len(peaks) // count) if peaks else 1
    runs = (peaks[at : at + step] for at in range(0, len(peaks), step))
    return [(min(low for low, _ in run), max(high for _, high in run)) for run in runs]
