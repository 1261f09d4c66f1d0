"""Reads a JPEG, makes its previews and looks at it, all from one decode."""

from mmap import ACCESS_READ, mmap
from pathlib import Path

import pyvips

from crosscut.kernel.errors import Damaged
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import storable
from crosscut.media.inside import metadata, provenance
from crosscut.media.inside.stills import deriving, fingerprints, opening
from crosscut.media.inside.stills.facts import engine_words, found_in, of_found
from crosscut.media.inside.stills.frame import Master, scale_of, shrink_for
from crosscut.media.inside.stills.memory import spare_memory
from crosscut.media.previews import previews
from crosscut.media.provenance.records import Provenance, State
from crosscut.media.recipes import PicturePart, Recipe
from crosscut.media.sniff import Sniffed, sniff
from crosscut.media.stills.derivatives import Derivative, Order
from crosscut.media.stills.making import kept_fields
from crosscut.media.stills.surveying import Survey, preview_name


def survey(path: Path, sniffed: Sniffed, folder: Path, limit_px: int) -> Survey:
    """The survey of a JPEG; its previews are in the folder."""
    pyvips.cache_set_max(0)
    spare_memory()
    about = metadata.read_picture(path)
    origin = _origin(path, sniffed)
    try:
        image = opening.opened(path, sniffed.container, limit_px)
        facts = of_found(path, sniffed, found_in(image, path, sniffed.container))
        orders = {label: _order(label, recipe, folder) for label, recipe in previews(facts).items()}
        wanted = [order.derivative for order in orders.values()]
        scale = scale_of(image, wanted)
        shrink = shrink_for(scale)
        decoded = opening.opened(path, sniffed.container, limit_px, shrink).copy_memory()  # the whole file is read here
        looks = fingerprints.of_decoded(image, decoded, shrink) or fingerprints.of_still(
            path, sniffed.container, limit_px
        )
        master = Master.shrunk(image, decoded, scale)
        del decoded
        deriving.write_all(path, orders.values(), (master.framed(one) for one in wanted), kept_fields(storable(about)))
    except pyvips.Error as fault:
        raise Damaged(
            path, phrase("The picture cannot be read to its end: {fault}", fault=engine_words(fault))
        ) from fault
    made = {label: _facts_of(order.out, limit_px) for label, order in orders.items()}
    return Survey(facts=facts, metadata=about, origin=origin, looks=looks, previews=made)


def _origin(path: Path, sniffed: Sniffed) -> Provenance:
    """What the file says of its origin. Only beginning its reader takes longer than to see that it says nothing: a
    manifest lies in JUMBF boxes, or XMP names it by `dcterms:provenance` (C2PA 2.2, embedding manifests).
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        if content.find(b"jumb") < 0 and content.find(b"provenance") < 0:
            return Provenance(state=State.NONE)
    return provenance.read(path, sniffed.media_type, None)


def _order(label: str, recipe: Recipe, folder: Path) -> Order:
    derivative = Derivative(part=recipe.picture or PicturePart(), media_type=recipe.media_type)
    return Order(derivative=derivative, out=folder / preview_name(label, recipe))


def _facts_of(out: Path, limit_px: int) -> MediaFacts:
    """What was made. Its pixels were in memory a moment ago: to decode them again would tell nothing."""
    sniffed = sniff(out)
    return of_found(out, sniffed, found_in(opening.opened(out, sniffed.container, limit_px), out, sniffed.container))
