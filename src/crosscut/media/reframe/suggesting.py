"""Suggests crops of a still, with what decided and how much of it is inside."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.plan import crop_to
from crosscut.media.recipes import Focus
from crosscut.media.reframe.aim import Aim, Frame, aim_of, places, shown
from crosscut.media.reframe.camera import window_of
from crosscut.media.reframe.people import people_in
from crosscut.media.reframe.records import Look, Side, Suggestion
from crosscut.media.sniff import SizeLimits, sniff

EXACT = 10_000  # a focus is said in these parts of a side
HALF = Fraction(1, 2)


def suggest_crops(path: Path, aspects: Sequence[Fraction], *, should_stop: ShouldStop = never) -> list[Suggestion]:
    """One suggestion for each aspect, from one look at the picture.

    Give its `focus` to `plan` or, in a PicturePart with the aspect, to `derive`. Raises Damaged, Unsupported when it is
    no still, Invalid for an aspect that no picture has.
    """
    kind = sniff(path)
    if kind.kind is not Kind.IMAGE:
        raise Unsupported(phrase("{name} is no still; for a film there is `track`.", name=path.name))
    seen = capped.call(
        "reframe.stills:look",
        Look,
        should_stop=should_stop,
        path=path,
        container=kind.container,
        limit_px=SizeLimits().picture_px,
    )
    return [suggestion(seen, aspect) for aspect in aspects]


def suggestion(seen: Look, aspect: Fraction) -> Suggestion:
    """The best window of the aspect in the one glance of a still."""
    window = window_of(seen.width_px, seen.height_px, aspect)
    frame, glance = Frame(window.side, window.size, ()), seen.glances[0]
    faces = [person.boxes[0] for person in people_in([glance.faces])]
    eye = glance.across if window.side is Side.ACROSS else glance.down
    aim = aim_of(frame, faces, eye)
    middle = frame.room / 2
    best = min(zip(aim.costs, places(frame), strict=True), key=lambda pair: (round(pair[0], 6), abs(pair[1] - middle)))
    start = aim.tube.nearest(best[1])
    focus = _focus(window.side, start + window.size / 2)
    inside = shown(eye, start, start + window.size)
    score = inside if not faces else (len(aim.kept) / len(faces) + inside) / 2
    return Suggestion(
        aspect=aspect,
        focus=focus,
        crop=crop_to(seen.width_px, seen.height_px, aspect, focus),
        score=round(score, 3),
        reason=_reason(aim, len(faces), has_eye=any(eye)),
        faces=tuple(faces),
    )


def _focus(side: Side, centre: float) -> Focus:
    exact = Fraction(round(centre * EXACT), EXACT)
    return Focus(x=exact, y=HALF) if side is Side.ACROSS else Focus(x=HALF, y=exact)


def _reason(aim: Aim, faces: int, *, has_eye: bool) -> str:
    if faces == 1:
        return "the face is kept"
    if faces:
        return f"{len(aim.kept)} of {faces} faces are kept"
    return "what stands out is kept" if has_eye else "nothing stands out: the middle"
