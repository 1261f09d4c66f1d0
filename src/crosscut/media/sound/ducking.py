"""A music bed under speech: it steps back while somebody speaks and comes up in the pauses."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import ffmpeg
from crosscut.media.beside import making_beside
from crosscut.media.probe import probe
from crosscut.media.sound.cleaning import CLEANED

RATE_HZ = 48_000


@dataclass(frozen=True, kw_only=True)
class Ducking:
    """How the bed behaves."""

    bed_db: float = -12.0  # gain of the bed where nobody speaks
    opens_dbfs: float = -38.0  # speech over this pushes the bed down
    ratio: int = 8  # how strongly: so many dB of speech let one dB of the bed through
    attack_ms: int = 40
    release_ms: int = 700  # long enough not to pump between words
    fade_in_s: Fraction = Fraction(1)
    fade_out_s: Fraction = Fraction(2)


def duck(
    speech: Path,
    bed: Path,
    out: Path,
    ducking: Ducking | None = None,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> None:
    """Writes speech and bed in stereo to `out`, FLAC or WAV, as long as the speech; a short bed is repeated.

    Raises Invalid, Unsupported (one has no sound), Damaged or Cancelled; then nothing is left behind.
    """
    how = ducking or Ducking()
    if out.suffix.lower() not in CLEANED:
        raise Invalid.at("out", phrase("The mix is written as .flac or .wav, to lose nothing."), code="sound.format")
    length_s = _length(speech)
    _length(bed)
    with making_beside(out) as folder:
        draft = folder / f"mix{out.suffix.lower()}"
        inputs = [*ffmpeg.SAFE_INPUT, "-i", f"file:{speech.resolve()}"]
        inputs += [*ffmpeg.SAFE_INPUT, "-stream_loop", "-1", "-i", f"file:{bed.resolve()}"]
        encoder = ["-c:a", "pcm_s24le"] if out.suffix.lower() == ".wav" else ["-c:a", "flac", "-sample_fmt", "s32"]
        mixing = ["-filter_complex", mix(how, length_s), "-map", "[mix]", *encoder, "-map_metadata", "-1"]

        def on_time(done_s: Fraction) -> None:
            report(Progress(done=min(Fraction(1), done_s / length_s), label="Mixing"))

        arguments = [*ffmpeg.SAY, *inputs, *mixing, f"file:{draft}"]
        ffmpeg.run(speech, arguments, on_time=on_time, should_stop=should_stop)
        draft.replace(out)


def mix(ducking: Ducking, length_s: Fraction) -> str:
    """The FFmpeg graph: input 0 is the speech, input 1 the bed, "[mix]" comes out."""
    both = f"aformat=sample_rates={RATE_HZ}:channel_layouts=stereo:sample_fmts=fltp"
    fade_in_s = min(ducking.fade_in_s, length_s)
    fade_out_s = min(ducking.fade_out_s, length_s)
    bed = [both, f"volume={ducking.bed_db:.2f}dB", f"atrim=end_sample={round(length_s * RATE_HZ)}"]
    if fade_in_s > 0:
        bed.append(f"afade=t=in:d={float(fade_in_s):.3f}")
    if fade_out_s > 0:
        bed.append(f"afade=t=out:st={float(length_s - fade_out_s):.3f}:d={float(fade_out_s):.3f}")
    threshold = 10 ** (ducking.opens_dbfs / 20)
    times = f"attack={ducking.attack_ms}:release={ducking.release_ms}"
    press = f"sidechaincompress=threshold={threshold:.5f}:ratio={ducking.ratio}:{times}:detection=rms"
    together = "amix=inputs=2:duration=first:normalize=0,alimiter=limit=0.89:level=0:latency=1"
    return (
        f"[0:a:0]{both},asplit[speech][key];[1:a:0]{','.join(bed)}[bed];"
        f"[bed][key]{press}[under];[speech][under]{together}[mix]"
    )


def _length(path: Path) -> Fraction:
    facts = probe(path)
    if not facts.audio or not facts.duration_s:
        raise Unsupported(phrase("{name} has no sound.", name=path.name))
    return facts.duration_s
