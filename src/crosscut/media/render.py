"""Makes the file that a recipe describes. What is at the target before stays until the new file is whole."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Damaged, Invalid, Problem, Unavailable, Unsupported
from crosscut.kernel.facts import Loudness, MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.kernel.records import canonical_json
from crosscut.media import captions as caption_files
from crosscut.media import ffmpeg, metadata, sound, stills
from crosscut.media.beside import making_beside
from crosscut.media.caps import RENDER
from crosscut.media.carrying import carry_on
from crosscut.media.letters import letters_problem, missing_letters
from crosscut.media.metadata import Metadata
from crosscut.media.probe import probe
from crosscut.media.recipes import Purpose, Recipe, suffix_of

TRIES_AT_SIZE = 4
LOWER = Fraction(85, 100)  # of the bit rate, when a file came out too large
SOUND_SLACK_LU = 0.2  # encoders change the level (LAME takes 0.4 dB at 128 kb/s): beyond this it is encoded once more
VIDEO_SLACK_LU = 0.5  # the same where that costs a whole film
WAVEFORM_BUCKETS = 1800  # two per pixel of a wide player
PICTURE_BARS = 120


@dataclass(frozen=True, kw_only=True)
class Job:
    """Everything one rendering works with."""

    path: Path  # the master
    recipe: Recipe
    facts: MediaFacts  # of the master
    folder: Path  # for what is half-done; beside the target, gone afterwards
    captions: Path | None
    report: Report
    should_stop: ShouldStop

    @property
    def result(self) -> Path:
        """Where the finished file is until it is moved."""
        return self.folder / f"result{suffix_of(self.recipe)}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is known of a made file beside what a probe finds."""

    warnings: tuple[Problem, ...] = ()
    loudness: Loudness | None = None  # where it was measured on the way


def render(
    path: Path,
    recipe: Recipe,
    out: Path,
    *,
    captions: Path | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MediaFacts | None:
    """The facts of the file that was made at `out`; None for JSON.

    `captions` is an SRT or WebVTT file and is needed by a recipe that burns them in. The facts have the loudness where
    the recipe sets one; a target that was missed and letters that no font here has are warnings in them. Raises Damaged
    (the master), Invalid or Unsupported (the recipe does not fit it), Unavailable (disk full) or Cancelled; then
    nothing is left behind and `out` is as it was.
    """
    facts = probe(path)
    check_recipe(recipe, facts, captions)
    with making_beside(out) as folder:
        job = Job(
            path=path.resolve(),
            recipe=recipe,
            facts=facts,
            folder=folder,
            captions=captions,
            report=report,
            should_stop=should_stop,
        )
        outcome = _maker(recipe)(job)
        made = None if recipe.purpose is Purpose.WAVEFORM else probe(job.result)
        job.result.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    if made is None:
        return None
    return replace(made, loudness=outcome.loudness, warnings=(*made.warnings, *outcome.warnings))


def check_recipe(recipe: Recipe, facts: MediaFacts, captions_path: Path | None) -> None:
    """Raises Unsupported, Unavailable or Invalid when the recipe cannot be made of this master here."""
    if recipe.video and not facts.video:
        raise Unsupported(phrase("The recipe asks for moving pictures and the master has none."))
    if (recipe.sound or recipe.purpose is Purpose.WAVEFORM) and not facts.audio:
        raise Unsupported(phrase("The recipe asks for sound and the master has none."))
    if recipe.video and recipe.video.burns_captions and not ffmpeg.has_fonts():
        raise Unavailable(
            phrase("Captions cannot be burnt in: no font is installed. Install one, such as fonts-dejavu-core.")
        )
    if recipe.video and recipe.video.burns_captions and captions_path is None:
        raise Invalid.at(
            "captions", phrase("The recipe burns captions in: give the caption file."), code="captions.missing"
        )


def _maker(recipe: Recipe) -> Callable[[Job], Outcome]:
    if recipe.purpose is Purpose.WAVEFORM:
        return _make_peaks
    return _make_picture if recipe.picture else _make_film


# Pictures and peaks


def _make_peaks(job: Job) -> Outcome:
    pairs = sound.peaks(job.path, WAVEFORM_BUCKETS, should_stop=job.should_stop)
    job.result.write_text(waveform_json(job.facts, pairs), encoding="utf-8")
    return Outcome()


def waveform_json(facts: MediaFacts, pairs: Sequence[tuple[int, int]]) -> str:
    """The file that a waveform recipe makes, from peaks that are known already."""
    return canonical_json({"bits": 8, "duration_s": float(facts.duration_s or 0), "peaks": list(pairs)})


def _make_picture(job: Job) -> Outcome:
    part = job.recipe.picture
    if part is None:
        raise Unsupported(phrase("The recipe has no picture part."))
    source = _source_picture(job)
    rights = metadata.read(job.path) if source != job.path else None
    media_type = job.recipe.media_type
    stills.derive(source, part, job.result, media_type=media_type, rights=rights, should_stop=job.should_stop)
    return Outcome()


def _source_picture(job: Job) -> Path:
    """A still is its own; of a film one frame, of a sound its drawn waveform."""
    if job.facts.picture:
        return job.path
    if job.facts.video:
        moment_s = job.recipe.picture.at_s if job.recipe.picture else None
        return _frame_at(job, moment_s or Fraction(0))
    pairs = sound.peaks(job.path, PICTURE_BARS, should_stop=job.should_stop)
    drawing = job.folder / "waveform.svg"
    drawing.write_text(waveform_svg(pairs), encoding="utf-8")
    return drawing


def _frame_at(job: Job, moment_s: Fraction) -> Path:
    still = job.folder / "frame.png"
    for start_s in (moment_s, Fraction(0)):  # a moment after the last frame yields none
        ffmpeg.run(job.path, ffmpeg.frame_arguments(job.path, start_s, still, job.facts), should_stop=job.should_stop)
        if still.exists():
            return still
    raise Damaged(job.path, phrase("No frame of the film can be decoded."))


def waveform_svg(pairs: Sequence[tuple[int, int]]) -> str:
    """The peaks as a drawing of bars, 480 x 270, dark on light with a contrast of over 4.5 to 1."""
    step = 480 / max(1, len(pairs))
    bars = "".join(
        f'<rect x="{index * step:.1f}" y="{135 - high}" width="{step * 0.6:.1f}" height="{max(2, high - low)}"/>'
        for index, (low, high) in enumerate(pairs)
    )
    paper = '<rect width="480" height="270" fill="#f1f5f9"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="480" height="270">{paper}<g fill="#1d4ed8">{bars}</g></svg>'


# Film and sound


def _make_film(job: Job) -> Outcome:
    gain, letters = _gain(job), _write_captions(job)
    _encode_within_size(job, gain)
    target_lufs = job.recipe.sound.loudness_lufs if job.recipe.sound else None
    if gain is None or target_lufs is None:
        return Outcome(warnings=letters)
    found = sound.measure_loudness(job.result, should_stop=job.should_stop)
    if again := gain_again(job.recipe, gain, found):
        gain = again
        _encode_within_size(job, gain)
        found = sound.measure_loudness(job.result, should_stop=job.should_stop)
    return Outcome(loudness=found, warnings=(*letters, *loudness_warnings(job.recipe, gain, found)))


def _write_captions(job: Job) -> tuple[Problem, ...]:
    """Writes the captions that are to be burnt in where FFmpeg finds them; a warning when letters are missing."""
    video = job.recipe.video
    if not (job.captions and video and video.burns_captions):
        return ()
    script = caption_files.to_ass(caption_files.read(job.captions), video.width_px, video.height_px)
    (job.folder / ffmpeg.CAPTIONS_NAME).write_text(script, encoding="utf-8")
    missing = missing_letters(script, job.folder, should_stop=job.should_stop)
    return (letters_problem(missing),) if missing else ()


def _gain(job: Job) -> sound.Gain | None:
    part = job.recipe.sound
    if part is None or part.codec == "copy" or part.loudness_lufs is None:
        return None
    job.report(Progress(done=Fraction(0), label="Measuring the loudness"))
    return sound.normalise(
        job.path,
        part.loudness_lufs,
        max_true_peak_dbtp=part.max_true_peak_dbtp,
        channels=part.channels,
        should_stop=job.should_stop,
    )


def _encode_within_size(job: Job, gain: sound.Gain | None) -> None:
    recipe, limit = job.recipe, job.recipe.max_size_bytes
    rights = stills.kept_fields(metadata.read(job.path))
    for _ in range(TRIES_AT_SIZE):
        _encode(replace(job, recipe=recipe), gain, rights)
        if limit is None or job.result.stat().st_size <= limit:
            return
        recipe = lowered(recipe, job.result.stat().st_size, job.facts)
    message = phrase("The file cannot be brought under {limit:,} bytes with these settings: shorten it.", limit=limit)
    raise Invalid.at(job.path.name, message, code="media.does_not_fit")


def lowered(recipe: Recipe, came_out_bytes: int, facts: MediaFacts) -> Recipe:
    """The recipe with a bit rate that fits better, by what came out last time."""
    if recipe.video and recipe.video.codec != "copy":
        came_out_bps = int(came_out_bytes * 8 / (facts.duration_s or 1))
        bit_rate = min(recipe.video.max_bit_rate_bps or came_out_bps, came_out_bps)
        return replace(recipe, video=replace(recipe.video, max_bit_rate_bps=int(bit_rate * LOWER)))
    if recipe.sound and recipe.sound.codec != "copy":
        return replace(recipe, sound=replace(recipe.sound, bit_rate_bps=int(recipe.sound.bit_rate_bps * LOWER)))
    return recipe


def _encode(job: Job, gain: sound.Gain | None, rights: Metadata) -> None:
    check_room(job.folder, job.facts.size_bytes // 4)
    length_s = job.recipe.length_s or job.facts.duration_s

    def on_time(done_s: Fraction) -> None:
        done = min(Fraction(99, 100), done_s / length_s) if length_s else Fraction(0)
        job.report(Progress(done=done, label="Encoding"))

    arguments = ffmpeg.film_arguments(job.path, job.recipe, job.facts, gain=gain, rights=rights, result=job.result)
    ffmpeg.run(job.path, arguments, cwd=job.folder, on_time=on_time, should_stop=job.should_stop)
    carry_on(job.result, rights)


def check_room(folder: Path, needed_bytes: int) -> None:
    """Says that the disk is full before an hour of encoding does."""
    if shutil.disk_usage(folder).free < min(needed_bytes, RENDER.file_bytes):
        raise Unavailable(phrase("The disk is nearly full: make room and try again."))


def gain_again(recipe: Recipe, gain: sound.Gain, found: Loudness) -> sound.Gain | None:
    """The gain for one more encode, when the encoder moved the loudness or the peaks too far; None when it is good."""
    part = recipe.sound
    if part is None or part.loudness_lufs is None:
        return None
    aim = sound.Aim(target_lufs=part.loudness_lufs, max_true_peak_dbtp=part.max_true_peak_dbtp, channels=part.channels)
    return sound.corrected(gain, aim, found, slack_lu=VIDEO_SLACK_LU if recipe.video else SOUND_SLACK_LU)


def loudness_warnings(recipe: Recipe, gain: sound.Gain, found: Loudness) -> tuple[Problem, ...]:
    """A warning when the finished file misses the loudness or the peak limit of its recipe."""
    part = recipe.sound
    if part is None or part.loudness_lufs is None:
        return ()
    missed = gain.shortfall or sound.shortfall(part.loudness_lufs, part.max_true_peak_dbtp, found)
    return (Problem(code="media.loudness_missed", where="sound", message=missed),) if missed else ()
