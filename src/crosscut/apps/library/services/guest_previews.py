"""What guests see of an asset: the previews our own pages have, or such with words across them."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from crosscut.apps.library.gathering import items_in
from crosscut.apps.library.models import Collection, CollectionLink, Rendition, Version
from crosscut.apps.library.queries import is_open
from crosscut.apps.library.services import derive
from crosscut.apps.work.queueing import enqueue
from crosscut.kernel.errors import Damaged, Invalid, Unavailable, Unsupported
from crosscut.media.recipes import Recipe
from crosscut.media.watermark import as_captions

MARK = "library.mark"  # the task's name; tasks.py holds the task
SMALL, LARGE, STILL = "thumbnail", "proxy", "poster"  # what a guest's page shows


def preview(version: Version, what: str, mark: str, made: Iterable[Rendition]) -> Rendition | None:
    """The preview as that guest may see it, among those made; None while it is not made. Never one without its mark."""
    recipe = _recipe(version, what, mark)
    if recipe is None:
        return None
    purpose = _purpose(what, mark)
    fitting = (row for row in made if row.purpose == purpose and row.recipe_digest == recipe.digest)
    if mark:  # one whose room was given back is made anew for its link, not by whoever asks for it
        fitting = (row for row in fitting if row.freed_at is None)
    return next(fitting, None)


def plan_previews(collection: Collection) -> None:
    """Has what is missing for the collection's guests made soon. Call it inside the transaction that changed it."""
    marked = [link for link in collection.links.exclude(watermark="") if is_open(link)]
    for link in marked:
        enqueue(MARK, lock=f"mark:{link.pk}", link_id=link.pk)  # one that waits already makes these too


def plan_lacking(link: CollectionLink, versions: Iterable[Version]) -> None:
    """Has the marked previews made soon that one of the versions could have and has not: their room was given back."""
    if link.watermark and any(_lacks(version, link.watermark) for version in versions):
        plan_previews(link.collection)


def make_previews(link_id: int) -> int:
    """Makes every marked preview the link lacks; says how many. What cannot be made is never shown bare instead."""
    link = CollectionLink.objects.select_related("collection__created_by__workspace").filter(pk=link_id).first()
    if link is None or not link.watermark or not is_open(link):
        return 0
    count = 0
    for item in items_in(link.collection):
        version = item.asset.current
        for what in (SMALL, STILL, LARGE):
            count += version is not None and _make(version, what, link.watermark)
    return count


def _lacks(version: Version, mark: str) -> bool:
    made = list(version.renditions.all())
    wanted = [what for what in (SMALL, LARGE) if _recipe(version, what, mark)]
    return any(preview(version, what, mark, made) is None for what in wanted)


def _make(version: Version, what: str, mark: str) -> bool:
    recipe = _recipe(version, what, mark)
    if recipe is None or derive.made_before(version, recipe, _purpose(what, mark)):
        return False
    beside = derive.Beside(captions=as_captions(mark)) if recipe.video else derive.Beside(mark=mark)
    try:
        derive.make(version, recipe, purpose=_purpose(what, mark), beside=beside)
    except (Damaged, Invalid, Unsupported, Unavailable):
        return False
    return True


def _purpose(what: str, mark: str) -> str:
    return f"{what} with mark" if mark else what


def _recipe(version: Version, what: str, mark: str) -> Recipe | None:
    """How the preview is made; None where this kind of file has none."""
    plain = next((one.recipe for one in derive.previews_of(version) if one.label == what), None)
    if plain is None or not mark or (plain.picture is None and plain.video is None):
        return plain  # a sound has nothing to write across
    marked = replace(plain, beside=(*plain.beside, hashlib.sha256(mark.encode()).hexdigest()))
    if plain.video is None:
        return marked
    return replace(marked, video=replace(plain.video, burns_captions=True))
