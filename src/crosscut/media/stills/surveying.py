"""All that is wanted of a JPEG that comes in, from one child and one decode."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.metadata import Metadata
from crosscut.media.provenance.records import Provenance
from crosscut.media.recipes import Recipe, suffix_of
from crosscut.media.sniff import SizeLimits, sniff
from crosscut.media.stills.fingerprints import Fingerprint


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A picture read to its last byte, shown and looked at."""

    facts: MediaFacts
    metadata: Metadata
    origin: Provenance
    looks: Fingerprint
    previews: Mapping[str, MediaFacts]  # what was measured of each preview, by its name in `media.previews`


def preview_name(label: str, recipe: Recipe) -> str:
    """What the file of a preview is called.

    >>> from crosscut.media.recipes import Purpose
    >>> preview_name("proxy", Recipe(purpose=Purpose.PROXY, media_type="image/jpeg"))
    'proxy.jpg'
    """
    return f"{label}{suffix_of(recipe)}"


def survey(path: Path, folder: Path, *, should_stop: ShouldStop = never) -> Survey | None:
    """What `probe`, `metadata.read`, `provenance.read` and `fingerprint` say of a JPEG, and its previews made.

    Each preview is a file of the folder, named by `preview_name`. None for what is no JPEG. Raises what `sniff` raises,
    Cancelled, and for whatever is wrong with any part of it Damaged, Invalid or Unsupported: ask for one thing after
    the other then, to hear what can be had all the same.
    """
    sniffed = sniff(path)
    if sniffed.container != "jpeg":
        return None
    return capped.call(
        "stills.surveying:survey",
        Survey,
        should_stop=should_stop,
        path=path,
        sniffed=sniffed,
        folder=folder,
        limit_px=SizeLimits().picture_px,
    )
