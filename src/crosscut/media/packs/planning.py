"""The smallest set of files that serves several targets at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.media.packs.cover import EXACT_UP_TO, smallest_cover
from crosscut.media.packs.foresee import foreseen, unmet
from crosscut.media.packs.regions import COPY, UNLIMITED, Form, Quality, Region, form_of, region_of
from crosscut.media.plan import plan
from crosscut.media.recipes import Focus, PicturePart, Recipe, SoundPart, VideoPart


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one target asks for."""

    requirement: MediaRequirement
    focus: Focus | None = None  # what a crop keeps
    captions: str = ""  # SHA-256 of the caption file that becomes part of the picture


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One file to make."""

    recipe: Recipe
    targets: tuple[str, ...]  # whom it serves, sorted
    facts: MediaFacts  # what it will be
    apart: Mapping[str, str]  # by the first target of each other file: what keeps the two from being one


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What has to be made of one master so that every target is served."""

    as_it_is: tuple[str, ...]  # targets that take the master itself
    files: tuple[Planned, ...]  # in the order of their first targets
    refused: Mapping[str, str]  # targets for which nothing can be made, and why
    unmet: Mapping[str, tuple[str, ...]]  # what making files does not mend, by target; a person decides
    is_smallest: bool  # proven; False only for more than EXACT_UP_TO different demands

    def file_for(self, target: str) -> Planned | None:
        """The file that serves the target; None when the master does, or nothing can."""
        return next((planned for planned in self.files if target in planned.targets), None)


@dataclass(frozen=True, kw_only=True)
class _Demand:
    """Targets that ask for the same: what each would get alone, and what all put up with."""

    targets: tuple[str, ...]
    alone: tuple[Recipe, ...]
    region: Region


def plan_pack(facts: MediaFacts, targets: Mapping[str, MediaRequirement | Wish]) -> Pack:
    """The fewest files that serve all targets, copying streams where the master's conform.

    The master serves whom it already satisfies. A file serves several targets when it meets all their requirements and
    makes none of their pictures worse than the sharing rule of `regions` allows. The same input gives the same pack on
    any machine. A target alone gets exactly the recipe of `plan`.
    """
    wishes = {
        name: wish if isinstance(wish, Wish) else Wish(requirement=wish) for name, wish in sorted(targets.items())
    }
    as_it_is, refused, demands = [], {}, []
    for name, wish in wishes.items():
        try:
            alone = alone_for(facts, wish)
        except Unsupported as fault:
            refused[name] = str(fault)
            continue
        if alone is None:
            as_it_is.append(name)
            continue
        region = region_of(facts, wish.requirement, alone)
        demands.append(_Demand(targets=(name,), alone=(alone,), region=region))
    merged = _merged(demands)
    groups = [[merged[place] for place in group] for group in smallest_cover([demand.region for demand in merged])]
    files = _files(facts, groups)
    served = {name: planned.facts for planned in files for name in planned.targets} | dict.fromkeys(as_it_is, facts)
    missed = {name: unmet(served[name], wishes[name].requirement) for name in sorted(served)}
    return Pack(
        as_it_is=tuple(as_it_is),
        files=files,
        refused=refused,
        unmet={name: sentences for name, sentences in missed.items() if sentences},
        is_smallest=len(merged) <= EXACT_UP_TO,
    )


def alone_for(facts: MediaFacts, wish: Wish) -> Recipe | None:
    """What the target gets when it has a file to itself; None when it takes the master. Raises Unsupported."""
    recipe = plan(facts, wish.requirement, focus=wish.focus, burns_captions=bool(wish.captions))
    return replace(recipe, beside=(wish.captions,)) if recipe and wish.captions else recipe


def _merged(demands: Sequence[_Demand]) -> list[_Demand]:
    """Those with equal regions as one, so that the search sees only what differs."""
    merged: list[_Demand] = []
    for demand in demands:
        for place, other in enumerate(merged):
            if other.region == demand.region:
                both = (*other.targets, *demand.targets), (*other.alone, *demand.alone)
                merged[place] = replace(other, targets=both[0], alone=both[1])
                break
        else:
            merged.append(demand)
    return merged


def _files(facts: MediaFacts, groups: Sequence[Sequence[_Demand]]) -> tuple[Planned, ...]:
    shared = [(sorted(name for demand in group for name in demand.targets), group) for group in groups]
    shared.sort(key=lambda pair: pair[0])
    regions = [_meet([demand.region for demand in group]) for _, group in shared]
    files = []
    for place, (names, group) in enumerate(shared):
        recipe = _shared_recipe([one for demand in group for one in demand.alone], regions[place])
        others = (other for other in range(len(shared)) if other != place)
        apart = {shared[other][0][0]: _why_apart(group, shared[other][1], regions[other]) for other in others}
        planned = Planned(recipe=recipe, targets=tuple(names), facts=foreseen(facts, recipe), apart=apart)
        files.append(planned)
    return tuple(files)


def _meet(regions: Sequence[Region]) -> Region:
    def meet(one: Region, other: Region) -> Region:
        return one.meet(other) or one  # the cover has only groups that meet

    return reduce(meet, regions)


def _why_apart(group: Sequence[_Demand], other: Sequence[_Demand], met: Region) -> str:
    """What in which the first member that cannot join the other file differs from it."""
    clashes = (demand.region.clash(met) for demand in group)
    back = (demand.region.clash(_meet([one.region for one in group])) for demand in other)
    return str(next((clash for clash in (*clashes, *back) if clash), "their limits together"))


# The recipe of a shared file


def _shared_recipe(alone: Sequence[Recipe], met: Region) -> Recipe:
    """The best point of the region. Recipes that are equal anyway are kept as they are, name and all."""
    if len({recipe.digest for recipe in alone}) == 1:
        return replace(alone[0], reasons=_reasons(alone))
    form = _form(alone, met)
    first = alone[0]
    limits = [recipe.max_size_bytes for recipe in alone if recipe.max_size_bytes is not None]
    return replace(
        first,
        media_type=form.media_type,
        picture=_still([recipe.picture for recipe in alone if recipe.picture]) if first.picture else None,
        video=_video([recipe.video for recipe in alone if recipe.video], form, met) if first.video else None,
        sound=_sound([recipe.sound for recipe in alone if recipe.sound], form, met) if first.sound else None,
        max_size_bytes=min(limits, default=None),
        reasons=_reasons(alone),
    )


def _reasons(alone: Sequence[Recipe]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason for recipe in alone for reason in recipe.reasons))


def _form(alone: Sequence[Recipe], met: Region) -> Form:
    """What most of the targets would have got, of what all take; the alphabet decides between equals."""
    wanted = [form_of(recipe) for recipe in alone]
    return min(met.forms, key=lambda form: (-wanted.count(form), form))


def _video(parts: Sequence[VideoPart], form: Form, met: Region) -> VideoPart:
    if form.picture == COPY:
        return VideoPart(codec=COPY)
    smallest = min(parts, key=lambda part: (part.width_px, part.height_px))
    rates = [part.frame_rate for part in parts if part.frame_rate is not None]
    ceiling = met.ranges[Quality.PICTURE_BPS].best
    return replace(
        smallest,
        codec=form.picture,
        frame_rate=min(rates, default=None),
        max_bit_rate_bps=None if ceiling >= UNLIMITED else int(ceiling),
    )


def _sound(parts: Sequence[SoundPart], form: Form, met: Region) -> SoundPart:
    if form.sound == COPY:
        return SoundPart(codec=COPY)
    return replace(
        parts[0],
        codec=form.sound,
        rate_hz=int(met.ranges[Quality.SOUND_HZ].best),
        bit_rate_bps=int(met.ranges[Quality.SOUND_BPS].best),
        max_true_peak_dbtp=min(part.max_true_peak_dbtp for part in parts),
    )


def _still(parts: Sequence[PicturePart]) -> PicturePart:
    return replace(
        parts[0],
        max_width_px=_least(part.max_width_px for part in parts),
        max_height_px=_least(part.max_height_px for part in parts),
        max_size_bytes=_least(part.max_size_bytes for part in parts),
        quality=max(part.quality for part in parts),
    )


def _least(limits: Iterable[int | None]) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
