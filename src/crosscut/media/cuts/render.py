"""Makes the film of a cut: window by window, joined without a seam, sound in one piece. Whole or not at all."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import capped, captions, ffmpeg, metadata
from crosscut.media.beside import making_beside
from crosscut.media.caps import ANALYSE
from crosscut.media.carrying import carry_on, said_by_all
from crosscut.media.cuts import words as texts
from crosscut.media.cuts.graph import FONTS_NAME, WORDS_NAME, Frame, Source, window_arguments
from crosscut.media.cuts.layout import SOUND_RATE_HZ, Window, frame_at, sample_at, windows
from crosscut.media.cuts.model import Cut, Music, media_of
from crosscut.media.cuts.sources import check_rate, find_media, sources_of, with_stills_drawn
from crosscut.media.letters import letters_problem, missing_letters
from crosscut.media.probe import probe
from crosscut.media.stills import kept_fields

SAY = ("-nostdin", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.5", "-y")
PLAIN = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
RAW_SOUND = ("-f", "f32le", "-ar", str(SOUND_RATE_HZ), "-ac", "2")
LARGEST_PX = 8192
DUCKING = "sidechaincompress=threshold=0.02:ratio=8:attack=20:release=400"  # speech at -34 dBFS already lowers the bed
CEILING = "alimiter=limit=0.891:level=disabled:latency=1"  # -1 dBFS, as mixing adds up; latency=1 takes its 5 ms back


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a rendered cut is encoded."""

    crf: int = 20  # x264's constant rate factor, lower is better
    preset: str = "medium"  # of x264
    sound_bit_rate_bps: int = 192_000
    copies_sound: bool = True  # a smart cut's, which moves a stretch by half a packet at most; else exact to the sample
    fonts: Path | None = None  # a folder of fonts to set words with, beside those of the machine


@dataclass(frozen=True, kw_only=True)
class MadeCut:
    """A rendered cut and how it was made."""

    facts: MediaFacts  # of the file
    frames: int  # of the picture
    encoded_frames: int  # the rest was taken over bit by bit
    lowest_ssim: float | None = None  # of a smart cut's encoded frames to the master's, by brightness; 1 without any
    sound: Literal["copied", "encoded", "none"]
    sound_moved_s: Fraction = Fraction(0)  # how far a copied stretch is at most from where its picture is
    reasons: tuple[str, ...] = ()  # why so much was encoded, for a person


@dataclass(frozen=True, kw_only=True)
class _Job:
    """Everything one rendering works with."""

    cut: Cut
    frame: Frame
    frames: int
    sources: dict[str, Source]
    found: dict[str, Path]
    folder: Path  # for what is half-done
    encoding: Encoding
    has_words: bool = False
    has_fonts: bool = False
    report: Report = ignore
    should_stop: ShouldStop = never
    done: list[int] = field(default_factory=list)  # frames of each finished window


def render_cut(
    cut: Cut,
    folders: Sequence[Path],
    out: Path,
    *,
    encoding: Encoding | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MadeCut:
    """Makes an MP4 (H.264, AAC) of the cut at `out` from the media in the folders; frame-exact and in step.

    Raises Invalid with every problem of the cut (a medium that is missing or too short, an effect that is not known,
    letters no font has), Damaged, Unavailable or Cancelled; then nothing is left behind and `out` is as it was.
    """
    encoding = encoding or Encoding()
    check_rate(cut.rate)
    found = find_media(cut, folders)
    sources = sources_of(cut, found)
    frame = frame_of(cut, sources)
    frames = frame_at(cut.duration_s, cut.rate)
    if frames < 1:
        raise Invalid(phrase("The cut is empty: put a clip into it."))
    with making_beside(out) as folder:
        job = _Job(
            cut=cut,
            frame=frame,
            frames=frames,
            sources=with_stills_drawn(sources, frame, folder, should_stop=should_stop),
            found=found,
            folder=folder,
            encoding=encoding,
            has_words=_write_words(cut, found, frame, folder),
            has_fonts=_bring_fonts(encoding.fonts, folder),
            report=report,
            should_stop=should_stop,
        )
        if job.has_words:
            _check_letters(job)
        result = _make(job)
        carry_on(result, said_by_all([kept_fields(metadata.read(one.path)) for one in sources.values()]))
        facts = probe(result)
        result.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    return MadeCut(facts=facts, frames=frames, encoded_frames=frames, sound="encoded")


def _check_letters(job: _Job) -> None:
    """Raises Invalid with the letters of the words that would come out as empty boxes."""
    script, fonts = (job.folder / WORDS_NAME).read_text(encoding="utf-8"), FONTS_NAME if job.has_fonts else ""
    if missing := missing_letters(script, job.folder, fonts=fonts, should_stop=job.should_stop):
        raise Invalid(problems=[letters_problem(missing, where="words")])


def frame_of(cut: Cut, sources: dict[str, Source]) -> Frame:
    """The size of the result: as the cut says, else that of its first film, of stills alone 1920 x 1080.

    Raises Invalid when it is beyond reason.
    """
    shown = [sources[media_of(clip)].facts for clip in cut.clips()]
    first = next((facts.video[0] for facts in shown if facts.video), None)
    width = cut.width_px or (first.width_px if first else 1920)
    height = cut.height_px or (first.height_px if first else 1080)
    if not (16 <= width <= LARGEST_PX and 16 <= height <= LARGEST_PX):
        message = phrase(
            "A frame has 16 to {largest_px} pixels a side, not {width} x {height}.",
            largest_px=LARGEST_PX,
            width=width,
            height=height,
        )
        raise Invalid.at("size", message, code="cuts.wrong_size")
    return Frame(width_px=width // 2 * 2, height_px=height // 2 * 2, rate=cut.rate)


def _write_words(cut: Cut, found: dict[str, Path], frame: Frame, folder: Path) -> bool:
    cues = captions.read(found[cut.captions]) if cut.captions else ()
    script = texts.script(cut, cues, width_px=frame.width_px, height_px=frame.height_px)
    if script:
        (folder / WORDS_NAME).write_text(script, encoding="utf-8")
    return bool(script)


def _bring_fonts(fonts: Path | None, folder: Path) -> bool:
    """A name of ours for the folder of fonts: its own could hold what a filter graph reads as a command."""
    if fonts is None:
        return False
    if not fonts.is_dir():
        raise Invalid.at("fonts", phrase("{fonts} is no folder.", fonts=fonts), code="cuts.no_fonts")
    (folder / FONTS_NAME).symlink_to(fonts.resolve(), target_is_directory=True)
    return True


def _make(job: _Job) -> Path:
    films = []
    with (job.folder / "sound.f32").open("wb") as whole:
        for number, window in enumerate(windows(job.cut, frames=job.frames)):
            film, sound = _make_window(job, window, number)
            films.append(film)
            with sound.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)
            sound.unlink()
            job.done.append(window.end - window.start)
    picture = _joined(job, films)
    return _finished(job, picture)


def _make_window(job: _Job, window: Window, number: int) -> tuple[Path, Path]:
    film, sound = job.folder / f"window{number}.mp4", job.folder / f"window{number}.f32"
    arguments, picture_pad, sound_pad = window_arguments(
        window, job.frame, job.sources, has_words=job.has_words, has_fonts=job.has_fonts
    )
    count = window.end - window.start
    encode = picture_encoding(job.encoding, job.frame.rate)
    ffmpeg.run(
        job.sources[min(job.sources)].path if job.sources else Path("cut"),
        [
            *(*SAY, *arguments),
            *("-map", picture_pad, "-an", *encode, *PLAIN, "-frames:v", str(count), f"file:{film}"),
            *("-map", sound_pad, "-vn", *RAW_SOUND, f"file:{sound}"),
        ],
        cwd=job.folder,
        on_time=lambda done_s: _tell(job, done_s),
        should_stop=job.should_stop,
    )
    return film, sound


def picture_encoding(encoding: Encoding, rate: Fraction) -> list[str]:
    """The arguments of an H.264 encode in which a seek never waits longer than two seconds."""
    quality = ["-crf", str(encoding.crf), "-preset", encoding.preset]
    keys = ["-g", str(max(1, round(rate * ffmpeg.KEY_FRAME_S)))]
    timing = ["-fps_mode", "passthrough", "-enc_time_base", f"{rate.denominator}/{rate.numerator}"]
    return ["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", *quality, *keys, *timing]


def _tell(job: _Job, done_s: Fraction) -> None:
    frames = sum(job.done) + done_s * job.frame.rate
    job.report(Progress(done=min(Fraction(95, 100), frames / job.frames), label="Rendering"))


def _joined(job: _Job, films: list[Path]) -> Path:
    """One file of the windows' pictures, copied."""
    if len(films) == 1:
        return films[0]
    joined = job.folder / "joined.mp4"
    capped.call(
        "cuts.joining:join",
        int,
        caps=ANALYSE,
        should_stop=job.should_stop,
        path=films[0],
        films=films,
        out=joined,
        rate=job.frame.rate,
    )
    return joined


def _finished(job: _Job, picture: Path) -> Path:
    """Picture and sound together; the bed is laid under the sound here, where it is in one piece."""
    result = job.folder / "result.mp4"
    inputs = ["-i", f"file:{picture}", *RAW_SOUND, "-i", f"file:{job.folder / 'sound.f32'}"]
    graph = f"[1:a]{CEILING}[heard]"
    if job.cut.music:
        inputs += ["-stream_loop", "-1", *ffmpeg.SAFE_INPUT, "-i", f"file:{job.found[job.cut.music.media].resolve()}"]
        graph = _with_music(job, job.cut.music)
    ffmpeg.run(
        picture,
        [
            *(*SAY, *inputs, "-filter_complex", graph, "-map", "0:v:0", "-c:v", "copy", "-map", "[heard]"),
            *("-c:a", "aac", "-b:a", str(job.encoding.sound_bit_rate_bps), "-ar", str(SOUND_RATE_HZ), *PLAIN),
            *("-movflags", "+faststart", f"file:{result}"),
        ],
        cwd=job.folder,
        should_stop=job.should_stop,
    )
    return result


def _with_music(job: _Job, music: Music) -> str:
    """The graph that mixes a bed of the cut's length under the sound, lowered where somebody speaks."""
    samples = sample_at(job.frames, job.frame.rate)
    fade = min(round(music.fade_out_s * SOUND_RATE_HZ), samples)
    bed = f"[2:a:0]aresample={SOUND_RATE_HZ},aformat=sample_fmts=fltp:channel_layouts=stereo,asetpts=N/SR/TB"
    bed += f",atrim=end_sample={samples},volume={float(music.gain_db):.3f}dB"
    bed += f",afade=t=out:ss={samples - fade}:ns={fade}" if fade else ""
    mix = f"amix=inputs=2:normalize=0:dropout_transition=0,atrim=end_sample={samples},{CEILING}[heard]"
    if not music.is_ducked:
        return f"{bed}[bed];[1:a][bed]{mix}"
    return f"{bed}[bed];[1:a]asplit[speech][key];[bed][key]{DUCKING}[low];[speech][low]{mix}"
