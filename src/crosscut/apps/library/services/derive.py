"""Files made from versions: previews for our own pages and what post types need. Each can be made again at any time."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.kernel.records import as_data, from_data
from crosscut.media.plan import PREVIEW_PX, plan, proxy, thumbnail, waveform
from crosscut.media.recipes import Focus, Purpose, Recipe, suffix_of
from crosscut.media.render import render


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One preview that a version should have."""

    label: str  # what is being made, for a person
    recipe: Recipe


def facts_of(row: Version | Rendition) -> MediaFacts:
    """What was measured of the file."""
    return from_data(MediaFacts, row.facts)


def rendition_for(
    version: Version,
    requirement: MediaRequirement,
    *,
    focus: Focus | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> Rendition | None:
    """The file that meets the requirement, made now unless it was before; None when the master already does.

    Call it outside a transaction: it may take long. Raises Unsupported when the master cannot be brought there,
    Damaged, Unavailable (disk full), Cancelled.
    """
    recipe = plan(facts_of(version), requirement, focus=focus)
    if recipe is None:
        return None
    return make(version, recipe, purpose=requirement.post_type, report=report, should_stop=should_stop)


def previews_of(version: Version) -> list[Preview]:
    """What our pages show of a version: the small ones first."""
    facts = facts_of(version)
    wanted = (
        ("thumbnail", thumbnail(facts)),
        ("waveform", waveform(facts)),
        ("poster", _poster(facts)),
        ("proxy", proxy(facts)),
    )
    return [Preview(label=label, recipe=recipe) for label, recipe in wanted if recipe]


def missing_previews(version: Version) -> list[Preview]:
    """The previews that are still to be made."""
    made = set(version.renditions.values_list("purpose", "recipe_digest"))
    return [preview for preview in previews_of(version) if (preview.label, preview.recipe.digest) not in made]


def make(
    version: Version,
    recipe: Recipe,
    *,
    purpose: str,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> Rendition:
    """The file the recipe describes: the one made before, or made now in a capped child process and stored."""
    before = version.renditions.filter(purpose=purpose, recipe_digest=recipe.digest).first()
    if before and storage.exists(before.sha256):
        return before
    with (
        storage.plain_disk_errors("make a file for the web"),
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
    ):
        result = Path(folder) / f"result{suffix_of(recipe)}"
        facts = render(master, recipe, result, report=report, should_stop=should_stop)
        stored = storage.keep(result, should_stop=should_stop)
    fields = {
        "recipe": as_data(recipe),
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "media_type": facts.media_type if facts else recipe.media_type,
        "facts": as_data(facts) if facts else {},
    }
    rendition, _is_new = Rendition.objects.update_or_create(
        version=version, purpose=purpose, recipe_digest=recipe.digest, defaults=fields
    )
    return rendition


def newest(renditions: Iterable[Rendition], purpose: str) -> Rendition | None:
    """The newest of them made for the purpose."""
    fitting = [rendition for rendition in renditions if rendition.purpose == purpose]
    return max(fitting, key=lambda rendition: rendition.pk, default=None)


def _poster(facts: MediaFacts) -> Recipe | None:
    """The large still a film shows before it plays: the thumbnail's moment at the preview's size."""
    small = thumbnail(facts)
    if small is None or small.picture is None or not facts.video:
        return None
    picture = type(small.picture)(
        max_width_px=PREVIEW_PX, max_height_px=PREVIEW_PX, quality=82, at_s=small.picture.at_s
    )
    return Recipe(purpose=Purpose.THUMBNAIL, media_type="image/jpeg", picture=picture)
