"""Files that posts need of one version: as few as serve every post, from one decode, each in the shape it needs."""

import hashlib
import math
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings

from crosscut.apps.library import incoming, storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.services.derive import Marks, caption_file, facts_of, made_before, note, with_words
from crosscut.apps.library.services.focusing import focus_for
from crosscut.apps.library.services.framing import Lead, lead_in
from crosscut.apps.library.services.going_along import name_of, write_words
from crosscut.apps.library.services.reframing import reframed
from crosscut.apps.library.services.signing import origin_of, sign_made
from crosscut.apps.library.services.splitting import Watch, division_of, render_in_parts
from crosscut.apps.library.storage import Stored
from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.kernel.records import from_data
from crosscut.media.cache import Cache
from crosscut.media.packs import Control, Pack, Planned, Wish, plan_pack, render_pack
from crosscut.media.packs.planning import alone_for
from crosscut.media.plan import nearest_aspect
from crosscut.media.provenance import State, actions_of
from crosscut.media.recipes import SUFFIXES, Focus, Purpose, Recipe
from crosscut.media.sound import measure_loudness

_Keep = Callable[[Planned, Path, MediaFacts | None], None]


@dataclass(frozen=True, kw_only=True)
class Want:
    """What one post needs of a version."""

    need: MediaRequirement
    focus: Focus | None = None  # what a crop keeps, where a person said so
    captions: str = ""  # WebVTT or SubRip, that become part of the picture
    framing: Mapping[str, list[Any]] = field(default_factory=dict)  # how persons led a film's camera, by shape
    said: Mapping[str, Any] = field(default_factory=dict)  # what it says in place of what its master says, by field


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A file that a post needs."""

    want: Want
    recipe: Recipe  # what it would be if nothing were shared: the name under which it is looked for later
    plain: Recipe | None  # the same without words of ours; None where the master would do
    wish: Wish
    lead: Lead | None  # of a film that is seen through a moving window; None where none is needed


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A stored file, and by which certificate it is signed."""

    stored: Stored
    signed_by: str


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What a group of files is made of: the master, or the film that was brought into another shape before."""

    stored: Stored
    facts: MediaFacts
    signed_by: str = ""


def rendition_for(
    version: Version, want: Want, *, report: Report = ignore, should_stop: ShouldStop = never
) -> Rendition | None:
    """The file that meets the want, made now unless it was before; None when the master already does.

    Call it outside a transaction: it may take long. Raises Unsupported when the master cannot be brought there,
    Damaged, Unavailable (disk full), Cancelled.
    """
    return renditions_for(version, [want], report=report, should_stop=should_stop)[0]


def renditions_for(
    version: Version,
    wants: Sequence[Want],
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never,
    should_pause: ShouldStop = never,
) -> list[Rendition | None]:
    """The file for each want, in their order; None where the master does. Made now, unless it was before.

    Wants share files where the sharing rule of the media engine allows, and a shared file is stored once. A film in
    another shape follows what matters, or the key points of a person. What was finished before a failure or a stop
    stays. Raises as `rendition_for` does, after everything that can be made was made.
    """
    groups: dict[tuple[Lead | None, str], dict[str, _Asked]] = {}
    for number, asked in enumerate(_asked_or_none(version, want) for want in wants):
        if asked and not _is_there(version, asked, should_stop):
            groups.setdefault((asked.lead, name_of(asked.want.said)), {})[f"{number:04}"] = asked
    refused: dict[str, str] = {}
    for at, ((lead, _words), group) in enumerate(groups.items()):
        watch = Watch(report=_share_of(report, at, len(groups)), should_stop=should_stop, should_pause=should_pause)
        refused |= _make(version, _source(version, lead, watch), group, watch)
    return [_found(version, want, refused.get(f"{number:04}", "")) for number, want in enumerate(wants)]


def _found(version: Version, want: Want, why_not: str) -> Rendition | None:
    asked = _asked(version, want)
    if why_not:
        raise Unsupported(why_not)
    return made_before(version, asked.recipe, want.need.post_type) if asked else None


def _asked_or_none(version: Version, want: Want) -> _Asked | None:
    try:
        return _asked(version, want)
    except Unsupported:
        return None  # said by `_found`, in its turn


def _asked(version: Version, want: Want) -> _Asked | None:
    """What is to be made for the want; None when the master does. Raises Unsupported."""
    facts = facts_of(version)
    captions = hashlib.sha256(want.captions.encode()).hexdigest() if want.captions else ""
    wish = Wish(requirement=want.need, focus=focus_for(version, want.need, want.focus), captions=captions)
    alone = alone_for(facts, wish)
    if alone is None:
        return _with_words_only(version, want, wish)
    lead = _lead(facts, want, alone)
    if lead is None:
        return _Asked(want=want, recipe=with_words(alone, want.said), plain=alone, wish=wish, lead=None)
    led = replace(alone, beside=(*alone.beside, lead.name))
    named = with_words(led, want.said)
    return _Asked(want=want, recipe=named, plain=led, wish=replace(wish, focus=None), lead=lead)


def _with_words_only(version: Version, want: Want, wish: Wish) -> _Asked | None:
    """A copy of a master that is right but for what it says; None where it says it, or must not be touched."""
    origin = origin_of(version)
    if not want.said or origin is None or origin.state is not State.NONE:  # writing would break what it says of itself
        return None
    copy = Recipe(purpose=Purpose.POST, media_type=version.media_type, max_size_bytes=want.need.max_size_bytes)
    return _Asked(want=want, recipe=with_words(copy, want.said), plain=None, wish=wish, lead=None)


def _lead(facts: MediaFacts, want: Want, alone: Recipe) -> Lead | None:
    """The camera of a film that needs another shape; None where a person's one point for the whole film rules."""
    if alone.video is None or alone.video.crop is None or facts.aspect is None:
        return None
    lead = lead_in(want.framing, nearest_aspect(facts.aspect, want.need))
    return lead if lead.points or want.focus is None else None


def _source(version: Version, lead: Lead | None, watch: Watch) -> _Source:
    if lead is None:
        stored = Stored(sha256=version.sha256, size_bytes=version.size_bytes)
        return _Source(stored=stored, facts=facts_of(version))
    made = reframed(version, lead, report=_first_half(watch.report), should_stop=watch.should_stop)
    stored = Stored(sha256=made.sha256, size_bytes=made.size_bytes)
    return _Source(stored=stored, facts=facts_of(made), signed_by=made.signed_by)


def _make(version: Version, source: _Source, group: dict[str, _Asked], watch: Watch) -> Mapping[str, str]:
    """Makes the group's files; answers which could not be made, and why."""
    pack: Pack = plan_pack(source.facts, {name: one.wish for name, one in group.items()})
    for name in pack.as_it_is:  # the shape was all that was wrong, or what it says
        made = _taken_over(version, source, group[name], watch.should_stop)
        _note(version, group[name], made, (group[name].recipe, source.facts))

    def keep(planned: Planned, path: Path, facts: MediaFacts | None) -> None:
        first = group[planned.targets[0]]
        recipe = first.recipe if first.lead else planned.recipe  # of what the master went through, crop included
        made = _finished(version, recipe, path, first.want.said, watch.should_stop)
        for name in planned.targets:
            _note(version, group[name], made, (group[name].recipe if first.lead else recipe, facts))

    whole = pack
    for planned in pack.files:
        burnt = group[planned.targets[0]].want.captions if planned.recipe.beside else ""
        if division := division_of(source.facts, planned.recipe, burnt):
            path, facts = render_in_parts(version, source.stored.sha256, division, watch)
            keep(planned, path, _measured(path, planned.recipe, facts))
            incoming.forget(path)
            whole = replace(whole, files=tuple(one for one in whole.files if one is not planned))
    if whole.files:
        _render_whole(source, whole, group, keep, watch)
    return pack.refused


def _measured(path: Path, recipe: Recipe, facts: MediaFacts) -> MediaFacts:
    """The facts of a joined film with its loudness where the recipe sets one."""
    is_levelled = recipe.sound is not None and recipe.sound.loudness_lufs is not None
    return replace(facts, loudness=measure_loudness(path)) if is_levelled else facts


def _render_whole(source: _Source, pack: Pack, group: dict[str, _Asked], keep: _Keep, watch: Watch) -> None:
    """Makes the pack's files from one decode, here."""
    with (
        storage.plain_disk_errors(phrase("make files for the web")),
        storage.local_copy(source.stored.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
    ):
        render_pack(
            master,
            pack,
            Cache(Path(folder) / "made"),
            version_sha256=source.stored.sha256,
            captions=_caption_files(group, Path(folder)),
            control=Control(
                report=watch.report,
                should_stop=watch.should_stop,
                should_pause=watch.should_pause,
                on_kept=lambda planned, kept: keep(planned, kept.path, kept.facts),
            ),
        )


def _is_there(version: Version, asked: _Asked, should_stop: ShouldStop) -> bool:
    """Whether the file was made before; if so but for its words, it is now: nothing is encoded for them."""
    if made_before(version, asked.recipe, asked.want.need.post_type):
        return True
    if not asked.want.said or asked.plain is None:
        return False
    before = made_before(version, asked.plain, asked.want.need.post_type)
    if before is None or before.signed_by:
        return False
    recipe = from_data(Recipe, before.recipe)
    with storage.plain_disk_errors(phrase("make files for the web")), storage.local_copy(before.sha256) as path:
        made = _finished(version, recipe, path, asked.want.said, should_stop)
    _note(version, asked, made, (recipe, facts_of(before)))
    return True


def _taken_over(version: Version, source: _Source, one: _Asked, should_stop: ShouldStop) -> _Made | _Source:
    """The source itself; a copy with the words where there are some and writing them breaks no signature."""
    if not one.want.said or source.signed_by:
        return source
    with storage.plain_disk_errors(phrase("make files for the web")), storage.local_copy(source.stored.sha256) as path:
        return _finished(version, one.recipe, path, one.want.said, should_stop)


def _finished(version: Version, recipe: Recipe, made: Path, said: Mapping[str, Any], should_stop: ShouldStop) -> _Made:
    """The made file, stored: with the words, and signed as the very last thing, with the master inside, where the
    workspace signs.

    A place's limit comes first: a file that is over it only with its signature, or its words, goes without.
    """
    limit_bytes = recipe.max_size_bytes or _limit_of(recipe) or math.inf
    with (
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="sign-") as folder,
    ):
        name = made.name if made.suffix else f"{made.name}{SUFFIXES.get(recipe.media_type, '')}"
        bare = _with_words(made, Path(folder) / f"said-{name}", said, limit_bytes)
        path = Path(folder) / name
        path.hardlink_to(bare)  # signing puts another file in its place; the one in the cache stays as it is
        by = sign_made(path, version, master, actions_of(recipe), should_stop=should_stop)
        is_over = by and path.stat().st_size > limit_bytes
        stored = storage.keep(bare if is_over else path, should_stop=should_stop)
        return _Made(stored=stored, signed_by="" if is_over else by)


def _with_words(made: Path, copy: Path, said: Mapping[str, Any], limit_bytes: float) -> Path:
    """The file with the words in it; as it was made where it has none to say, or cannot."""
    if not said:
        return made
    shutil.copyfile(made, copy)
    try:
        is_said = write_words(copy, said)
    except Damaged:  # a master whose own words cannot be read: what it shows is whole
        return made
    return copy if is_said and copy.stat().st_size <= limit_bytes else made


def _limit_of(recipe: Recipe) -> int | None:
    """The most that a still may weigh."""
    return recipe.picture.max_size_bytes if recipe.picture else None


def _note(version: Version, one: _Asked, made: _Made | _Source, how: tuple[Recipe, MediaFacts | None]) -> None:
    purpose = one.want.need.post_type
    marks = Marks(said=one.want.said, signed_by=made.signed_by)
    note(version, one.recipe, made.stored, purpose=purpose, made=how, marks=marks)


def _caption_files(group: dict[str, _Asked], folder: Path) -> dict[str, Path]:
    texts = {one.wish.captions: one.want.captions for one in group.values() if one.wish.captions}
    return {sha256: caption_file(text, folder, name=sha256) for sha256, text in texts.items()}


def _share_of(report: Report, at: int, count: int) -> Report:
    def tell(progress: Progress) -> None:
        report(Progress(done=(at + progress.done) / Fraction(count), label=progress.label))

    return tell


def _first_half(report: Report) -> Report:
    def tell(progress: Progress) -> None:
        report(Progress(done=progress.done / 2, label=progress.label))

    return tell
