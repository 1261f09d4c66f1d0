"""`crosscut cut`: the film of a timeline."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from crosscut.cli.answers import AsJson, say_json
from crosscut.cli.signing import Sign
from crosscut.kernel.errors import Invalid
from crosscut.kernel.progress import Progress
from crosscut.kernel.records import as_data
from crosscut.media import exchange
from crosscut.media.cuts import SAME_LOOK_CRF, Cut, Encoding, MadeCut, components_of, make_cut, render_cut
from crosscut.media.probe import probe
from crosscut.media.provenance import Action, SigningKey, key_in, sign_composite

FONTS_NAME = "fonts"


class Encode(StrEnum):
    """How much of a cut is encoded."""

    LEAST = "least"
    SOUND = "sound"
    ALL = "all"


Rate = Annotated[
    str, typer.Option("--rate", help="Frames a second of an edit decision list, which does not say: 25, 30000/1001.")
]


def cut(  # noqa: PLR0913 - the options of a command
    file: Annotated[Path, typer.Argument(help="The timeline: .otio, .edl, .xml, .fcpxml or .mlt.")],
    out: Annotated[Path, typer.Option("--out", help="The film to make, an MP4.")],
    media: Annotated[
        list[Path] | None, typer.Option("--media", help="A folder of the media; more than one may be named.")
    ] = None,
    rate: Rate = "",
    encode: Annotated[Encode, typer.Option("--encode", help="How much is encoded though it could be copied.")] = (
        Encode.LEAST
    ),
    sign: Sign = None,
    as_json: AsJson = False,
) -> None:
    """Make the film of a timeline, copying what it can.

    Of a plain cut of one film only what lies around the cuts is encoded. Copied sound may be half a packet (11 ms) off
    its picture: "--encode sound" makes it exact to the sample, "--encode all" copies nothing. A folder "fonts" beside
    the timeline is used for titles and captions. A signed film says of what it was made, and what that said of itself.
    """
    if out.suffix.lower() != ".mp4":
        raise Invalid.at("--out", "A cut is made as MP4: name the result .mp4.")
    key = key_in(sign) if sign else None
    timeline = exchange.read(file, rate=exchange.rate_of(rate))
    folders = media or [file.resolve().parent]
    fonts = file.resolve().parent / FONTS_NAME
    encoding = Encoding(crf=SAME_LOOK_CRF, fonts=fonts if fonts.is_dir() else None, copies_sound=encode is Encode.LEAST)
    make = partial(render_cut if encode is Encode.ALL else make_cut, encoding=encoding)
    with _signed(out, key, timeline, folders) if key else nullcontext(out) as film:
        made = _make(make, timeline, folders, film, quiet=as_json)
    if key:
        made = replace(made, facts=probe(out))
    if as_json:
        say_json({"file": str(out), "warnings": as_data(list(timeline.warnings)), **as_data(made)})
        return
    console = Console(highlight=False)
    console.print(f"→ {out}: {made.frames:,} frames, {made.encoded_frames:,} of them encoded", soft_wrap=True)
    if made.sound_moved_s:
        moved = f"Its sound is copied; a stretch is at most {float(made.sound_moved_s) * 1000:.1f} ms from its picture."
        console.print(f"  · {moved}", soft_wrap=True)
    for line in (*made.reasons, *(problem.message for problem in timeline.warnings)):
        console.print(f"  · {line}", soft_wrap=True, markup=False)


@contextmanager
def _signed(out: Path, key: SigningKey, timeline: Cut, folders: Sequence[Path]) -> Iterator[Path]:
    """Where to make the film, which goes to its place once it is signed, and not at all otherwise."""
    with TemporaryDirectory(dir=out.resolve().parent, prefix=".cut-") as name:
        film = Path(name) / out.name
        yield film
        sign_composite(film, key=key, components=components_of(timeline, folders), actions=[Action.EDITED])
        film.replace(out)


def _make(make: Callable[..., MadeCut], timeline: Cut, folders: list[Path], out: Path, *, quiet: bool) -> MadeCut:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(out.name, total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=float(progress.done))

        return make(timeline, folders, out, report=report)
