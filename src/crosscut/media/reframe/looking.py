"""Looks at a film and plans the camera."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.probe import probe
from crosscut.media.reframe.camera import plan_camera
from crosscut.media.reframe.records import Box, CameraPath, KeyPoint, Look
from crosscut.media.reframe.smoothing import Manner

GLANCE_EVERY_S = Fraction(1, 4)


def look(
    path: Path, *, facts: MediaFacts | None = None, every_s: Fraction = GLANCE_EVERY_S, should_stop: ShouldStop = never
) -> Look:
    """What is seen in a film, from one decode in a capped child; `plan_camera` makes a path for any aspect of it.

    Raises Damaged, Unsupported when there are no moving pictures, or Cancelled.
    """
    facts = facts or probe(path)
    if not facts.video:
        raise Unsupported(
            phrase("{name} has no moving pictures; for a still there is `suggest_crops`.", name=path.name)
        )
    stream = facts.video[0]
    return capped.call(
        "reframe.looking:look",
        Look,
        caps=ANALYSE,
        should_stop=should_stop,
        path=path,
        every_s=every_s,
        width_px=stream.width_px,
        height_px=stream.height_px,
    )


def track(
    path: Path,
    aspect: Fraction,
    *,
    key_points: Sequence[KeyPoint] = (),
    covered: Sequence[Box] = (),
    manner: Manner | None = None,
    should_stop: ShouldStop = never,
) -> CameraPath:
    """Where a window of the aspect (width over height) is at every moment of the film.

    See `plan_camera` for the rest. The same film gives the same path every time.
    """
    seen = look(path, should_stop=should_stop)
    return plan_camera(seen, aspect, key_points=key_points, covered=covered, manner=manner)
