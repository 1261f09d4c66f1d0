"""`crosscut probe`: what a media file is, by its content."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crosscut.cli.answers import AsJson, say_json
from crosscut.kernel.facts import AudioStream, Depth, MediaFacts, VideoStream
from crosscut.kernel.records import as_data
from crosscut.media import measure_loudness
from crosscut.media import probe as read


def probe(
    file: Annotated[Path, typer.Argument(help="A film, sound, picture, caption file or document.")],
    loudness: Annotated[
        bool, typer.Option("--loudness", help="Measure the loudness too; reads the whole sound.")
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Decode all of it: exact counts, and what is damaged in the middle.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a file is: type, duration, streams, size, colour, rotation. Needs no database."""
    facts = read(file, depth=Depth.DEEP if deep else Depth.QUICK)
    measured = measure_loudness(file) if loudness and facts.audio else None
    if as_json:
        say_json({**as_data(facts), "loudness": as_data(measured) if measured else None})
        return
    table = Table.grid(padding=(0, 2))
    for name, value in _rows(facts):
        table.add_row(f"[dim]{name}[/]", value)
    if measured:
        table.add_row(
            "[dim]loudness[/]", f"{measured.integrated_lufs:.1f} LUFS, true peak {measured.true_peak_dbtp:.1f} dBTP"
        )
    Console().print(table)


def _rows(facts: MediaFacts) -> list[tuple[str, str]]:
    rows = [("kind", f"{facts.kind.value} · {facts.media_type}"), ("size", f"{facts.size_bytes:,} bytes")]
    if facts.duration_s is not None:
        rows.append(("duration", f"{float(facts.duration_s):.3f} s"))
    if facts.picture:
        rows.append(("picture", f"{facts.picture.width_px} × {facts.picture.height_px}, {facts.picture.bits} bit"))
    rows += [("video", _video(stream)) for stream in facts.video]
    rows += [("sound", _audio(stream)) for stream in facts.audio]
    rows += [("note", problem.message) for problem in facts.warnings]
    if facts.damage == ():
        rows.append(("damage", "none: all of it decodes"))
    return rows


def _video(stream: VideoStream) -> str:
    rate = f", {float(stream.frame_rate):.3f} frames/s" if stream.frame_rate else ""
    marks = [
        word
        for word, is_so in (
            ("variable rate", stream.has_variable_rate),
            (stream.hdr_format or "HDR", stream.is_hdr or bool(stream.hdr_format)),
            ("interlaced", stream.is_interlaced),
            ("alpha", stream.has_alpha),
            (f"turned {stream.rotation_deg}°", bool(stream.rotation_deg)),
        )
        if is_so
    ]
    extra = f", {', '.join(marks)}" if marks else ""
    return f"{stream.codec} {stream.width_px} × {stream.height_px}{rate}{extra}"


def _audio(stream: AudioStream) -> str:
    return f"{stream.codec} {stream.rate_hz} Hz, {stream.layout or f'{stream.channels} channels'}"
