"""`crosscut reframe`: another shape of a film or a still that keeps what matters."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from crosscut.cli.answers import AsJson, say, say_json
from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import Kind
from crosscut.kernel.progress import Progress
from crosscut.kernel.records import as_data
from crosscut.media import derive, sniff
from crosscut.media.recipes import PicturePart
from crosscut.media.reframe import Box, CameraPath, KeyPoint, suggest_crops, track
from crosscut.media.reframe import reframe as make_reframed
from crosscut.specs import post_type

STILL_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
To = Annotated[str, typer.Option("--to", help="The wanted shape, width to height: 9:16, 1:1, 4:5.")]
Out = Annotated[Path | None, typer.Option("--out", help="What to make; without it the camera or the crop is told.")]
At = Annotated[
    list[str] | None,
    typer.Option("--at", help="A key point, seconds=across,down: 3.5=0.7,0.5. It rules its shot; may be repeated."),
]
For = Annotated[str, typer.Option("--for", help="A post type, such as instagram/reel: faces are kept off its buttons.")]


def reframe(
    file: Annotated[Path, typer.Argument(help="A film or a still.")],
    to: To = "9:16",
    out: Out = None,
    at: At = None,
    goes_to: For = "",
    as_json: AsJson = False,
) -> None:
    """Make another shape of a film or a still that keeps faces and what moves in view."""
    aspect = _aspect(to)
    if sniff(file).kind is Kind.IMAGE:
        _still(file, aspect, out, as_json=as_json)
        return
    if out and out.suffix.lower() != ".mp4":
        raise Invalid.at("--out", "A reframed film is an MP4: name the result .mp4.")
    camera = track(file, aspect, key_points=[_key_point(text) for text in at or ()], covered=_covered(goes_to))
    if out:
        _make(file, camera, out, quiet=as_json)
    if as_json:
        say_json({"file": str(out) if out else None, "camera": as_data(camera)})
        return
    for line in _told(camera):
        say(line)
    if out:
        say(f"→ {out}")


def _make(file: Path, camera: CameraPath, out: Path, *, quiet: bool) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(out.name, total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=float(progress.done))

        make_reframed(file, camera.aspect, out, camera=camera, report=report)


def _still(file: Path, aspect: Fraction, out: Path | None, *, as_json: bool) -> None:
    (found,) = suggest_crops(file, [aspect])
    if out:
        media_type = STILL_TYPES.get(out.suffix.lower())
        if media_type is None:
            raise Invalid.at("--out", f"A still is written as {', '.join(STILL_TYPES)}.")
        derive(file, PicturePart(aspect=aspect, focus=found.focus), out, media_type=media_type)
    if as_json:
        say_json({"file": str(out) if out else None, "suggestion": as_data(found)})
        return
    crop = found.crop
    say(f"{crop.width_px} × {crop.height_px} from {crop.x_px}, {crop.y_px}: {found.reason} ({found.score:.0%})")
    if out:
        say(f"→ {out}")


def _told(camera: CameraPath) -> Sequence[str]:
    window, kept = camera.window, camera.kept
    by_hand = sum(shot.is_by_hand for shot in camera.shots)
    lines = [f"{window.width_px} × {window.height_px} of {camera.width_px} × {camera.height_px}"]
    lines += [f"{len(camera.shots)} shots, {by_hand} of them led by key points"]
    if kept.could:
        lines += [f"faces: {kept.kept} of {kept.could} that fit are whole in the title-safe area, {kept.cut} cut"]
    return lines


def _aspect(text: str) -> Fraction:
    """The width over the height that a person wrote.

    >>> _aspect("9:16")
    Fraction(9, 16)
    """
    try:
        return Fraction(text.replace(":", "/", 1))
    except (ValueError, ZeroDivisionError) as fault:
        raise Invalid.at("--to", f"{text} is no shape: write width to height, such as 9:16.") from fault


def _key_point(text: str) -> KeyPoint:
    """The key point that a person wrote.

    >>> _key_point("3.5=0.7,0.5")
    KeyPoint(at_s=Fraction(7, 2), x=0.7, y=0.5)
    """
    moment, _, place = text.partition("=")
    across, _, down = place.partition(",")
    try:
        return KeyPoint(at_s=Fraction(moment), x=float(across), y=float(down or "0.5"))
    except (ValueError, ZeroDivisionError) as fault:
        raise Invalid.at("--at", f"{text} is no key point: write seconds=across,down, such as 3.5=0.7,0.5.") from fault


def _covered(key: str) -> list[Box]:
    """What the player of a post type draws over, as strips along the edges; none where nobody says."""
    zone = post_type(key).safe_zone if key else None
    if zone is None:
        return []
    top, bottom, left, right = (
        (side or 0) / 100 for side in (zone.top_pct, zone.bottom_pct, zone.left_pct, zone.right_pct)
    )
    strips = [(0.0, 0.0, 1.0, top), (0.0, 1 - bottom, 1.0, bottom), (0.0, 0.0, left, 1.0), (1 - right, 0.0, right, 1.0)]
    return [Box(x=x, y=y, width=width, height=height) for x, y, width, height in strips if width and height]
