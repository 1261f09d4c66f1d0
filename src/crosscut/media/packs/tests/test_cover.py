"""No cover has a group too many: checked as the fewest points that touch every region, which is another problem."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.media.packs.cover import EXACT_UP_TO, smallest_cover
from crosscut.media.packs.regions import Form, Framing, Quality, Range, Region


def region(*names: str, best: int = 100, least: int = 0) -> Region:
    forms = frozenset(Form(media_type=name) for name in names)
    ranges = {Quality.SCALE: Range(least=Fraction(least), best=Fraction(best))}
    return Region(forms=forms, framing=Framing(), ranges=ranges)


def fewest_points(sets: list[frozenset[str]]) -> int:
    names = sorted(frozenset().union(*sets))
    sizes = (
        size for size in range(len(names) + 1) if any(_touches(points, sets) for points in combinations(names, size))
    )
    return next(sizes)


def _touches(points: Iterable[str], sets: list[frozenset[str]]) -> bool:
    return all(not one.isdisjoint(points) for one in sets)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from("abcdefg"), min_size=1, max_size=3), min_size=1, max_size=9))
def test_as_many_groups_as_points_are_needed_to_touch_every_region(sets):
    groups = smallest_cover([region(*names) for names in sets])
    assert len(groups) == fewest_points(sets)
    assert sorted(place for group in groups for place in group) == list(range(len(sets)))
    assert all(frozenset.intersection(*(sets[place] for place in group)) for group in groups)


def test_of_two_covers_as_small_it_takes_the_one_that_loses_less():
    # the middle one can go with either neighbour: with the larger one it loses nothing
    middle, small, large = region("a", "b", best=100), region("a", best=50), region("b", best=100)
    assert smallest_cover([middle, small, large]) == ((0, 2), (1,))
    assert smallest_cover([small, middle, large]) == ((0,), (1, 2))


def test_sixteen_regions_that_all_but_meet_are_covered_exactly():
    pairs = [region("a", "b"), region("b", "c"), region("a", "c")] * 5 + [region("a")]
    assert len(smallest_cover(pairs)) == 2
    assert len(pairs) == EXACT_UP_TO
