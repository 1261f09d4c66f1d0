"""What a media file is: sizes, streams, duration, colour, and what is odd about it."""

from pathlib import Path

from crosscut.kernel.facts import Depth, Kind, MediaFacts
from crosscut.media import capped, captions, svg
from crosscut.media.caps import ANALYSE, READ
from crosscut.media.sniff import SizeLimits, sniff


def probe(path: Path, *, limits: SizeLimits | None = None, depth: Depth = Depth.QUICK) -> MediaFacts:
    """The facts of a file, read by its content in a capped child process.

    Stills are decoded to the last pixel; of film and sound every packet is read where the file is small or tells no
    duration, and the first second is decoded. `Depth.EXACT` reads every packet of any file: exact duration, frame
    count and frame rates. `Depth.DEEP` decodes them all too, and tells what is damaged in the middle. Raises NotFound,
    Unsupported, Invalid (too large) or Damaged with a plain reason.
    """
    limits = limits or SizeLimits()
    sniffed = sniff(path, limits=limits)
    if sniffed.container == "svg":
        return svg.facts(path, sniffed)
    if sniffed.kind is Kind.CAPTIONS:
        return captions.facts(path, sniffed)
    if sniffed.kind in (Kind.IMAGE, Kind.DOCUMENT):
        return capped.call(
            "stills.facts:read", MediaFacts, caps=READ, path=path, sniffed=sniffed, limit_px=limits.picture_px
        )
    caps = READ if depth is Depth.QUICK else ANALYSE
    return capped.call("films.facts:read", MediaFacts, caps=caps, path=path, sniffed=sniffed, depth=depth)
