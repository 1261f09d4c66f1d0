"""From an OpenTimelineIO file to the records of a cut."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from crosscut.kernel.errors import Damaged, Invalid, NotFound
from crosscut.media.cuts import Box, Clip, Gap, Role, Style, Transition, read_cut


def span(start: float, frames: float, rate: float = 25) -> Any:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(frames, rate))


def clip(name: str = "A", start: float = 10, frames: float = 50, rate: float = 25, **metadata: Any) -> Any:
    reference = otio.schema.ExternalReference(target_url=f"{name}.mp4", available_range=span(0, 500, rate))
    made = otio.schema.Clip(name=name, media_reference=reference, source_range=span(start, frames, rate))
    if metadata:
        made.metadata["crosscut"] = metadata
    return made


def written(folder: Path, *items: Any, **metadata: Any) -> Path:
    timeline = otio.schema.Timeline(name="Trailer")
    timeline.metadata["crosscut"] = metadata
    timeline.tracks.append(otio.schema.Track("V1", children=list(items), kind=otio.schema.TrackKind.Video))
    path = folder / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_it_reads_clips_gaps_and_transitions_in_exact_time(tmp_path: Path) -> None:
    dissolve = otio.schema.Transition(
        transition_type="SMPTE_Dissolve",
        in_offset=otio.opentime.RationalTime(5, 29.97),
        out_offset=otio.opentime.RationalTime(6, 29.97),
    )
    path = written(
        tmp_path, clip(rate=29.97), dissolve, clip("B", rate=29.97), otio.schema.Gap(source_range=span(0, 12, 29.97))
    )
    cut = read_cut(path)
    assert cut.rate == Fraction(30000, 1001)
    first, transition, second, gap = cut.tracks[0].items
    assert isinstance(first, Clip) and (first.start_s, first.duration_s) == (Fraction(1001, 3000), Fraction(1001, 600))
    assert isinstance(transition, Transition) and transition.duration_s == Fraction(11 * 1001, 30000)
    assert isinstance(second, Clip) and second.media == "B.mp4"
    assert isinstance(gap, Gap) and gap.duration_s == Fraction(12 * 1001, 30000)


def test_it_counts_from_the_first_frame_of_a_medium_with_timecode(tmp_path: Path) -> None:
    taped = clip(start=90_010)
    taped.media_reference.available_range = span(90_000, 500)
    read = next(read_cut(written(tmp_path, taped)).clips())
    assert (read.start_s, read.origin_s) == (Fraction(10, 25), Fraction(3600))


def test_it_takes_the_speed_of_a_time_effect(tmp_path: Path) -> None:
    fast = clip()
    fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=1.5))
    read = next(read_cut(written(tmp_path, fast)).clips())
    assert (read.speed, read.duration_s, read.used_s) == (Fraction(3, 2), Fraction(2), Fraction(3))


def test_it_reads_what_crosscut_adds(tmp_path: Path) -> None:
    box = {"x": "2/3", "y": "2/3", "width": "1/3", "height": "1/3"}
    words = [{"text": "Reef", "second": "Day 1", "start_s": "1", "duration_s": "2", "role": "lower_third"}]
    path = written(tmp_path, clip(box=box, gain_db="-6"), words=words, captions="reef.srt", music={"media": "bed.flac"})
    cut = read_cut(path)
    read = next(cut.clips())
    third = Fraction(1, 3)
    assert read.box == Box(x=2 * third, y=2 * third, width=third, height=third)
    assert read.gain_db == -6
    assert cut.words[0].role is Role.LOWER_THIRD and cut.captions == "reef.srt"
    assert cut.music and cut.music.is_ducked


def test_it_names_the_clip_and_the_effect_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match='Opening: The effect "zoom" is not known') as refused:
        read_cut(written(tmp_path, clip("Opening", zoom=2)))
    assert refused.value.problems[0].code == "cuts.unknown_effect"


def test_it_keeps_the_name_of_a_foreign_effect(tmp_path: Path) -> None:
    blurred = clip()
    blurred.effects.append(otio.schema.Effect(effect_name="Gaussian Blur"))
    assert next(read_cut(written(tmp_path, blurred)).clips()).unknown_effects == ("Gaussian Blur",)


def test_it_takes_a_timeline_inside_apart(tmp_path: Path) -> None:
    inner = otio.schema.Stack(name="Scene", children=[otio.schema.Track(children=[clip("B", 0, 40), clip("C", 0, 40)])])
    inner.source_range = span(20, 40)
    cut = read_cut(written(tmp_path, clip("A", 0, 10), inner))
    assert [(c.name, int(c.start_s * 25), int(c.duration_s * 25)) for c in cut.clips()] == [
        ("A", 0, 10),
        ("B", 20, 20),
        ("C", 0, 20),
    ]


def test_it_says_which_timeline_inside_it_could_not_read(tmp_path: Path) -> None:
    tracks = [otio.schema.Track(children=[clip("B")]), otio.schema.Track(children=[clip("C")])]
    inner = otio.schema.Stack(name="Layers", children=tracks)
    cut = read_cut(written(tmp_path, inner, clip("A")))
    assert [warning.where for warning in cut.warnings] == ["Layers"]
    assert cut.tracks[0].duration_s == 4  # its place is kept


def test_it_takes_a_dissolve_for_a_transition_it_does_not_know(tmp_path: Path) -> None:
    half = otio.opentime.RationalTime(5, 25)
    star = otio.schema.Transition(transition_type="Star Iris", in_offset=half, out_offset=half)
    cut = read_cut(written(tmp_path, clip("A"), star, clip("B")))
    found = cut.tracks[0].items[1]
    assert isinstance(found, Transition) and found.style is Style.DISSOLVE
    assert "Star Iris" in str(cut.warnings[0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no OpenTimelineIO"),
        ("{", "no OpenTimelineIO"),
        ("[" * 100_000, "."),  # a parser without a limit of depth runs out of stack here
        ('{"OTIO_SCHEMA": "Clip.99"}', "no OpenTimelineIO"),
    ],
)
def test_it_refuses_what_is_no_timeline(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.otio"
    path.write_text(text)
    with pytest.raises(Damaged, match=says):
        read_cut(path)


def test_it_asks_for_one_timeline(tmp_path: Path) -> None:
    path = tmp_path / "several.otio"
    both = [{"OTIO_SCHEMA": "Timeline.1", "name": name, "tracks": None} for name in ("One", "Two")]
    path.write_text(json.dumps({"OTIO_SCHEMA": "SerializableCollection.1", "name": "", "children": both}))
    with pytest.raises((Invalid, Damaged)):
        read_cut(path)
    with pytest.raises(NotFound):
        read_cut(tmp_path / "nothing.otio")
