"""WebVTT is parsed as web-platform-tests expects of browsers; the files say in their words what is valid."""

from dataclasses import replace
from fractions import Fraction

import pytest

from crosscut.media import captions
from crosscut.media.captions import Cue, Document, Region, Settings, parse_document


@pytest.fixture
def parsed(data):
    return lambda name: parse_document((data / "vtt-parsing" / f"{name}.vtt").read_bytes(), name)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("arrows", ["text0", "text1", "text2", "text3", "text4", "text5"]),
        ("header-garbage", ["text"]),
        ("header-space", ["text"]),
        ("header-timings", ["text"]),
        ("newlines", ["text0", "text1", "text2", "text3"]),
        ("signature-bom", []),
        ("signature-space-no-newline", []),
        ("signature-tab-no-newline", []),
        ("signature-timings", []),
        ("timings-60", ["text1", "text2"]),
        ("timings-garbage", []),
        ("timings-omitted-hours", ["text0", "text1", "text2"]),
        ("timings-too-short", ["text0", "text1"]),
    ],
)
def test_browsers_and_we_see_the_same_cues(parsed, name, texts):
    assert [cue.text for cue in parsed(name).cues] == texts


@pytest.mark.parametrize("name", ["settings-line", "settings-position", "settings-size"])
def test_settings_are_taken_or_skipped_as_the_standard_says(parsed, name):
    cues = parsed(name).cues
    assert len(cues) > 10
    for cue in cues:
        usual = replace(Settings(), region=cue.settings.region)
        if cue.text.startswith("invalid"):
            assert cue.settings == usual, cue.text
    sizes = [cue.settings.size for cue in cues if cue.text.startswith("text")]
    if name == "settings-size":
        assert sizes == [100, 2, 0, 0, 100, 50, Fraction(3, 2)]
    if name == "settings-position":
        aligns = [cue.settings.position_align for cue in cues if cue.text.startswith("text")]
        assert aligns == ["auto"] * 4 + ["line-left", "center", "line-right", "auto"]
    if name == "settings-line":
        assert [cue.settings.line for cue in cues[:6]] == [-1, 0, 0, 1, 100, 101]


def test_regions_are_read_where_the_standard_reads_them(parsed):
    assert {region.name: region.lines for region in parsed("regions-edge-case").regions} == {
        "foo": 1,
        "bill": 2,
        "jill": 3,
        "jack": 4,
    }
    lines = {region.name: region.lines for region in parsed("regions-lines").regions}
    assert [lines[name] for name in "12349"] == [0, 1, 100, 101, 2]
    assert {lines[name] for name in ("10", "11", "12", "13")} == {3}  # the usual one, because theirs is wrong
    anchors = {region.name: region.anchor_percent for region in parsed("regions-regionanchor").regions}
    assert anchors["2"] == (1, 1)
    assert anchors["5"] == (100, 100)
    assert {anchors[name] for name in ("6", "7", "8", "9", "10", "11", "12", "13")} == {(0, 100)}
    pinned = {region.name: region.viewport_percent for region in parsed("regions-viewportanchor").regions}
    assert pinned["4"] == (0, 100)
    assert pinned["3"] == (100, 0)


def test_what_browsers_skip_is_said(parsed):
    warning = parsed("timings-garbage").warnings[0]
    assert warning.code == "captions.time_unreadable"
    assert "browsers skip" in warning.message


def test_styles_regions_voices_and_places_survive_a_round_trip(data):
    cues = (
        Cue(
            start_s=Fraction(1),
            end_s=Fraction(2),
            text="<i>Up</i> here\nand there",
            voice="Ana & Co",
            name="greeting",
            settings=Settings(line=Fraction(10), line_is_percent=True, line_align="center", align="left"),
        ),
        Cue(start_s=Fraction(3), end_s=Fraction(4), text="a < b", settings=Settings(region="low")),
        Cue(
            start_s=Fraction(5),
            end_s=Fraction(6),
            text="縦",
            settings=Settings(vertical="rl", position=Fraction(5, 2), position_align="line-left", size=Fraction(40)),
        ),
    )
    region = Region(name="low", width_percent=Fraction(40), lines=2, scrolls=True)
    document = Document(format="vtt", cues=cues, regions=(region,), styles=("::cue { color: lime; }",))
    written = captions.convert(document, "vtt")
    again = parse_document(written.data)
    assert (again.cues, again.regions, again.styles) == (cues, (region,), document.styles)
    assert written.lost == ()
    real = parse_document((data / "vtt" / "alignment.vtt").read_bytes())
    assert parse_document(captions.convert(real, "vtt").data).cues == real.cues


def test_several_voices_in_one_cue_stay_as_names():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Hi\n<v Bob>Hello"
    cue = captions.parse(text)[0]
    assert (cue.text, cue.voice) == ("Ana: Hi\nBob: Hello", "")
