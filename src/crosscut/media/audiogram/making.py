"""Makes an audiogram: still parts drawn once, then one FFmpeg run that fills the waveform as the sound plays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Unavailable, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import capped, ffmpeg, sound, stills
from crosscut.media.audiogram.look import Box, Look, check, layout
from crosscut.media.beside import making_beside
from crosscut.media.captions import CaptionStyle, Cue, to_ass
from crosscut.media.letters import letters_problem, missing_letters
from crosscut.media.probe import probe
from crosscut.media.recipes import PicturePart

CAPTION_MARGIN_PERCENT = Fraction(4)
SOUND = ("-map", "3:a:0", "-ac", "2", "-c:a", "aac", "-b:a", "160k", "-ar", "48000")
ENCODER = ("-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-crf", "21", "-pix_fmt", "yuv420p")


@dataclass(frozen=True, kw_only=True)
class Design:
    """What an audiogram is made of beside the sound."""

    look: Look
    cover: Path | None = None  # a picture; the middle of it is shown
    cues: tuple[Cue, ...] = ()  # captions


def audiogram(
    path: Path,
    design: Design,
    out: Path,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MediaFacts:
    """The facts of the film at `out`, an MP4 as long as the sound. Captions are burnt in under the waveform.

    A letter that no font here has is a warning in the facts. Raises Invalid when something could not be seen (with the
    contrast that is missing), Unsupported without sound, Unavailable without fonts, Damaged or Cancelled; then nothing
    is left behind and `out` is as it was.
    """
    look, cues = design.look, design.cues
    check(look)
    facts = probe(path)
    if not facts.audio:
        raise Unsupported(phrase("{name} has no sound, and an audiogram is made of sound.", name=path.name))
    if (look.title or cues) and not ffmpeg.has_fonts():
        raise Unavailable(
            phrase("Words cannot be drawn: no font is installed. Install one, such as fonts-dejavu-core.")
        )
    report(Progress(done=Fraction(0), label="Listening"))
    heard = sound.analyse(path, sound.Wanted(buckets=look.bars), should_stop=should_stop)
    with making_beside(out) as folder:
        _draw(look, design.cover, heard.peaks, folder, should_stop)
        if cues:
            (folder / ffmpeg.CAPTIONS_NAME).write_text(_script(look, cues), encoding="utf-8")
        draft = folder / "result.mp4"

        def on_time(done_s: Fraction) -> None:
            report(Progress(done=min(Fraction(99, 100), done_s / heard.duration_s), label="Drawing"))

        arguments = _arguments(path, look, heard.duration_s, has_captions=bool(cues), result=draft)
        ffmpeg.run(path, arguments, cwd=folder, on_time=on_time, should_stop=should_stop)
        made = probe(draft)
        missing = missing_letters(_script(look, (*_title(look), *cues)), folder) if look.title or cues else ()
        draft.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    return replace(made, warnings=(*made.warnings, letters_problem(missing, where="words"))) if missing else made


def _title(look: Look) -> tuple[Cue, ...]:
    """The title as a caption, for looking whether its letters are there; it is drawn elsewhere."""
    return (Cue(start_s=Fraction(0), end_s=Fraction(1), text=look.title),) if look.title else ()


def _draw(
    look: Look, cover: Path | None, peaks: Sequence[tuple[int, int]], folder: Path, should_stop: ShouldStop
) -> None:
    """Writes panel.png (all that stands still), field.png (the two colours) and bars.png (where they show)."""
    box = layout(look)["cover"]
    fitted = None
    if cover:
        aspect = Fraction(box.width_px, box.height_px)
        part = PicturePart(aspect=aspect, max_width_px=box.width_px, max_height_px=box.height_px, quality=95)
        fitted = folder / "cover.jpg"
        stills.derive(cover, part, fitted, should_stop=should_stop)
    capped.call(
        "audiogram:draw", int, should_stop=should_stop, path=fitted or folder, look=look, has_cover=fitted is not None,
        peaks=list(peaks), folder=folder,
    )  # fmt: skip


def _script(look: Look, cues: Sequence[Cue]) -> str:
    """Captions in the strip under the waveform, on the panel's own colour."""
    style = CaptionStyle(
        font=look.font,
        size_percent=Fraction(5),
        text_colour=look.text_colour,
        backing_colour=look.panel_colour,
        backing_opacity_percent=100,
        margin_percent=CAPTION_MARGIN_PERCENT,
    )
    return to_ass(
        [replace(cue, settings=type(cue.settings)()) for cue in cues], look.width_px, look.height_px, style=style
    )


def _arguments(path: Path, look: Look, length_s: Fraction, *, has_captions: bool, result: Path) -> list[str]:
    still = ("-f", "image2", "-loop", "1", "-framerate", str(look.frame_rate))
    inputs = [argument for name in ("panel", "field", "bars") for argument in (*still, "-i", f"{name}.png")]
    inputs += [*ffmpeg.SAFE_INPUT, "-i", f"file:{path.resolve()}"]
    graph = moving(layout(look)["wave"], length_s, has_captions=has_captions)
    return [
        *ffmpeg.SAY, *inputs, "-filter_complex", graph, "-map", "[film]", *SOUND, *ENCODER, *ffmpeg.SAME_EVERY_TIME,
        "-t", f"{float(length_s):.6f}", "-movflags", "+faststart", f"file:{result}",
    ]  # fmt: skip


def moving(wave: Box, length_s: Fraction, *, has_captions: bool) -> str:
    """The FFmpeg graph: the field of two colours slides under the bars, so that they fill from the left.

    >>> moving(Box(x_px=0, y_px=9, width_px=80, height_px=40), Fraction(5), has_captions=False).split(";")[0]
    "[1:v]crop=80:40:'80*max(0,1-t/5.000)':0[colours]"
    """
    width, height = wave.width_px, wave.height_px
    slide = f"[1:v]crop={width}:{height}:'{width}*max(0,1-t/{float(length_s):.3f})':0[colours]"
    captions = f",{ffmpeg.words_filter(ffmpeg.CAPTIONS_NAME)}" if has_captions else ""
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    return (
        f"{slide};[2:v]format=gray[bars];[colours][bars]alphamerge[wave];"
        f"[0:v][wave]overlay={wave.x_px}:{wave.y_px}:format=gbrp{captions},"
        f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{tags}[film]"
    )
