"""`crosscut sound`, `level`, `clean`, `audiogram` and `podcast`: what people do with recordings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.progress import Progress, Report
from crosscut.kernel.records import as_data
from crosscut.media import captions, probe
from crosscut.media import podcast as podcasts
from crosscut.media.audiogram import Design, Look
from crosscut.media.audiogram import audiogram as make_audiogram
from crosscut.media.podcast import finish, plan_episode
from crosscut.media.recipes import Chapter, Episode
from crosscut.media.sound import Aim, Cleaning, SoundAnalysis, Trim, analyse, measure_loudness
from crosscut.media.sound import clean as make_clean
from crosscut.media.sound.ducking import duck
from crosscut.media.sound.levelling import level as make_level

File = Annotated[Path, typer.Argument(help="A sound, or a film with sound.")]
TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4"}


def sound(file: File, as_json: AsJson = False) -> None:
    """Say how loud a sound is and what is wrong with it: silences, clipping, noise, channels."""
    found = analyse(file)
    if as_json:
        say_json(as_data(found))
        return
    for line in _lines(found):
        say(line)


def _lines(found: SoundAnalysis) -> Iterator[str]:
    yield f"{float(found.duration_s):.3f} s, {found.rate_hz} Hz, {len(found.channels)} channels"
    if found.loudness:
        yield f"{found.loudness.integrated_lufs:.1f} LUFS, range {found.loudness.range_lu:.1f} LU"
        loudest = [(found.max_momentary_lufs, "0.4 s"), (found.max_short_term_lufs, "3 s")]
        yield ", ".join(f"loudest {time} at {lufs:.1f} LUFS" for lufs, time in loudest if lufs is not None)
    peak_dbtp = max(channel.true_peak_dbtp for channel in found.channels)
    yield f"true peak {peak_dbtp:.1f} dBTP, noise floor {found.noise_floor_dbfs:.0f} dBFS"
    silent_s = sum((span.duration_s for span in found.silences), Fraction(0))
    yield f"{len(found.silences)} silences, {float(silent_s):.1f} s in all"
    clipped = sum(channel.clipped for channel in found.channels)
    if clipped:
        first_s = float(found.clippings[0].start_s) if found.clippings else 0
        yield f"it is clipped in {clipped} places, the first at {first_s:.2f} s: record with less gain"
    for number, channel in enumerate(found.channels, 1):
        if channel.is_dead:
            yield f"channel {number} carries nothing"
    if found.stereo and found.stereo.is_mono:
        yield "both channels carry the same: mono would do"
    if found.stereo and found.stereo.is_out_of_phase:
        yield "one channel is turned round: on a mono speaker the sound vanishes"
    if found.broken_packets:
        yield f"{found.broken_packets} packets are broken and were left out"


def level(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="The file to write: .wav, .flac, .mp3, .m4a or .opus.")],
    to: Annotated[float, typer.Option("--to", help="The wanted loudness in LUFS.")] = -16,
    peak: Annotated[float, typer.Option("--peak", help="The highest true peak in dBTP.")] = -1,
    as_json: AsJson = False,
) -> None:
    """Bring a sound to a loudness (EBU R128), with no peak over the limit. Ends with 1 when that cannot be."""
    if not -40 <= to <= 0 or not -20 <= peak <= 0:
        raise Invalid.at("--to", "A loudness is from -40 to 0 LUFS, a peak from -20 to 0 dBTP.")
    with _bar(quiet=as_json) as report:
        done = make_level(file, Aim(target_lufs=to, max_true_peak_dbtp=peak), out, report=report)
    if as_json:
        say_json(as_data(done))
    else:
        say(f"→ {out}: {done.found.integrated_lufs:.1f} LUFS, true peak {done.found.true_peak_dbtp:.1f} dBTP")
        say(done.shortfall or f"{done.gain.gain_db:+.1f} dB; the limiter took up to {done.gain.limited_db:.1f} dB.")
    if done.shortfall:
        raise typer.Exit(Exit.BLOCKED)


def clean(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="The file to write: .flac or .wav.")],
    steps: Annotated[
        str,
        typer.Option(
            "--do",
            help="What to do: high-pass=80,hum=50,gate=-45,ends=0.25,pause=0.6,silence=-45,fade-in=1,fade-out=2",
        ),
    ] = "high-pass=80,ends=0.25,pause=0.8",
    bed: Annotated[Path | None, typer.Option("--bed", help="Music that steps back under the speech.")] = None,
    as_json: AsJson = False,
) -> None:
    """Clean a recording and shorten its silences; says what was taken out, for captions and chapters to follow."""
    cleaning = _cleaning(steps)
    with _bar(quiet=as_json) as report:
        done = make_clean(file, cleaning, out, report=report)
        if bed:
            duck(out, bed, out, report=report)
    if as_json:
        say_json(as_data(done))
        return
    removed = done.time_map.removed
    say(f"→ {out}: {float(done.time_map.new_duration_s):.3f} s of {float(done.time_map.duration_s):.3f} s")
    say(f"{len(removed)} silences were shortened." if removed else "Nothing was taken out.")


def _cleaning(steps: str) -> Cleaning:
    names = ("high-pass", "hum", "gate", "ends", "pause", "silence", "fade-in", "fade-out")
    given: dict[str, Fraction] = {}
    for step in filter(None, (part.strip() for part in steps.split(","))):
        name, _, value = step.partition("=")
        try:
            given[name] = Fraction(value)
        except (ValueError, ZeroDivisionError) as fault:
            raise Invalid.at("--do", f"{step} needs a number, such as {name}=1.", code="sound.steps") from fault
    unknown = [name for name in given if name not in names]
    if unknown:
        raise Invalid.at("--do", f"{', '.join(unknown)} is unknown; there are {', '.join(names)}.", code="sound.steps")
    silence = given.get("silence")
    trim = Trim(
        silence_dbfs=None if silence is None else float(silence), ends_s=given.get("ends"), pause_s=given.get("pause")
    )
    return Cleaning(
        high_pass_hz=_whole(given.get("high-pass")),
        hum_hz=_whole(given.get("hum")),
        gate_dbfs=float(given["gate"]) if "gate" in given else None,
        trim=trim if {"ends", "pause"} & given.keys() else None,
        fade_in_s=given.get("fade-in", Fraction(0)),
        fade_out_s=given.get("fade-out", Fraction(0)),
    )


def _whole(number: Fraction | None) -> int | None:
    return None if number is None else int(number)


def audiogram(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="The MP4 to write.")],
    cover: Annotated[Path | None, typer.Option("--cover", help="A picture.")] = None,
    title: Annotated[str, typer.Option("--title", help="Words above the waveform.")] = "",
    captions_file: Annotated[Path | None, typer.Option("--captions", help="SRT, WebVTT, TTML…, to burn in.")] = None,
    look: Annotated[
        str,
        typer.Option("--look", help="size=1080x1920,panel=#0f172a,text=#ffffff,played=#fbbf24,unplayed=#7c8aa0"),
    ] = "",
) -> None:
    """Make a film of a sound: cover, title, a waveform that fills as it plays, captions."""
    cues = tuple(captions.read(captions_file)) if captions_file else ()
    design = Design(look=_look(look, title), cover=cover, cues=cues)
    with _bar(quiet=False) as report:
        made = make_audiogram(file, design, out, report=report)
    say(f"→ {out}: {made.video[0].width_px} × {made.video[0].height_px}, {made.size_bytes:,} bytes")


def _look(text: str, title: str) -> Look:
    names = {"panel": "panel_colour", "text": "text_colour", "played": "played_colour", "unplayed": "unplayed_colour"}
    fields: dict[str, Any] = {"title": title.replace("\\n", "\n")}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        width, _, height = value.partition("x")
        if name == "size" and width.isascii() and width.isdigit() and height.isascii() and height.isdigit():
            fields |= {"width_px": int(width), "height_px": int(height)}
        elif name in names:
            fields[names[name]] = value
        else:
            message = f"{part} is unknown; write size=1080x1080 or a colour: {', '.join(names)}."
            raise Invalid.at("--look", message, code="audiogram.look")
    return Look(**fields)


def podcast(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="The episode to write: .mp3 or .m4a.")],
    title: Annotated[str, typer.Option("--title", help="The episode's title.")],
    about: Annotated[
        str,
        typer.Option("--about", help="show=…;author=…;description=…;copyright=…;language=en;number=7;date=…;link=…"),
    ] = "",
    chapters: Annotated[
        Path | None,
        typer.Option("--chapters", help="Lines of time and title, an Audacity label track, WebVTT or JSON."),
    ] = None,
    cover: Annotated[Path | None, typer.Option("--cover", help="A square picture of 1400 pixels or more.")] = None,
) -> None:
    """Finish an episode: -16 LUFS in stereo, -19 in mono, with chapters, cover and names in the file."""
    media_type = TYPES.get(out.suffix.lower())
    if media_type is None:
        raise Invalid.at("--out", "An episode is written as .mp3 or .m4a.")
    marks = podcasts.read_chapter_file(chapters) if chapters else ()
    facts = probe(file)
    before = facts if not facts.audio else _heard(file, facts)
    episode = _episode(title, about, marks)
    recipe = plan_episode(before, episode, cover_sha256="given" if cover else "", media_type=media_type)
    notes = podcasts.cover_notes(cover) if cover else ()
    with _bar(quiet=False) as report:
        made = finish(file, recipe, out, cover=cover, report=report)
    say(f"→ {out}")
    for line in (*podcasts.told(recipe, before, made), *(note.message for note in notes)):
        say(f"  · {line}")


def _heard(file: Path, facts: MediaFacts) -> MediaFacts:
    return replace(facts, loudness=measure_loudness(file))


def _episode(title: str, about: str, marks: tuple[Chapter, ...]) -> Episode:
    names = ("show", "author", "description", "copyright", "language", "number", "date", "link")
    given = dict(part.strip().partition("=")[::2] for part in about.split(";") if part.strip())
    unknown = [name for name in given if name not in names]
    if unknown:
        raise Invalid.at("--about", f"{', '.join(unknown)} is unknown; there are {', '.join(names)}.")
    try:
        number = int(given.pop("number", "0")) or None
        day = given.pop("date", "")
        published_on = date.fromisoformat(day) if day else None
    except ValueError as fault:
        raise Invalid.at("--about", "The number is a whole one, and the date is written 2026-03-01.") from fault
    return Episode(title=title, number=number, published_on=published_on, chapters=marks, **given)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Report]:
    """A bar on the error stream that shows how far the work is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("Working", total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=float(progress.done), description=progress.label)

        yield report
