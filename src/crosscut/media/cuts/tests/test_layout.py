"""Where everything lies on the grid of frames."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from crosscut.kernel.errors import Invalid
from crosscut.media.cuts import Clip, Cut, Gap, Item, Track, Transition
from crosscut.media.cuts.layout import SOURCES_AT_ONCE, frame_at, sample_at, stretches, windows

NTSC = Fraction(30000, 1001)


def clip(name: str = "A", start_s: Fraction = Fraction(1), duration_s: Fraction = Fraction(2)) -> Clip:
    return Clip(name=name, media=f"{name}.mp4", start_s=start_s, duration_s=duration_s)


def track(*items: Item) -> Track:
    return Track(kind="video", items=items)


def test_a_transition_uses_both_clips_beyond_their_ends() -> None:
    fade = Transition(before_s=Fraction(1, 5), after_s=Fraction(2, 5))
    plain, blend, rest = stretches(track(clip("A"), fade, clip("B")), Fraction(25), 100)
    assert (plain.start, plain.end, blend.start, blend.end, rest.end) == (0, 45, 45, 60, 100)
    assert blend.first and blend.first.from_s == 1 + Fraction(45, 25)
    assert blend.second and blend.second.from_s == 1 - Fraction(5, 25)
    assert rest.first and rest.first.from_s == 1 + Fraction(10, 25)


def test_a_transition_at_an_end_fades_from_and_to_nothing() -> None:
    rise = Transition(before_s=Fraction(0), after_s=Fraction(1, 5))
    fall = Transition(before_s=Fraction(1, 5), after_s=Fraction(0))
    first, middle, last = stretches(track(rise, clip(), fall), Fraction(25), 50)
    assert (first.end, middle.end, last.end) == (5, 45, 50)
    assert first.first is None and first.second and last.first and last.second is None


def test_transitions_that_run_into_each_other_are_refused_by_name() -> None:
    fade = Transition(before_s=Fraction(3, 2), after_s=Fraction(3, 2))
    with pytest.raises(Invalid, match="B is too short for the transitions"):
        stretches(track(clip("A"), fade, clip("B"), fade, clip("C")), Fraction(25), 150)


def test_boundaries_off_the_grid_do_not_add_up() -> None:
    third = Fraction(1, 3)
    found = stretches(track(*(clip(str(n), duration_s=third) for n in range(30))), Fraction(25), 250)
    assert found[-1].end == 250
    assert all(stretch.frames in (8, 9) for stretch in found)


def test_samples_follow_frames_without_drift() -> None:
    hour = 30000 * 3600 // 1001
    assert abs(sample_at(hour, NTSC) - hour / NTSC * 48_000) <= Fraction(1, 2)


@settings(max_examples=60, deadline=None)
@given(
    lengths=some.lists(some.integers(4, 40), min_size=1, max_size=40),
    fades=some.lists(some.integers(0, 2), min_size=40, max_size=40),
    rate=some.sampled_from([Fraction(25), NTSC, Fraction(24)]),
)
def test_windows_cover_every_frame_once_and_part_no_transition(
    lengths: list[int], fades: list[int], rate: Fraction
) -> None:
    items: list[Item] = []
    for number, length in enumerate(lengths):
        if number and fades[number]:
            items.append(Transition(before_s=fades[number] / rate, after_s=fades[number] / rate))
        shown = number % 5 != 4
        items.append(clip(str(number), duration_s=length / rate) if shown else Gap(duration_s=length / rate))
    cut = Cut(name="", rate=rate, tracks=(track(*items), track(Gap(duration_s=3 / rate), clip("over"))))
    frames = frame_at(cut.duration_s, rate)
    found = windows(cut, frames=frames)
    assert [window.start for window in found] == [0, *(window.end for window in found[:-1])]
    assert found[-1].end == frames
    for window in found:
        for row in (*window.pictures, *window.sounds):
            assert [part.start for part in row] == [window.start, *(part.end for part in row[:-1])]
            assert row[-1].end == window.end
        clips = sum(bool(part.first) + bool(part.second) for row in window.pictures for part in row)
        assert clips <= SOURCES_AT_ONCE + 4  # what one step between two places to part adds
