"""Finishes a podcast episode: loudness, MP3 or M4A, tags, chapters and cover in one file."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, Problem, Unsupported
from crosscut.kernel.facts import Loudness, MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.media import capped, ffmpeg, stills
from crosscut.media.beside import making_beside
from crosscut.media.probe import probe
from crosscut.media.recipes import Episode, PicturePart, Purpose, Recipe, SoundPart, suffix_of
from crosscut.media.render import render

STEREO_LUFS = -16.0  # AES TD1008 (2021), speech and mixed content; Apple Podcasts asks for -16 +-1 too
MONO_LUFS = -19.0  # the same loudness to the ear, from one channel
TRUE_PEAK_DBTP = -1.0
TOLERANCE_LU = 1.0  # Apple Podcasts, audio requirements: -16 dB LKFS with a tolerance of 1 dB
TRUE_PEAK_MARGIN_DB = 0.2  # beyond what was over: the next encoding overshoots a little differently
COVER_PX = 1400  # Apple Podcasts, artwork requirements: 1400 to 3000, square
CODECS = {"audio/mpeg": "mp3", "audio/mp4": "aac"}
CHAPTERS_NAME = "chapters.txt"


def plan_episode(
    facts: MediaFacts, episode: Episode, *, cover_sha256: str = "", media_type: str = "audio/mpeg"
) -> Recipe:
    """How to finish the master as an episode, as MP3 or M4A ("audio/mp4").

    An MP3 that is as loud as it should be, and is to be one, is only tagged, not encoded anew. Raises Unsupported when
    there is no sound, or for another type.
    """
    if media_type not in CODECS:
        raise Unsupported(phrase("An episode is finished as audio/mpeg (MP3) or audio/mp4 (M4A)."))
    if not facts.audio:
        raise Unsupported(phrase("An episode needs sound, and this file has none."))
    part, reasons = _sound(facts, media_type)
    return Recipe(
        purpose=Purpose.POST,
        media_type=media_type,
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
        raise Invalid(phrase("This recipe makes no episode: use the one that plan_episode gives."))
    with making_beside(out) as folder:
        draft = folder / f"episode{suffix_of(recipe)}"
        made = _rendered(path, recipe, draft, report, should_stop)
        picture = _square(cover, folder / "cover.jpg", should_stop)
        length_s = made.duration_s or Fraction(0)
        if recipe.media_type == "audio/mp4" and recipe.episode.chapters:
            _write_chapters(draft, recipe.episode, length_s, should_stop)
        name = "podcast.tagging:tag" if recipe.media_type == "audio/mpeg" else "podcast.m4a:tag"
        capped.call(name, int, path=draft, episode=recipe.episode, cover=picture, duration_s=length_s)
        tagged = probe(draft)
        draft.replace(out)
    return replace(tagged, loudness=made.loudness, warnings=made.warnings)


def _rendered(path: Path, recipe: Recipe, draft: Path, report: Report, should_stop: ShouldStop) -> MediaFacts:
    """The facts of the encoded sound; encoded once more with a lower ceiling when the encoder overshot the peak."""
    made = render(path, recipe, draft, report=report, should_stop=should_stop)
    if made is None:
        raise Unsupported(phrase("This recipe makes no sound."))
    over_db = made.loudness.true_peak_dbtp - TRUE_PEAK_DBTP if made.loudness else 0
    if over_db <= 0 or recipe.sound is None or recipe.sound.codec == "copy":
        return made
    lower = replace(recipe.sound, max_true_peak_dbtp=TRUE_PEAK_DBTP - over_db - TRUE_PEAK_MARGIN_DB)
    again = render(path, replace(recipe, sound=lower), draft, report=report, should_stop=should_stop)
    return again or made


def _write_chapters(draft: Path, episode: Episode, length_s: Fraction, should_stop: ShouldStop) -> None:
    """Puts MP4 chapters into the draft (a QuickTime text track and a Nero list), without touching its sound."""
    ordered = sorted(episode.chapters, key=lambda chapter: chapter.start_s)
    ends = [*(chapter.start_s for chapter in ordered[1:]), max(length_s, ordered[-1].start_s)]
    lines = [";FFMETADATA1"]
    for chapter, end_s in zip(ordered, ends, strict=True):
        title = "".join(f"\\{sign}" if sign in "=;#\\" else sign for sign in " ".join(chapter.title.split()))
        times = f"START={round(chapter.start_s * 1000)}\nEND={round(end_s * 1000)}"
        lines.append(f"[CHAPTER]\nTIMEBASE=1/1000\n{times}\ntitle={title}")
    (draft.parent / CHAPTERS_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    with_chapters = draft.with_name(f"chaptered{draft.suffix}")
    ours = ("-f", "ffmetadata", "-i", CHAPTERS_NAME)
    mapping = ("-map", "0:a:0", "-map_metadata", "0", "-map_chapters", "1", "-c", "copy", "-movflags", "+faststart")
    arguments = [*ffmpeg.SAY, *ffmpeg.SAFE_INPUT, "-i", f"file:{draft}", *ours, *mapping, f"file:{with_chapters}"]
    ffmpeg.run(draft, arguments, cwd=draft.parent, should_stop=should_stop)
    with_chapters.replace(draft)


def as_id3v23(path: Path) -> None:
    """Writes the tags of an MP3 as ID3v2.3, for players that do not read 2.4; chapters and cover stay."""
    capped.call("podcast.tagging:as_id3v23", int, path=path)


def cover_notes(cover: Path) -> tuple[Problem, ...]:
    """What is odd about a cover: too small, or not square so that its middle is kept. Raises Unsupported."""
    picture = probe(cover).picture
    if picture is None:
        raise Unsupported(
            phrase(
                "{name} is no picture: a cover is a JPEG or PNG of {cover_px} x {cover_px} or more.",
                name=cover.name,
                cover_px=COVER_PX,
            )
        )
    notes = []
    side_px = min(picture.width_px, picture.height_px)
    if side_px < COVER_PX:
        words = phrase(
            "The cover is {side_px} pixels wide or high; podcast apps ask for {cover_px} to 3000. Use a larger one.",
            side_px=side_px,
            cover_px=COVER_PX,
        )
        notes.append(Problem(code="podcast.cover_small", where=cover.name, message=words))
    if picture.width_px != picture.height_px:
        words = phrase(
            "The cover is not square: the part that catches the eye was kept. Give a square one to decide yourself."
        )
        notes.append(Problem(code="podcast.cover_cropped", where=cover.name, message=words))
    return tuple(notes)


def told(recipe: Recipe, before: MediaFacts, made: MediaFacts) -> tuple[str, ...]:
    """What was done to an episode, in plain words; `made` comes from `finish`."""
    sentences = []
    part = recipe.sound
    if part and part.codec == "copy":
        sentences.append("The sound is as it was, bit by bit: it was loud enough already.")
    elif part:
        sentences.append(f"The sound was encoded as {part.codec.upper()} at {part.bit_rate_bps // 1000} kb/s.")
    if made.loudness:
        reached = (
            f"{made.loudness.integrated_lufs:.1f} LUFS with a true peak of {made.loudness.true_peak_dbtp:.1f} dBTP"
        )
        came = f" It was {before.loudness.integrated_lufs:.1f} LUFS before." if before.loudness else ""
        sentences.append(f"It is at {reached}.{came}")
    chapters = len(recipe.episode.chapters) if recipe.episode else 0
    sentences.append(f"{chapters} chapters were written." if chapters else "It has no chapters.")
    sentences.append("The cover was made square and put in." if recipe.beside else "It has no cover.")
    return (*sentences, *(problem.message for problem in made.warnings))


def _sound(facts: MediaFacts, media_type: str) -> tuple[SoundPart, list[str]]:
    stream = facts.audio[0]
    is_mono = stream.channels == 1
    target_lufs = MONO_LUFS if is_mono else STEREO_LUFS
    if (
        facts.media_type == media_type == "audio/mpeg"
        and stream.channels <= 2
        and _is_loud_as(facts.loudness, target_lufs)
    ):
        return SoundPart(codec="copy"), []
    part = SoundPart(
        codec=CODECS[media_type],
        rate_hz=44_100,
        channels=1 if is_mono else 2,
        bit_rate_bps=96_000 if is_mono else 128_000,
        loudness_lufs=target_lufs,
        max_true_peak_dbtp=TRUE_PEAK_DBTP,
    )
    becomes = [f"{stream.codec} becomes {part.codec}"] if stream.codec != part.codec else []
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
