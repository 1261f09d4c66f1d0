"""Makes the files of a pack: what is there stays, the rest is made with as few decodes as the memory allows."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, Unavailable
from crosscut.kernel.facts import Loudness, MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.kernel.records import as_data, canonical_json
from crosscut.media import captions as caption_files
from crosscut.media import ffmpeg, metadata, sound, stills
from crosscut.media.cache import Cache, Kept, sha256_of
from crosscut.media.carrying import carry_on
from crosscut.media.letters import letters_problem, missing_letters
from crosscut.media.packs import command, memory
from crosscut.media.packs.planning import Pack, Planned
from crosscut.media.probe import probe
from crosscut.media.recipes import Recipe, SoundPart, suffix_of
from crosscut.media.render import (
    TRIES_AT_SIZE,
    check_recipe,
    check_room,
    gain_again,
    loudness_warnings,
    lowered,
    render,
)


@dataclass(frozen=True, kw_only=True)
class Control:
    """How a caller watches and steers."""

    report: Report = ignore
    should_stop: ShouldStop = never
    should_pause: ShouldStop = never  # while it says so, FFmpeg rests and holds its memory but takes no time
    memory_bytes: int | None = None  # for FFmpeg; None is half of what is free
    on_kept: Callable[[Planned, Kept], None] = lambda planned, kept: None  # after each file that is there


@dataclass(frozen=True, kw_only=True)
class _Job:
    """What all passes over one master share."""

    path: Path
    facts: MediaFacts
    rights: metadata.Metadata
    folder: Path  # for what is half-done
    captions: Mapping[str, Path]  # by hash
    control: Control
    loudness: dict[str, Loudness] = field(default_factory=dict)  # of equal sounds, measured once

    def result(self, recipe: Recipe) -> Path:
        return self.folder / f"{recipe.digest}{suffix_of(recipe)}"


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A file on its way: the recipe as planned, and as it is tried now."""

    planned: Planned
    recipe: Recipe
    gain: sound.Gain | None
    tries: int = 0
    is_gain_corrected: bool = False

    @property
    def sound_key(self) -> str:
        return canonical_json([as_data(self.recipe.sound), as_data(self.gain)]) if self.recipe.sound else ""


def render_pack(
    path: Path,
    pack: Pack,
    cache: Cache,
    *,
    version_sha256: str = "",
    captions: Mapping[str, Path] | None = None,
    control: Control | None = None,
) -> dict[str, Kept]:
    """The files of the pack in the cache, by the digests of their recipes.

    Each is there whole or not at all, and what was there before is not made again: an interrupted pack goes on where it
    was. `captions` are the caption files by SHA-256. A lack of memory halves the number of files made at once. Raises
    what `render` raises; files that were finished before stay in the cache.
    """
    steer = control or Control()
    version = version_sha256 or sha256_of(path)
    found: dict[str, Kept] = {}

    def keep(planned: Planned, kept: Kept) -> None:
        found[planned.recipe.digest] = kept
        steer.on_kept(planned, kept)

    with cache.making(version, should_stop=steer.should_stop):
        missing = []
        for planned in pack.files:
            if kept := cache.find(version, planned.recipe):
                keep(planned, kept)
            else:
                missing.append(planned)
        if missing:
            with tempfile.TemporaryDirectory(dir=cache.folder, prefix=".making-", ignore_cleanup_errors=True) as folder:
                job = _job(path, Path(folder), captions or {}, steer)
                for planned, made, facts in _made(job, missing):
                    keep(planned, cache.keep(version, planned.recipe, made, facts))
        cache.sweep(spare=[kept.path for kept in found.values()])
    steer.report(Progress(done=Fraction(1), label="Done"))
    return found


def _job(path: Path, folder: Path, captions: Mapping[str, Path], control: Control) -> _Job:
    rights = stills.kept_fields(metadata.read(path))
    return _Job(
        path=path.resolve(), facts=probe(path), rights=rights, folder=folder, captions=captions, control=control
    )


def _made(job: _Job, missing: Sequence[Planned]) -> Iterator[tuple[Planned, Path, MediaFacts | None]]:
    films = [planned for planned in missing if planned.recipe.picture is None]
    for planned in missing:
        if planned.recipe.picture is not None:
            made = job.result(planned.recipe)
            yield planned, made, render(job.path, planned.recipe, made, should_stop=job.control.should_stop)
    yield from _films(job, films)


def _films(job: _Job, films: Sequence[Planned]) -> Iterator[tuple[Planned, Path, MediaFacts | None]]:
    drafts = _drafts(job, films)
    budget_bytes = job.control.memory_bytes or memory.free_bytes()
    while drafts:
        by_digest = {draft.recipe.digest: draft for draft in drafts}
        batches = memory.batches(job.facts, [draft.recipe for draft in drafts], budget_bytes)
        drafts = []
        for number, batch in enumerate(batches):
            progress = _Part(number=number, count=len(batches), report=job.control.report)
            for draft in _encode_or_halve(job, [by_digest[recipe.digest] for recipe in batch], progress):
                again = _again(job, draft)
                if again:
                    drafts.append(again)
                else:
                    yield draft.planned, job.result(draft.recipe), _facts(job, draft)


def _drafts(job: _Job, films: Sequence[Planned]) -> list[_Draft]:
    gains: dict[tuple[object, ...], sound.Gain] = {}
    drafts = []
    for planned in films:
        recipe = planned.recipe
        check_recipe(recipe, job.facts, job.captions.get(recipe.beside[0]) if recipe.beside else None)
        part, gain = recipe.sound, None
        if part and part.codec != "copy" and part.loudness_lufs is not None:
            key = (part.loudness_lufs, part.max_true_peak_dbtp, part.channels)
            gain = gains[key] = gains.get(key) or _gain(job, part, part.loudness_lufs)
        drafts.append(_Draft(planned=planned, recipe=recipe, gain=gain))
    return drafts


def _gain(job: _Job, part: SoundPart, target_lufs: float) -> sound.Gain:
    job.control.report(Progress(done=Fraction(0), label="Measuring the loudness"))
    return sound.normalise(
        job.path,
        target_lufs,
        max_true_peak_dbtp=part.max_true_peak_dbtp,
        channels=part.channels,
        should_stop=job.control.should_stop,
    )


# One pass


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Which pass of how many this is, told as one whole."""

    number: int
    count: int
    report: Report


def _encode_or_halve(job: _Job, drafts: Sequence[_Draft], part: _Part) -> list[_Draft]:
    """The drafts, encoded in one pass; in two halves, and so on, when the memory does not suffice."""
    try:
        _encode(job, drafts, part)
    except Unavailable as fault:
        if len(drafts) == 1 or fault.problems[0].code != ffmpeg.OUT_OF_MEMORY:
            raise
        middle = len(drafts) // 2
        return [*_encode_or_halve(job, drafts[:middle], part), *_encode_or_halve(job, drafts[middle:], part)]
    return list(drafts)


def _encode(job: _Job, drafts: Sequence[_Draft], part: _Part) -> None:
    check_room(job.folder, sum(draft.planned.facts.size_bytes for draft in drafts) // 4)
    outputs = [_output(job, draft) for draft in drafts]
    length_s, began, noun = job.facts.duration_s, time.monotonic(), "file" if len(drafts) == 1 else "files"

    def on_time(done_s: Fraction) -> None:
        done = min(Fraction(99, 100), done_s / length_s) if length_s else Fraction(0)
        label = f"Encoding {len(drafts)} {noun} at once{time_left(done, time.monotonic() - began)}"
        part.report(Progress(done=(part.number + done) / part.count, label=label))

    ffmpeg.run(
        job.path,
        command.arguments(job.path, job.facts, outputs, job.rights),
        cwd=job.folder,
        on_time=on_time,
        should_stop=job.control.should_stop,
        should_pause=job.control.should_pause,
    )
    for output in outputs:
        carry_on(output.result, job.rights)


def time_left(done: Fraction, spent_s: float) -> str:
    """How long it will still take at the present pace, for a person; empty while that cannot be known.

    >>> time_left(Fraction(1, 4), 30), time_left(Fraction(1, 2), 600), time_left(Fraction(0), 9)
    (', 90 s left', ', 10 min left', '')
    """
    if done <= Fraction(1, 100):
        return ""
    left_s = spent_s * float((1 - done) / done)
    return f", {left_s:.0f} s left" if left_s < 120 else f", {left_s / 60:.0f} min left"


def _output(job: _Job, draft: _Draft) -> command.Output:
    recipe, name = draft.recipe, ""
    if recipe.video and recipe.video.burns_captions:
        name = _script_name(recipe)
        cues = caption_files.read(job.captions[recipe.beside[0]])
        ass = caption_files.to_ass(cues, recipe.video.width_px, recipe.video.height_px)
        (job.folder / name).write_text(ass, encoding="utf-8")
    return command.Output(recipe=recipe, gain=draft.gain, result=job.result(recipe), captions=name)


def _script_name(recipe: Recipe) -> str:
    size = f"{recipe.video.width_px}x{recipe.video.height_px}" if recipe.video else ""
    return f"{recipe.beside[0]}-{size}.ass"


# Is it what was asked for?


def _again(job: _Job, draft: _Draft) -> _Draft | None:
    """The draft as it has to be tried once more: over its size, or off its loudness; None when it is good."""
    made, limit = job.result(draft.recipe), draft.recipe.max_size_bytes
    if limit is not None and made.stat().st_size > limit:
        if draft.tries + 1 >= TRIES_AT_SIZE:
            message = phrase(
                "The file cannot be brought under {limit:,} bytes with these settings: shorten it.", limit=limit
            )
            raise Invalid.at(job.path.name, message, code="media.does_not_fit")
        recipe = lowered(draft.recipe, made.stat().st_size, job.facts)
        return replace(draft, recipe=recipe, tries=draft.tries + 1)
    if draft.gain is None or draft.is_gain_corrected:
        return None
    gain = gain_again(draft.recipe, draft.gain, _loudness(job, draft))
    return replace(draft, gain=gain, is_gain_corrected=True) if gain else None


def _loudness(job: _Job, draft: _Draft) -> Loudness:
    key = draft.sound_key
    if key not in job.loudness:
        made = job.result(draft.recipe)
        job.loudness[key] = sound.measure_loudness(made, should_stop=job.control.should_stop)
    return job.loudness[key]


def _facts(job: _Job, draft: _Draft) -> MediaFacts:
    made = probe(job.result(draft.recipe))
    if draft.recipe.video and draft.recipe.video.burns_captions:
        script = (job.folder / _script_name(draft.recipe)).read_text(encoding="utf-8")
        if missing := missing_letters(script, job.folder, should_stop=job.control.should_stop):
            made = replace(made, warnings=(*made.warnings, letters_problem(missing)))
    if draft.gain is None:
        return made
    found = _loudness(job, draft)
    warnings = (*made.warnings, *loudness_warnings(draft.recipe, draft.gain, found))
    return replace(made, loudness=found, warnings=warnings)
