"""What a crop of a still keeps where nobody said: faces, else what stands out."""

from fractions import Fraction
from functools import lru_cache

from crosscut.apps.library import storage
from crosscut.apps.library.models import Version
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.kernel.records import from_data
from crosscut.media.plan import nearest_aspect
from crosscut.media.recipes import Focus
from crosscut.media.reframe import Suggestion, suggest_crops

EXACT = 10_000  # a point is kept in these parts of a side
KNOWN = 500  # pictures and shapes remembered by each process: a look takes some tenths of a second


def focus_for(version: Version, need: MediaRequirement, chosen: Focus | None) -> Focus | None:
    """What the crop for a requirement keeps: what a person chose, else what the engine suggests.

    None for what is no still, and where the shape fits as it is.
    """
    facts = from_data(MediaFacts, version.facts)
    if chosen or facts.picture is None or facts.video or facts.aspect is None:
        return chosen
    aspect = nearest_aspect(facts.aspect, need)
    found = suggested(version, aspect) if aspect != facts.aspect else None
    return found.focus if found else None


def suggested(version: Version, aspect: Fraction) -> Suggestion | None:
    """The crop of the still to that shape that keeps what matters; None for what cannot be looked at."""
    return next(iter(suggested_for(version, (aspect,))), None)


def suggested_for(version: Version, aspects: tuple[Fraction, ...]) -> tuple[Suggestion, ...]:
    """One crop of the still for each shape, from one look; none for what cannot be looked at."""
    return _suggested(version.sha256, aspects)


def focus_at(x: float, y: float) -> Focus:
    """The point as recipes hold it."""
    return Focus(x=Fraction(round(x * EXACT), EXACT), y=Fraction(round(y * EXACT), EXACT))


@lru_cache(maxsize=KNOWN)
def _suggested(sha256: str, aspects: tuple[Fraction, ...]) -> tuple[Suggestion, ...]:
    with storage.local_copy(sha256) as master:
        try:
            return tuple(suggest_crops(master, aspects))
        except Unsupported:
            return ()
