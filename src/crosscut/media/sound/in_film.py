"""A film with another sound: its picture is copied, bit by bit, where MP4 can hold it."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import MediaFacts, Repair, RepairKind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import ffmpeg
from crosscut.media.beside import making_beside
from crosscut.media.probe import probe

COPIED_INTO_MP4 = frozenset({"h264", "hevc", "av1", "mpeg4", "vp9"})
PICTURE_ANEW = ("-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p")
SOUND = ("-c:a", "aac", "-b:a", "192k")
MOST_SHIFT_S = Fraction(60)  # what is further apart than this belongs to another film
MOST_STRETCH = Fraction(2)  # FFmpeg's atempo sounds right from a half to twice the speed


def with_sound(
    path: Path, sound: Path, out: Path, *, report: Report = ignore, should_stop: ShouldStop = never
) -> MediaFacts:
    """The facts of the film at `out`, an MP4 of the picture of `path` with the first sound of `sound`.

    Raises Unsupported without picture, Damaged or Cancelled; then nothing is left behind and `out` is as it was.
    """

    def line(facts: MediaFacts) -> Sequence[str]:
        return ["-map", "0:V:0", *_picture(facts), "-map", "1:a:0", *SOUND]

    if not probe(path).video:
        raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
    return _write(path, [sound], line, out, report, should_stop)


def mend_sound(
    path: Path, repair: Repair, out: Path, *, report: Report = ignore, should_stop: ShouldStop = never
) -> MediaFacts:
    """The facts of the film or sound at `out` with its sound moved, stretched, or declipped, as the repair says.

    A film is written as .mp4, a sound as .flac or .wav. Raises Invalid for another repair, Unsupported without sound,
    Damaged or Cancelled; then nothing is left behind and `out` is as it was.
    """
    filters = sound_filter(repair)

    def line(facts: MediaFacts) -> Sequence[str]:
        if not facts.audio:
            raise Unsupported(phrase("{name} has no sound.", name=path.name))
        picture = ["-map", "0:V:0", *_picture(facts)] if facts.video else []
        encoder = SOUND if facts.video else ()
        return [*picture, "-map", "0:a:0", "-af", filters, *encoder]

    return _write(path, [], line, out, report, should_stop)


def sound_filter(repair: Repair) -> str:
    """The FFmpeg filters that do what the repair says to the whole sound.

    >>> from crosscut.kernel.facts import Span
    >>> span = Span(start_s=Fraction(0), end_s=Fraction(9))
    >>> sound_filter(Repair(kind=RepairKind.SHIFT_SOUND, span=span, amount=Fraction(-1, 5)))
    'atrim=start=0.200000,asetpts=PTS-STARTPTS,apad=pad_dur=0.200000'
    """
    amount = repair.amount or Fraction(0)
    if repair.kind is RepairKind.SHIFT_SOUND and 0 < amount <= MOST_SHIFT_S:
        return f"adelay=delays={float(amount * 1000):.3f}:all=1"
    if repair.kind is RepairKind.SHIFT_SOUND and -MOST_SHIFT_S <= amount < 0:
        return f"atrim=start={-float(amount):.6f},asetpts=PTS-STARTPTS,apad=pad_dur={-float(amount):.6f}"
    if repair.kind is RepairKind.STRETCH_SOUND and 1 / MOST_STRETCH <= amount <= MOST_STRETCH:
        return f"atempo={float(1 / amount):.9f}"
    if repair.kind is RepairKind.DECLIP:
        return "adeclip"
    message = phrase(
        "A sound can be moved by up to a minute, stretched to between half and twice its length, or declipped."
    )
    raise Invalid.at("repair", message, code="sound.repair")


def _picture(facts: MediaFacts) -> Sequence[str]:
    return ("-c:v", "copy") if facts.video[0].codec in COPIED_INTO_MP4 else PICTURE_ANEW


def _write(
    path: Path,
    beside: Sequence[Path],
    line: Callable[[MediaFacts], Sequence[str]],
    out: Path,
    report: Report,
    should_stop: ShouldStop,
) -> MediaFacts:
    facts = probe(path)
    wanted = line(facts)
    inputs = [argument for file in (path, *beside) for argument in (*ffmpeg.SAFE_INPUT, "-i", f"file:{file.resolve()}")]
    length_s = facts.duration_s or Fraction(1)
    with making_beside(out) as folder:
        draft = folder / f"result{out.suffix}"
        quick = ["-movflags", "+faststart"] if out.suffix == ".mp4" else []

        def on_time(done_s: Fraction) -> None:
            report(Progress(done=min(Fraction(99, 100), done_s / length_s), label="Writing"))

        arguments = [*ffmpeg.SAY, *inputs, "-map_metadata", "0", *wanted, *quick, f"file:{draft}"]
        ffmpeg.run(path, arguments, on_time=on_time, should_stop=should_stop)
        made = probe(draft)
        draft.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    return made
