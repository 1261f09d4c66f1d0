"""Mends the simplest case: dims, and takes the colour out of, what flashes, and looks again until it is harmless."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Repair, RepairKind, Screening, Seen, Span
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import ffmpeg
from crosscut.media.screens.looking import screen

TRIES = 4
HARDER = Fraction(4, 5)  # each try keeps this much less of the brightness
AROUND_S = Fraction(1, 10)  # before and after what was found, so that its edges are dimmed too
HARMFUL = (Seen.FLASH, Seen.RED_FLASH)
BLACK_LUMA, GREY = 16, 128  # of 8-bit limited range: ITU-R BT.709-6, table 5


def calm(path: Path, out: Path, *, profile: str = "wcag", should_stop: ShouldStop = never) -> Screening:
    """Writes the film as MP4 with its hazardous stretches dimmed, and says what a look through the result found.

    Red loses its colour, everything else as much brightness as it has to; sound becomes AAC. The
    result is screened, and dimmed further, up to four times. Raises Unsupported when there is nothing to mend or when
    it still flashes after that: cut the stretch then.
    """
    found = screen(path, profile=profile, should_stop=should_stop)
    repairs = _repairs(found)
    if not repairs:
        raise Unsupported(
            phrase("{name} has no flashes that are more than is safe: there is nothing to mend.", name=path.name)
        )
    with TemporaryDirectory(dir=out.parent, prefix=".calm-") as folder:
        made = Path(folder, "calm.mp4")
        for _ in range(TRIES):
            ffmpeg.run(path, _arguments(path, made, repairs), should_stop=should_stop)
            seen = screen(made, profile=profile, should_stop=should_stop)
            if not seen.flashes:
                made.replace(out)
                return seen
            repairs = [*map(_harder, repairs), *_new(seen, repairs)]
    raise Unsupported(phrase("{name} still flashes when it is dimmed: cut the stretch instead.", name=path.name))


def _repairs(seen: Screening) -> list[Repair]:
    kinds = (RepairKind.DIM, RepairKind.DESATURATE)
    found = [repair for one in seen.sightings if one.kind in HARMFUL for repair in one.repairs if repair.kind in kinds]
    return [replace(repair, span=_around(repair.span)) for repair in found]


def _around(span: Span) -> Span:
    return Span(start_s=max(Fraction(0), span.start_s - AROUND_S), end_s=span.end_s + AROUND_S)


def _harder(repair: Repair) -> Repair:
    return replace(repair, amount=repair.amount * HARDER if repair.amount else repair.amount)


def _new(seen: Screening, known: list[Repair]) -> list[Repair]:
    """Stretches that only the result has, such as light flashes where colour was taken out of red ones."""
    have = {(repair.kind, repair.span) for repair in known}
    return [repair for repair in _repairs(seen) if (repair.kind, repair.span) not in have]


def _arguments(path: Path, made: Path, repairs: Iterable[Repair]) -> list[str]:
    filters = ",".join(["format=yuv420p", *map(_filter, repairs)])
    picture = ["-map", "0:V:0", "-vf", filters, "-c:v", "libx264", "-preset", "medium", "-crf", "18"]
    return [
        *ffmpeg.SAY,
        *ffmpeg.source(path),
        *picture,
        "-map",
        "0:a?",
        "-c:a",
        "aac",
        "-movflags",
        "+faststart",
        str(made),
    ]


def _filter(repair: Repair) -> str:
    """One stretch of lesser brightness, or of lesser colour, as a table of 8-bit values."""
    amount, start_s, end_s = (float(each or 0) for each in (repair.amount, repair.span.start_s, repair.span.end_s))
    colour = f"u='{GREY}+(val-{GREY})*{amount}':v='{GREY}+(val-{GREY})*{amount}'"
    light = f"y='{BLACK_LUMA}+(val-{BLACK_LUMA})*{amount}':" if repair.kind is RepairKind.DIM else ""
    return f"lutyuv={light}{colour}:enable='between(t,{start_s:.4f},{end_s:.4f})'"
