"""Files made from versions: previews for our own pages and what post types need. Each can be made again at any time."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.services.focusing import focus_for
from crosscut.apps.library.services.going_along import name_of, write_words
from crosscut.apps.library.services.rooms import note_use
from crosscut.apps.library.services.signing import sign_made
from crosscut.apps.library.storage import Stored
from crosscut.apps.work.queueing import enqueue
from crosscut.kernel.errors import CrosscutError, Damaged, Invalid, Unsupported
from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.kernel.records import as_data, from_data
from crosscut.media.metadata import Metadata
from crosscut.media.plan import plan
from crosscut.media.podcast import finish, plan_episode
from crosscut.media.previews import poster, previews
from crosscut.media.probe import probe
from crosscut.media.provenance import actions_of
from crosscut.media.recipes import Episode, Focus, PicturePart, Purpose, Recipe, suffix_of
from crosscut.media.render import render
from crosscut.media.stills import Derivative, Survey, derive_all, preview_name
from crosscut.media.watermark import mark_picture

REMAKE = "library.remake"  # the task's name; tasks.py holds the task
SMALLER_PX = (480, 960, 1600)  # a phone, a phone with a dense screen or half a page, a whole page
WORTH_IT = Fraction(4, 5)  # of the whole picture's width; a form that is hardly smaller saves nobody anything
_SMALLER_TYPES = ("image/jpeg", "image/png", "image/webp")
_MIDDLE = Focus(x=Fraction(1, 2), y=Fraction(1, 2))


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What goes into a made file beside its master. The recipe names each by its hash."""

    captions: str = ""  # WebVTT or SubRip, to burn in
    cover: Path | None = None  # of a podcast, a picture on this machine
    mark: str = ""  # words to write across a picture
    said: Mapping[str, Any] = field(default_factory=dict)  # what it says of itself in place of what its master says


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What was put into a made file at the very end."""

    said: Mapping[str, Any] = field(default_factory=dict)  # fields, in place of what its master says
    signed_by: str = ""  # fingerprint of the workspace's certificate


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One preview that a version should have."""

    label: str  # what is being made, for a person
    recipe: Recipe


@dataclass(frozen=True, kw_only=True)
class Made:
    """A preview that was made and stored, and has no row yet."""

    preview: Preview
    stored: Stored
    facts: MediaFacts


def facts_of(row: Version | Rendition) -> MediaFacts:
    """What was measured of the file."""
    return from_data(MediaFacts, row.facts)


def episode_for(version: Version, episode: Episode, *, purpose: str, cover: Path | None = None) -> Rendition:
    """The sound finished as a podcast episode, made now unless it was before. Raises as `make` does."""
    sha256 = hashlib.sha256(cover.read_bytes()).hexdigest() if cover else ""
    recipe = plan_episode(facts_of(version), episode, cover_sha256=sha256)
    return make(version, recipe, purpose=purpose, beside=Beside(cover=cover))


def poster_for(
    version: Version, shown: MediaFacts, focus: Focus | None = None, *, said: Mapping[str, Any] | None = None
) -> Rendition | None:
    """The still that stands for a film, cut as the film itself is where it is `shown`; None for all that is no film.

    None also where no frame can be had: a film goes out without rather than not at all.
    """
    recipe, own = poster(facts_of(version)), facts_of(version)
    if recipe is None or recipe.picture is None:
        return None
    if shown.aspect and own.aspect and abs(shown.aspect / own.aspect - 1) > Fraction(1, 100):
        recipe = replace(recipe, picture=replace(recipe.picture, aspect=shown.aspect, focus=focus or _MIDDLE))
    try:
        return make(version, recipe, purpose="poster", beside=Beside(said=said or {}))
    except (Damaged, Invalid, Unsupported):
        return None


def smaller_for(
    version: Version,
    shown: MediaFacts,
    requirement: MediaRequirement | None,
    focus: Focus | None = None,
    *,
    said: Mapping[str, Any] | None = None,
) -> list[Rendition]:
    """The picture as it is `shown` at fewer pixels, smallest first; none of drawings and of what moves."""
    facts = facts_of(version)
    is_moving = facts.picture is None or facts.picture.frame_count > 1
    if is_moving or shown.width_px is None or shown.media_type not in _SMALLER_TYPES:
        return []
    whole = plan(facts, requirement, focus=focus_for(version, requirement, focus)) if requirement else None
    part = whole.picture if whole and whole.picture else PicturePart()
    return [
        make(
            version,
            Recipe(purpose=Purpose.POST, media_type=shown.media_type, picture=replace(part, max_width_px=width_px)),
            purpose="smaller",
            beside=Beside(said=said or {}),
        )
        for width_px in SMALLER_PX
        if width_px <= shown.width_px * WORTH_IT
    ]


def small_previews(
    path: Path, facts: MediaFacts, about: Metadata, *, should_stop: ShouldStop = never
) -> tuple[Made, ...]:
    """All previews of a still, from one decode, with what it says of itself; none of films and sounds.

    Raises what `stills.derive_all` raises.
    """
    wanted = _previews(facts) if facts.picture else []
    if not wanted:
        return ()
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder:
        outs = {Path(folder) / preview_name(preview.label, preview.recipe): preview for preview in wanted}
        orders = {
            out: Derivative(part=preview.recipe.picture or PicturePart(), media_type=preview.recipe.media_type)
            for out, preview in outs.items()
        }
        derive_all(path, orders, about=about, should_stop=should_stop)
        return tuple(
            Made(preview=preview, facts=probe(out), stored=storage.keep(out, should_stop=should_stop))
            for out, preview in outs.items()
        )


def keep_surveyed(found: Survey, folder: Path, *, should_stop: ShouldStop = never) -> tuple[Made, ...]:
    """The previews that came with a survey and lie in the folder, stored. Raises what `storage.keep` raises."""
    return tuple(
        Made(
            preview=preview,
            facts=found.previews[preview.label],
            stored=storage.keep(folder / preview_name(preview.label, preview.recipe), should_stop=should_stop),
        )
        for preview in _previews(found.facts)
    )


def note_made(version: Version, made: Made) -> Rendition:
    """The row of a preview that was made before its version had one."""
    recipe = made.preview.recipe
    return note(version, recipe, made.stored, purpose=made.preview.label, made=(recipe, made.facts))


def note_first(version: Version, made: Iterable[Made]) -> None:
    """The rows of previews of a version that the same transaction made."""
    rows = [
        Rendition(
            version=version,
            purpose=one.preview.label,
            recipe_digest=one.preview.recipe.digest,
            **_fields(version, one.stored, (one.preview.recipe, one.facts)),
        )
        for one in made
    ]
    Rendition.objects.bulk_create(rows)


def no_preview(label: str, error: CrosscutError) -> str:
    """What to say of a preview that cannot be made."""
    words = " ".join(dict.fromkeys(problem.message for problem in error.problems))
    return f"It is in the library, but there is no {label}: {words}"


def previews_of(version: Version) -> list[Preview]:
    """What our pages show of a version: the small ones first."""
    return _previews(facts_of(version))


def _previews(facts: MediaFacts) -> list[Preview]:
    return [Preview(label=label, recipe=recipe) for label, recipe in previews(facts).items()]


def missing_previews(version: Version) -> list[Preview]:
    """The previews that are still to be made."""
    made = set(version.renditions.values_list("purpose", "recipe_digest"))
    return [preview for preview in previews_of(version) if (preview.label, preview.recipe.digest) not in made]


def make(
    version: Version,
    recipe: Recipe,
    *,
    purpose: str,
    beside: Beside = Beside(),
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> Rendition:
    """The file the recipe describes: the one made before, or made now in a capped child process and stored.

    Call it outside a transaction: it may take long. Raises Unsupported when the master cannot be brought there,
    Damaged, Unavailable (disk full), Cancelled.
    """
    named = with_words(recipe, beside.said)
    if before := made_before(version, named, purpose):
        return before
    stored, facts, by = _made(version, recipe, beside, report=report, should_stop=should_stop)
    marks = Marks(said=beside.said, signed_by=by)
    return note(version, named, stored, purpose=purpose, made=(recipe, facts), marks=marks)


def with_words(recipe: Recipe, said: Mapping[str, Any]) -> Recipe:
    """The recipe as it is named where the file says something else than its master."""
    return replace(recipe, beside=(*recipe.beside, name_of(said))) if said else recipe


def make_again(rendition: Rendition, *, report: Report = ignore, should_stop: ShouldStop = never) -> Rendition:
    """The derived file whose room was given back, made anew by the recipe it was made by.

    Raises Unsupported for one that needs more than its master: it is made again with the post it belongs to.
    """
    if rendition.freed_at is None and storage.exists(rendition.sha256):
        return rendition
    recipe = from_data(Recipe, rendition.recipe)
    if recipe.beside or recipe.episode:
        raise Unsupported(phrase("This file is made again when its post needs it: captions or a cover are part of it."))
    stored, facts, rendition.signed_by = _made(
        rendition.version, recipe, Beside(said=rendition.said), report=report, should_stop=should_stop
    )
    rendition.sha256, rendition.size_bytes, rendition.freed_at = stored.sha256, stored.size_bytes, None
    rendition.facts = as_data(_with_copied_loudness(facts, recipe, rendition.version)) if facts else {}
    rendition.used_on = timezone.now().date()
    rendition.save(update_fields=["sha256", "size_bytes", "freed_at", "facts", "used_on", "signed_by"])
    return rendition


def ask_again(rendition: Rendition) -> None:
    """Has a derived file whose room was given back made again soon; asked twice, it is made once."""
    enqueue(REMAKE, rendition_id=rendition.pk)


def _made(
    version: Version, recipe: Recipe, beside: Beside, *, report: Report, should_stop: ShouldStop
) -> tuple[Stored, MediaFacts | None, str]:
    """What the recipe makes of the master, stored; what was measured of it; and by which certificate it is signed."""
    note_use(version)
    with (
        storage.plain_disk_errors(phrase("make a file for the web")),
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
    ):
        result = Path(folder) / f"result{suffix_of(recipe)}"
        facts: MediaFacts | None
        if recipe.episode:
            facts = finish(master, recipe, result, cover=beside.cover, report=report, should_stop=should_stop)
        else:
            words = caption_file(beside.captions, Path(folder)) if beside.captions else None
            facts = render(master, recipe, result, captions=words, report=report, should_stop=should_stop)
            if beside.mark:
                mark_picture(result, beside.mark)
        if beside.said:
            write_words(result, beside.said)
        is_post = recipe.purpose is Purpose.POST  # our own previews say nothing of themselves
        by = sign_made(result, version, master, actions_of(recipe), should_stop=should_stop) if is_post else ""
        return storage.keep(result, should_stop=should_stop), facts, by


def made_before(version: Version, recipe: Recipe, purpose: str) -> Rendition | None:
    """The file that was made for this before and is still there."""
    before = version.renditions.filter(purpose=purpose, recipe_digest=recipe.digest).first()
    if before is None or before.freed_at or not storage.exists(before.sha256):
        return None
    note_use(before)
    return before


def note(
    version: Version,
    asked: Recipe,
    stored: Stored,
    *,
    purpose: str,
    made: tuple[Recipe, MediaFacts | None],
    marks: Marks = Marks(),
) -> Rendition:
    """The row of a stored file, under the recipe that was asked for. `made` is the recipe it was really made by, which
    differs where several posts share a file, and what was measured of it.
    """
    signs = {"signed_by": marks.signed_by, "said": dict(marks.said)}
    fields = _fields(version, stored, made) | signs
    rendition, _is_new = Rendition.objects.update_or_create(
        version=version, purpose=purpose, recipe_digest=asked.digest, defaults=fields
    )
    return rendition


def _fields(version: Version, stored: Stored, made: tuple[Recipe, MediaFacts | None]) -> dict[str, Any]:
    recipe, facts = made
    return {
        "recipe": as_data(recipe),
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "media_type": facts.media_type if facts else recipe.media_type,
        "facts": as_data(_with_copied_loudness(facts, recipe, version)) if facts else {},
        "used_on": timezone.now().date(),
        "freed_at": None,
    }


def caption_file(text: str, folder: Path, *, name: str = "captions") -> Path:
    """The captions as a file in the folder, named by what they are."""
    path = folder / (f"{name}.vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else f"{name}.srt")
    path.write_text(text, encoding="utf-8")
    return path


def _with_copied_loudness(made: MediaFacts, recipe: Recipe, version: Version) -> MediaFacts:
    """The facts with the master's loudness where its sound was taken over bit by bit."""
    is_copied = recipe.sound is not None and recipe.sound.codec == "copy" and recipe.length_s is None
    return replace(made, loudness=made.loudness or facts_of(version).loudness) if is_copied else made


def previews_made(version: Version, renditions: Iterable[Rendition]) -> dict[str, Rendition]:
    """Those of the version's renditions that are its previews as they are made now, by their label."""
    wanted = {(preview.label, preview.recipe.digest) for preview in previews_of(version)}
    return {made.purpose: made for made in renditions if (made.purpose, made.recipe_digest) in wanted}


def newest(renditions: Iterable[Rendition], purpose: str) -> Rendition | None:
    """The newest of them made for the purpose."""
    fitting = [rendition for rendition in renditions if rendition.purpose == purpose]
    return max(fitting, key=lambda rendition: rendition.pk, default=None)
