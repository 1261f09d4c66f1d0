"""What was said at a moment of the master is found again after the cut."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscut.kernel.errors import Invalid
from crosscut.media.timemap import Span, TimeMap, without

moments = st.integers(0, 400).map(lambda number: Fraction(number, 20))
stretches = st.lists(st.tuples(moments, moments), max_size=6)
DURATION_S = Fraction(20)


@given(stretches, moments)
def test_a_kept_moment_goes_there_and_back(taken_out, old_s):
    shorter = without(DURATION_S, taken_out)
    if shorter.is_kept(old_s):
        assert shorter.old(shorter.new(old_s)) == old_s


@given(stretches)
def test_what_is_kept_is_as_long_as_the_result(taken_out):
    shorter = without(DURATION_S, taken_out)
    assert sum(span.duration_s for span in shorter.kept) == shorter.new_duration_s == shorter.new(DURATION_S)


@given(stretches, moments, moments)
def test_order_is_kept(taken_out, one_s, other_s):
    shorter = without(DURATION_S, taken_out)
    earlier_s, later_s = sorted((one_s, other_s))
    assert shorter.new(earlier_s) <= shorter.new(later_s)


@given(stretches, stretches, moments)
def test_two_cuts_in_a_row_are_one(taken_out, taken_out_then, old_s):
    first = without(DURATION_S, taken_out)
    second = without(first.new_duration_s, taken_out_then)
    assert first.then(second).new(old_s) == second.new(first.new(old_s))


def test_stretches_that_overlap_are_refused_where_nobody_joins_them():
    two = tuple(Span(start_s=Fraction(start), end_s=Fraction(start + 3)) for start in (1, 2))
    with pytest.raises(Invalid, match="in order"):
        TimeMap(duration_s=DURATION_S, removed=two)
