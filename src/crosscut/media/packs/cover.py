"""The fewest groups that cover all targets, where every group must be able to share one rendition.

Whether a group can share is asked of the group as a whole: three targets of which each two have a type in common need
not have one that all three take. What can share stays able to share when one leaves it, and that is all that the
search uses. An optimal answer exists whose first group is the part, still uncovered, of a group that cannot be
extended; so the search over the sets of what is left to cover is exact.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

from crosscut.media.packs.regions import Region

EXACT_UP_TO = 16  # different regions; beyond that groups are found one after the other
WEIGHED_UP_TO = 512  # groups that can share; with more only the largest are tried: as few groups, perhaps more loss

Loss = Callable[[int], Fraction]


def smallest_cover(regions: Sequence[Region]) -> tuple[tuple[int, ...], ...]:
    """Groups of positions in `regions`, each sorted, in the order of their first members.

    No fewer groups are possible for up to EXACT_UP_TO regions; of covers with equally many groups it takes the one that
    loses least against what each would get alone. The same regions give the same groups on any machine.

    >>> smallest_cover(())
    ()
    """
    if not regions:
        return ()
    if len(regions) > EXACT_UP_TO:
        return _first_fit(regions)
    met = _groups_that_meet(regions)
    groups = list(met) if len(met) <= WEIGHED_UP_TO else _largest(met, len(regions))
    masks = _cover((1 << len(regions)) - 1, groups, lambda mask: _loss(mask, met[mask], regions))
    return tuple(sorted(_members(mask) for mask in masks))


def _groups_that_meet(regions: Sequence[Region]) -> dict[int, Region]:
    """Every group that can share, as a bit mask, with the region of all its members."""
    met = {1 << place: region for place, region in enumerate(regions)}
    for place in range(1, len(regions)):
        for mask, found in [(mask, found) for mask, found in met.items() if mask < 1 << place]:
            if both := found.meet(regions[place]):
                met[mask | 1 << place] = both
    return met


def _largest(met: dict[int, Region], count: int) -> list[int]:
    """Those groups that no further target can join."""
    return [
        mask for mask in met if not any(mask | 1 << place in met for place in range(count) if not mask >> place & 1)
    ]


def _cover(everything: int, groups: list[int], loss: Loss) -> tuple[int, ...]:
    @cache
    def best(left: int) -> tuple[int, Fraction, tuple[int, ...]]:
        if not left:
            return 0, Fraction(0), ()
        first = left & -left
        answers = []
        for mask in sorted({group & left for group in groups if group & first}):
            count, lost, rest = best(left & ~mask)
            answers.append((count + 1, lost + loss(mask), (mask, *rest)))
        return min(answers)

    return best(everything)[2]


def _loss(mask: int, met: Region, regions: Sequence[Region]) -> Fraction:
    return sum((met.loss_against(regions[place]) for place in _members(mask)), Fraction(0))


def _members(mask: int) -> tuple[int, ...]:
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)


def _first_fit(regions: Sequence[Region]) -> tuple[tuple[int, ...], ...]:
    groups: list[tuple[list[int], Region]] = []
    for place, region in enumerate(regions):
        for at, (members, met) in enumerate(groups):
            if both := met.meet(region):
                groups[at] = ([*members, place], both)
                break
        else:
            groups.append(([place], region))
    return tuple(tuple(members) for members, _ in groups)
