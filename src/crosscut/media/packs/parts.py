"""A long render in parts that run apart, on several machines, and join without a seam.

    division = divide(facts, recipe, part_s=60)      what there is to do: picture parts and one sound
    render_part(path, division, part, out)           one of them; needs the master beside these, nothing else
    join(path, division, files, out)                 the whole file; copies, encodes nothing

Parts of the picture begin at key frames of the *result*, so each is closed in itself: it starts with a key frame and no
frame refers over its border. A part holds an exact number of frames, found by time stamp in the master and counted when
it is done. The sound is one part of its own and encoded whole, so no encoder delay falls into the middle. Losing a
part costs that part: it can be made again anywhere, and comes out the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Damaged, Invalid, Problem, Unsupported
from crosscut.kernel.facts import Depth, MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress
from crosscut.kernel.records import as_data, digest
from crosscut.media import capped, ffmpeg, metadata, sound, stills
from crosscut.media import captions as caption_files
from crosscut.media.beside import making_beside
from crosscut.media.caps import RENDER
from crosscut.media.carrying import carry_on
from crosscut.media.letters import letters_problem, missing_letters
from crosscut.media.packs.making import Control
from crosscut.media.probe import probe
from crosscut.media.recipes import ENGINE, Recipe

PART_S = Fraction(60)
LEAD_S = Fraction(2)  # decoded before a part, so that filters which look back see what they would in the whole
BEFORE = Fraction(1, 4)  # of a frame: less than half, as a border may be rounded to the nearest whole frame
OPEN_END = 0  # the count of a last part, which goes to the end of the master


@dataclass(frozen=True, kw_only=True)
class Part:
    """One job of a division."""

    number: int  # in the order of time; the sound comes last
    first_frame: int = 0  # of the result
    frame_count: int = OPEN_END
    is_sound: bool = False


@dataclass(frozen=True, kw_only=True)
class Division:
    """All the jobs of a render. Any number of them may run at once, in any order."""

    recipe: Recipe
    frame_rate: Fraction  # of the result
    parts: tuple[Part, ...]
    captions: str = ""  # the text of the caption file that the recipe burns in; each part shows what is due in it

    def name_of(self, version_sha256: str, part: Part) -> str:
        """The name of a part's file for good: by version, recipe and range."""
        return digest(
            {
                "engine": ENGINE,
                "version": version_sha256,
                "recipe": self.recipe.digest,
                "part": as_data(part),
                "captions": self.captions,
            }
        )


def divide(facts: MediaFacts, recipe: Recipe, *, part_s: Fraction = PART_S, captions: str = "") -> Division:
    """The jobs that make the recipe's film in parts of about part_s, a whole number of key frame intervals each.

    `captions` is the text of the caption file where the recipe burns one in.

    Raises Unsupported for what cannot be divided: a copied picture (there is nothing to gain), a size limit only a look
    at the whole can keep, frames at uneven times, or a master that does not say its frame rate.
    """
    rate = _rate(facts, recipe)
    interval = ffmpeg.key_interval(rate)
    frames = max(interval, int(part_s * rate) // interval * interval)
    total = int((facts.video[0].duration_s or facts.duration_s or 0) * rate)
    starts = range(0, max(1, total), frames)
    # a last part of less than one interval goes with the one before it
    kept = [first for first in starts if first == 0 or total - first >= interval]
    parts = [Part(number=number, first_frame=first, frame_count=frames) for number, first in enumerate(kept)]
    parts[-1] = replace(parts[-1], frame_count=OPEN_END)
    if recipe.sound:
        parts.append(Part(number=len(parts), is_sound=True))
    return Division(recipe=recipe, frame_rate=rate, parts=tuple(parts), captions=captions)


def _rate(facts: MediaFacts, recipe: Recipe) -> Fraction:
    if recipe.video is None or recipe.video.codec == "copy":
        raise Unsupported(phrase("Only a film whose picture is encoded is made in parts: copying is quick as it is."))
    if recipe.length_s is not None:
        raise Unsupported(phrase("A shortened film is made whole."))
    stream = facts.video[0]
    rate = recipe.video.frame_rate or (None if stream.has_variable_rate else stream.frame_rate)
    if rate is None:
        raise Unsupported(phrase("Its frames come at uneven times: give the recipe a frame rate to make it in parts."))
    return rate


def render_part(path: Path, division: Division, part: Part, out: Path, *, control: Control | None = None) -> MediaFacts:
    """The facts of the part that was made at `out`, whole or not at all.

    Picture parts hold exactly the frames they should, or Damaged is raised: then the master has fewer than it says.
    Raises otherwise what `render` raises.
    """
    steer, path = control or Control(), path.resolve()
    facts = probe(path)
    with making_beside(out) as folder:
        made = folder / f"part{out.suffix or '.mp4'}"
        if part.is_sound:
            line = _sound_arguments(path, facts, division.recipe, made, steer)
        else:
            _write_captions(division, folder)
            line = _picture_arguments(path, facts, division, part, made)
        length_s = part.frame_count / division.frame_rate if part.frame_count else facts.duration_s

        def on_time(done_s: Fraction) -> None:
            done = min(Fraction(99, 100), done_s / length_s) if length_s else Fraction(0)
            steer.report(Progress(done=done, label=f"Encoding part {part.number + 1} of {len(division.parts)}"))

        stop, pause = steer.should_stop, steer.should_pause
        ffmpeg.run(path, line, cwd=folder, on_time=on_time, should_stop=stop, should_pause=pause)
        found = probe(made, depth=Depth.EXACT)
        _check_count(path, part, found)
        made.replace(out)
    return found


def _write_captions(division: Division, folder: Path) -> str:
    """The script of what is burnt in, written where FFmpeg finds it; "" without captions.

    Its times are the master's, and so are those of a part's frames until they have been drawn on.
    """
    video = division.recipe.video
    if not (video and video.burns_captions):
        return ""
    if not division.captions:
        message = phrase("The recipe burns captions in: give the caption file.")
        raise Invalid.at("captions", message, code="captions.missing")
    cues = caption_files.parse_document(division.captions.encode()).cues
    script = caption_files.to_ass(cues, video.width_px, video.height_px)
    (folder / ffmpeg.CAPTIONS_NAME).write_text(script, encoding="utf-8")
    return script


def _check_count(path: Path, part: Part, found: MediaFacts) -> None:
    count = found.video[0].frame_count if found.video else None
    if part.frame_count and count != part.frame_count:
        message = phrase(
            "Part {number} has {count} frames instead of {frame_count}: the master has gaps.",
            number=part.number + 1,
            count=count,
            frame_count=part.frame_count,
        )
        raise Damaged(path, message, code="media.part_incomplete")


def _picture_arguments(path: Path, facts: MediaFacts, division: Division, part: Part, made: Path) -> list[str]:
    """Seeks to a little before the part, keeps the master's own times, and cuts BEFORE a frame at each border."""
    recipe, rate = division.recipe, division.frame_rate
    if recipe.video is None:
        raise Unsupported(phrase("The recipe has no picture."))
    start_s = max(Fraction(0), (part.first_frame - BEFORE) / rate)
    seek_s = max(Fraction(0), start_s - LEAD_S)
    seek = ["-ss", f"{float(seek_s):.6f}"] if seek_s else []
    cut = f"trim=start={float(start_s):.6f}"
    if part.frame_count:
        cut += f":end={float((part.first_frame + part.frame_count - BEFORE) / rate):.6f}"
    chain = [
        *ffmpeg.shared_filters(recipe.video),
        *ffmpeg.picture_filters(recipe.video, facts),
        cut,
        "setpts=PTS-STARTPTS",
    ]
    threads = ["-threads", ffmpeg.threads()]
    encoder = ffmpeg.picture_encoder(recipe.video, facts, ffmpeg.preset_of(recipe))
    return [
        *ffmpeg.SAY,
        *("-copyts", "-start_at_zero"),
        *seek,
        *ffmpeg.source(path),
        *ffmpeg.SAME_EVERY_TIME,
        *threads,
        *("-map", "0:V:0", "-vf", ",".join(chain)),
        *encoder,
        f"file:{made}",
    ]


def _sound_arguments(path: Path, facts: MediaFacts, recipe: Recipe, made: Path, control: Control) -> list[str]:
    part = recipe.sound
    if part is None:
        raise Unsupported(phrase("The recipe has no sound."))
    gain = None
    if part.loudness_lufs is not None and part.codec != "copy":
        ceiling_dbtp, channels = part.max_true_peak_dbtp, part.channels
        gain = sound.normalise(
            path,
            part.loudness_lufs,
            max_true_peak_dbtp=ceiling_dbtp,
            channels=channels,
            should_stop=control.should_stop,
        )
    filters = [] if part.codec == "copy" else ["-af", ",".join(ffmpeg.sound_filters(part, gain))]
    line = [*ffmpeg.SAY, *ffmpeg.source(path), *ffmpeg.SAME_EVERY_TIME, "-map", "0:a:0", *filters]
    return [*line, *ffmpeg.sound_encoder(part), f"file:{made}"]


def join(path: Path, division: Division, files: Mapping[int, Path], out: Path) -> MediaFacts:
    """The facts of the whole film at `out`, made of the parts' files by their numbers.

    `path` is the master, for the rights it carries. Nothing is encoded: the packets get their times by counting frames.
    Letters of the captions that no font here has are a warning.
    Raises Invalid when a part is missing or the file is over the recipe's size, Damaged when a part cannot be read.
    """
    missing = [
        part.number + 1 for part in division.parts if part.number not in files or not files[part.number].exists()
    ]
    if missing:
        numbers = ", ".join(str(number) for number in missing)
        raise Invalid.at(
            "parts", phrase("These parts are still to be made: {numbers}.", numbers=numbers), code="media.parts_missing"
        )
    facts, files = probe(path), {number: file.resolve() for number, file in files.items()}
    with making_beside(out) as folder:
        pictures = folder / "pictures.mp4"
        _join_pictures(division, files, pictures)
        made = folder / f"whole{out.suffix}"
        ffmpeg.run(path, _mux_arguments(path, facts, division, [pictures, *_sounds(division, files)], made))
        carry_on(made, stills.kept_fields(metadata.read(path)))
        found = probe(made)
        _check_size(path, division.recipe, found)
        script = _write_captions(division, folder)
        boxes = missing_letters(script, folder) if script else ()
        made.replace(out)
    return replace(found, warnings=(*found.warnings, *([letters_problem(boxes)] if boxes else [])))


def _check_size(path: Path, recipe: Recipe, found: MediaFacts) -> None:
    limit = recipe.max_size_bytes
    if limit is not None and found.size_bytes > limit:
        message = phrase(
            "The parts together are over {limit:,} bytes: make the film whole, or shorten it.", limit=limit
        )
        raise Invalid(problems=[Problem(code="media.does_not_fit", where=path.name, message=message)])


def _join_pictures(division: Division, files: Mapping[int, Path], out: Path) -> None:
    parts = [part for part in division.parts if not part.is_sound]
    capped.call(
        "films.joining:join",
        int,
        caps=RENDER,
        path=files[parts[0].number],
        paths=[files[part.number] for part in parts],
        starts=[part.first_frame for part in parts],
        frame_rate=division.frame_rate,
        out=out,
    )


def _sounds(division: Division, files: Mapping[int, Path]) -> list[Path]:
    return [files[part.number] for part in division.parts if part.is_sound]


def _mux_arguments(path: Path, facts: MediaFacts, division: Division, inputs: Sequence[Path], made: Path) -> list[str]:
    line = list(ffmpeg.SAY)
    for source in inputs:
        line += ffmpeg.source(source)
    line += [*ffmpeg.SAME_EVERY_TIME, "-map", "0:V:0", *(["-map", "1:a:0"] if len(inputs) > 1 else [])]
    tag = ["-tag:v", "hvc1"] if division.recipe.video and division.recipe.video.codec == "hevc" else []
    rights = stills.kept_fields(metadata.read(path))
    return [*line, "-c", "copy", *tag, *ffmpeg.wrapping(division.recipe, facts, rights), f"file:{made}"]
