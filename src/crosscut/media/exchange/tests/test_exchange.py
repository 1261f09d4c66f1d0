"""Cuts to other programs and back: what is kept, and that what is lost is said."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as some

from crosscut.kernel.errors import Damaged, Invalid, NotFound, Unsupported
from crosscut.media.cuts import Box, Clip, Cut, Gap, Item, Marker, Music, Role, Style, Track, Transition, Words
from crosscut.media.exchange import chapters, edl, export, fcpxml, format_of, labels, mlt, read, read_labels, write
from crosscut.media.exchange.comparing import losses
from crosscut.media.exchange.merging import merged
from crosscut.media.inside.cuts import writing

F = Fraction
ENDINGS = (".otio", ".edl", ".xml", ".fcpxml", ".mlt")
NTSC = F(30000, 1001)
ONE, TWO = F(1), F(2)


def clip(name: str, start_s: Fraction = ONE, duration_s: Fraction = TWO, **more: Any) -> Clip:
    return Clip(
        name=name, media=f"/media/{name}.mp4", start_s=start_s, duration_s=duration_s, media_duration_s=F(20), **more
    )


FADE = Transition(before_s=F(1, 5), after_s=F(1, 5))
PLAIN = Cut(
    name="Trailer",
    rate=F(25),
    width_px=1280,
    height_px=720,
    start_timecode_s=F(3600),
    tracks=(Track(kind="video", items=(clip("A"), FADE, clip("B"), Gap(duration_s=F(1, 5)), clip("C"))),),
)
RICH = replace(
    PLAIN,
    tracks=(
        Track(kind="video", items=(clip("A"), FADE, clip("B", gain_db=F(-6)), clip("C", F(0), F(1), speed=F(2)))),
        Track(
            kind="video",
            items=(
                Gap(duration_s=F(1)),
                clip("P", duration_s=F(1), is_muted=True, box=Box(x=F(1, 2), y=F(1, 2), width=F(1, 2), height=F(1, 2))),
            ),
        ),
        Track(kind="audio", items=(clip("N", duration_s=F(4)),)),
    ),
    words=(Words(text="Ann Reef", second="Diver", start_s=F(1), duration_s=F(1), role=Role.LOWER_THIRD),),
    captions="talk.srt",
    music=Music(media="bed.flac"),
    markers=(Marker(start_s=F(2), name="Here"),),
)
LOST = {
    ".otio": set(),
    ".edl": {"size", "level", "clip", "words", "captions", "music", "markers"},
    ".xml": {"speed", "level", "box", "words", "captions", "music"},
    ".fcpxml": {"captions", "music"},
    ".mlt": {"timecode", "words", "captions", "music"},
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_plain_cut_survives_every_format(tmp_path: Path, ending: str) -> None:
    """Three clips, a gap and a dissolve; only what a format has no word for at all is lost."""
    exported = write(PLAIN, tmp_path / f"cut{ending}")
    wordless = {".edl": ["exchange.size_lost"], ".mlt": ["exchange.timecode_lost"]}
    assert [problem.code for problem in exported.lost] == wordless.get(ending, [])
    assert [path.name for path in tmp_path.iterdir()] == [f"cut{ending}"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_format_cannot_carry_is_said(tmp_path: Path, ending: str) -> None:
    exported = write(RICH, tmp_path / f"cut{ending}")
    assert {problem.code for problem in exported.lost} == {f"exchange.{code}_lost" for code in LOST[ending]}
    assert all(problem.message for problem in exported.lost)


def test_losses_come_from_reading_back_and_not_from_a_list() -> None:
    """Whatever is taken out of a cut is found missing."""
    first, _, *rest = RICH.tracks[0].items
    changes: dict[str, Cut] = {
        "transition": replace(RICH, tracks=(replace(RICH.tracks[0], items=(first, *rest)), *RICH.tracks[1:])),
        "clip": replace(RICH, tracks=RICH.tracks[:2]),
        "rate": replace(RICH, rate=F(24)),
        "words": replace(RICH, words=()),
        "markers": replace(RICH, markers=()),
        "music": replace(RICH, music=None),
        "captions": replace(RICH, captions=""),
        "timecode": replace(RICH, start_timecode_s=F(0)),
        "transition_style": replace(
            RICH,
            tracks=(
                replace(RICH.tracks[0], items=(first, replace(FADE, style=Style.WIPE_LEFT), *rest)),
                *RICH.tracks[1:],
            ),
        ),
    }
    assert losses(RICH, RICH) == ()
    for code, changed in changes.items():
        assert f"exchange.{code}_lost" in {problem.code for problem in losses(RICH, changed)}, code


def test_a_list_begins_a_dissolve_at_the_border_and_that_is_no_loss(tmp_path: Path) -> None:
    uneven = Transition(before_s=F(3, 25), after_s=F(8, 25))
    cut = replace(PLAIN, tracks=(Track(kind="video", items=(clip("A"), uneven, clip("B"))),))
    for ending in ENDINGS:
        lost = {problem.code for problem in write(cut, tmp_path / f"cut{ending}").lost}
        assert lost <= {"exchange.size_lost", "exchange.timecode_lost"}, ending


@pytest.mark.parametrize("speed", [F(0), F(-1)])
def test_a_clip_that_stands_still_or_runs_backwards_is_said_where_it_is_lost(tmp_path: Path, speed: Fraction) -> None:
    cut = replace(PLAIN, tracks=(Track(kind="video", items=(clip("A", F(5), F(2), speed=speed), clip("B"))),))
    for ending in (".fcpxml", ".mlt"):
        assert "exchange.speed_lost" in {problem.code for problem in write(cut, tmp_path / f"cut{ending}").lost}


PHOTO = Clip(name="photo", media="/media/photo.JPG", start_s=F(0), duration_s=TWO, speed=F(0))
WITH_STILLS = replace(
    PLAIN,
    tracks=(
        Track(kind="video", items=(PHOTO, FADE, clip("B"), FADE, PHOTO)),
        Track(kind="video", items=(Gap(duration_s=ONE), replace(PHOTO, name="logo", media="/media/logo.png"))),
    ),
)


@pytest.mark.parametrize("ending", ENDINGS)
def test_stills_go_to_every_format_without_a_loss(tmp_path: Path, ending: str) -> None:
    """Where in a picture one begins, and how fast it plays, says nothing."""
    lost = {problem.code for problem in write(WITH_STILLS, tmp_path / f"cut{ending}").lost}
    wordless = {".edl": {"exchange.size_lost", "exchange.clip_lost"}, ".mlt": {"exchange.timecode_lost"}}
    assert lost == wordless.get(ending, set())  # a list has no second track


def test_a_still_is_what_final_cut_takes_for_one() -> None:
    """A `video` of an asset without a length, begun where a dissolve has room before it."""
    root = ElementTree.fromstring(fcpxml.write(export.onward(WITH_STILLS)).encode())
    assets = {one.get("id"): one for one in root.iter("asset")}
    stills = list(root.iter("video"))
    assert len(stills) == 3
    for one in stills:
        asset = assets[one.get("ref")]
        assert (asset.get("duration"), asset.get("hasAudio"), one.get("start")) == ("0s", None, "3600s")


frames = some.integers(8, 60)


@settings(max_examples=15, deadline=None)
@given(
    lengths=some.lists(frames, min_size=1, max_size=5),
    starts=some.lists(some.integers(10, 100), min_size=5, max_size=5),
    fades=some.lists(some.integers(0, 3), min_size=5, max_size=5),
    rate=some.sampled_from([F(24), F(25), NTSC]),
)
def test_any_plain_cut_comes_back_the_same(
    lengths: list[int], starts: list[int], fades: list[int], rate: Fraction
) -> None:
    """The formats whose writer and reader are ours, without a file between."""
    items: list[Item] = []
    for number, length in enumerate(lengths):
        if number and fades[number]:
            items.append(Transition(before_s=fades[number] / rate, after_s=fades[number] / rate))
        items.append(clip(f"clip{number}", starts[number] / rate, length / rate))
    cut = Cut(name="x", rate=rate, width_px=640, height_px=360, tracks=(Track(kind="video", items=tuple(items)),))
    assert losses(cut, merged(fcpxml.parse(ElementTree.fromstring(fcpxml.write(cut).encode())))) == ()
    assert losses(cut, merged(mlt.parse(ElementTree.fromstring(mlt.write(cut).encode())))) == ()


def test_a_changed_speed_takes_its_part_of_the_medium_in_a_list() -> None:
    """A second parser, line by line: source and record times of CMX 3600."""
    fast = replace(PLAIN, tracks=(Track(kind="video", items=(clip("A"), clip("C", F(0), F(1), speed=F(2)))),))
    events = list(_events(edl.write(fast)))
    assert events == [("A", 25, 75, 90000, 90050), ("C", 0, 50, 90050, 90075)]
    assert "M2   C              050.0                00:00:00:00" in edl.write(fast)


def _events(text: str) -> Iterator[tuple[str, int, int, int, int]]:
    for line in text.splitlines():
        if line[:3].isdigit():
            words = line.split()
            times = [
                sum(int(part) * of for part, of in zip(t.split(":"), (90000, 1500, 25, 1), strict=True))
                for t in words[-4:]
            ]
            yield words[1], times[0], times[1], times[2], times[3]


def test_the_dissolve_of_a_list_is_two_lines_of_one_event() -> None:
    lines = [line.split() for line in edl.write(PLAIN).splitlines() if line[:3] == "002"]
    assert [line[3] for line in lines] == ["C", "D"] and lines[1][4] == "010"


def test_a_name_cannot_add_an_event_to_a_list() -> None:
    evil = replace(clip("A"), name="x\n999  AX V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00")
    written = edl.write(replace(PLAIN, tracks=(Track(kind="video", items=(evil,)),)))
    assert len(list(_events(written))) == 1


def test_fcpxml_keeps_to_the_rules_of_its_reference() -> None:
    """An independent look: references resolve, times are whole frames, the spine has no hole, lanes hang on hosts."""
    root = ElementTree.fromstring(fcpxml.write(RICH).encode())
    assert root.tag == "fcpxml" and [child.tag for child in root] == ["resources", "library"]
    named = {one.get("id") for one in root[0]}
    used = {one.get("ref") for one in root.iter() if one.get("ref") and one.tag != "text-style"}
    assert used <= named
    (spine,) = root.iter("spine")
    at = F(0)
    for element in spine:
        offset, duration = fcpxml.seconds(element.get("offset", "")), fcpxml.seconds(element.get("duration", ""))
        assert (duration * 25).denominator == 1
        if element.tag != "transition":
            assert offset == at
            at += duration
            lanes = [child.get("lane") for child in element if child.tag in ("asset-clip", "title")]
            assert all(lanes)
    assert at == RICH.body_s
    for source in root.iter("media-rep"):
        assert source.get("kind") == "original-media" and source.get("src")
    order = ["timeMap", "adjust-transform", "adjust-volume", "asset-clip", "title", "marker"]
    for element in root.iter("asset-clip"):
        places = [order.index(child.tag) for child in element]
        rank = [min(place, 3) if place < 5 else place for place in places]
        assert rank == sorted(rank)


def test_fcp7_is_what_premiere_reads() -> None:
    """An independent reading of the XML: in, out, start and end of every clip, in frames."""
    path_text = _fcp7(PLAIN)
    root = ElementTree.fromstring(path_text.encode())
    assert root.tag == "xmeml"
    items = [
        (one.findtext("name"), *(int(one.findtext(key) or 0) for key in ("in", "out"))) for one in root.iter("clipitem")
    ]
    assert items == [("A", 25, 80), ("B", 20, 75), ("C", 25, 75)] or items == [
        ("A", 25, 75),
        ("B", 25, 75),
        ("C", 25, 75),
    ]
    assert len([*root.iter("transitionitem")]) == 1


def _fcp7(cut: Cut) -> str:
    return writing.text(Path("cut.xml"), cut, "fcp7")


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("empty.edl", "", Damaged),
        ("odd.edl", "001 AX V C what is this\n", Damaged),
        ("odd.xml", "<xmeml", Damaged),
        ("loose.xml", '<xmeml version="4"><clip/></xmeml>', Damaged),
        ("odd.fcpxml", "<fcpxml version='1.9'><resources/></fcpxml>", Invalid),
        (
            "time.fcpxml",
            "<fcpxml><project><sequence><spine><gap duration='1/0s'/></spine></sequence></project></fcpxml>",
            Invalid,
        ),
        ("odd.mlt", "<mlt/>", Invalid),
        ("what.txt", "x", Unsupported),
        (
            "laughs.fcpxml",
            '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><fcpxml><resources>&b;</resources></fcpxml>',
            Damaged,
        ),
        ("outside.mlt", '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><mlt>&x;</mlt>', Damaged),
    ],
)
def test_what_is_no_timeline_is_refused(tmp_path: Path, name: str, text: str, error: type[Exception]) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error):
        read(path)


def test_a_format_nobody_knows_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match=r"\.fcpxml"):
        write(PLAIN, tmp_path / "cut.prproj")
    with pytest.raises(NotFound):
        read(tmp_path / "cut.edl")
    assert not list(tmp_path.iterdir())


def test_xml_is_told_apart_by_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(fcpxml.write(PLAIN), encoding="utf-8")
    assert format_of(path).value == "fcpxml"
    assert losses(PLAIN, read(path)) == ()


def test_a_list_without_a_rate_says_that_it_was_guessed(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_text(edl.write(PLAIN), encoding="utf-8")
    assert "rate" in str(read(path).warnings[0])
    told = read(path, rate=F(25))
    assert told.rate == 25 and not told.warnings and told.start_timecode_s == 3600


def test_labels_go_out_and_come_back(tmp_path: Path) -> None:
    markers = (Marker(start_s=F(0), name="Opening", duration_s=F(3, 2)), Marker(start_s=F(9, 4), name="Reef & co"))
    path = tmp_path / "labels.txt"
    path.write_text("\ufeff" + labels(markers) + "\\\t100\t200\n", encoding="utf-8")
    assert read_labels(path) == markers


@pytest.mark.parametrize("line", ["one\ttwo\tthree", "2\t1\tbackwards", "1.0", "-1\t2\tearly"])
def test_a_broken_label_names_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "labels.txt"
    path.write_text(f"0\t1\tfine\n{line}\n", encoding="utf-8")
    with pytest.raises(Damaged, match="Line 2"):
        read_labels(path)


def test_markers_become_chapters() -> None:
    assert [(one.title, int(one.start_s)) for one in chapters(RICH)] == [("Beginning", 0), ("Here", 2)]
    assert chapters(PLAIN) == ()
