"""One picture per row and layout: filled, fitted, checked, kept when run again, and no bad row stops the rest."""

import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PIL import Image

from crosscut.kernel.errors import Cancelled, Damaged, Invalid, NotFound
from crosscut.media.graphics import LogoRule, Slot, make_all, slots_of
from crosscut.media.graphics.records import ANY_LOGO
from crosscut.media.inside.graphics.bidi import visual_runs
from crosscut.media.stills import compare

EXAMPLE = Path(__file__).parents[5] / "examples" / "graphics"
FONTS = EXAMPLE / "quote" / "fonts"
GROUND = '<rect width="400" height="200" data-fill-slot="ground" fill="#ffffff"/>'
TEXT = '<text data-slot="words" x="20" y="50" data-width="360" data-height="140" font-family="DejaVu Sans" {}>x</text>'


@pytest.fixture
def made(tmp_path):
    """Makes pictures of the rows in a layout of 400 x 200 with the given inside."""

    def run(inside: str, *rows: dict[str, str], fonts: bool = True, logo: LogoRule = ANY_LOGO):
        folder = tmp_path / "template"
        folder.mkdir(exist_ok=True)
        frame = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200" viewBox="0 0 400 200">{}</svg>'
        (folder / "card.svg").write_text(frame.format(inside), encoding="utf-8")
        if fonts and not (folder / "fonts").exists():
            (folder / "fonts").symlink_to(FONTS)
        (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        return make_all(folder, tmp_path / "rows.json", tmp_path / "out", logo=logo)

    run.out = tmp_path / "out"  # type: ignore[attr-defined]
    return run


def codes(batch) -> list[list[str]]:
    return [[finding.code.removeprefix("graphics.") for finding in graphic.findings] for graphic in batch.graphics]


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"), int)


def text(attributes: str = 'font-size="40"') -> str:
    return GROUND + TEXT.format(attributes)


def test_the_example_makes_every_row_in_every_layout(tmp_path):
    batch = make_all(EXAMPLE / "quote", EXAMPLE / "quotes.csv", tmp_path)
    assert [finding.message for graphic in batch.graphics for finding in graphic.findings] == []
    assert len(batch.graphics) == 5 * 4
    with Image.open(tmp_path / "0003-story-1080x1920.png") as story, Image.open(tmp_path / batch.sheet) as sheet:
        assert story.size == (1080, 1920) and sheet.width > 1000
    # The guide shows just this; after a change, scripts/graphics_sheet.py draws it anew.
    assert compare(tmp_path / batch.sheet, EXAMPLE.parents[1] / "docs" / "images" / "graphics.jpg").ssim > 0.98


def test_text_is_drawn_inside_its_box_in_the_template_s_paint(made):
    batch = made(text('font-size="40" fill="#c00000"'), {"words": "Reef at dawn", "ground": ""})
    assert codes(batch) == [[]]
    drawn = pixels(made.out / batch.graphics[0].file)
    rows, columns = np.nonzero(np.abs(drawn - 255).sum(axis=2) > 60)
    assert 15 <= columns.min() <= 25 and columns.max() <= 380 and rows.min() >= 10 and rows.max() <= 160
    assert (np.abs(drawn - (0xC0, 0, 0)).sum(axis=2) < 10).sum() > 200


def test_long_text_is_made_smaller_and_too_long_text_is_said(made):
    batch = made(text(), {"words": "Turtles count " * 4}, {"words": "Turtles count " * 60})
    assert codes(batch) == [[], ["overflow"]]
    finding = batch.graphics[1].findings[0]
    assert finding.where == "row 2 · card · words" and batch.blocked == (batch.graphics[1],)
    assert codes(made(text('font-size="40" data-fit="wrap"'), {"words": "Turtles count " * 8})) == [["overflow"]]
    assert codes(made(text('font-size="40" data-fit="line"'), {"words": "Turtles count every one"})) == [[]]


def test_contrast_is_measured_against_what_is_really_behind(made):
    split = '<rect width="400" height="200" fill="#fff"/><rect width="400" height="{}" fill="#123"/>'
    over = TEXT.format('font-size="40" fill="#ffffff"')
    assert codes(made(split.format(200) + over, {"words": "Reef"})) == [[]]
    bad = made(split.format(34) + over, {"words": "Reef"})  # the lower half of the letters stands on white
    assert codes(bad) == [["contrast"]]
    assert bad.graphics[0].findings[0].values["needed"] == 3.0
    assert codes(made(text('font-size="14" fill="#888888"'), {"words": "Reef"})) == [["contrast"]]


def test_a_character_that_no_font_has_is_named(made):
    batch = made(text(), {"words": "Reef ☃ 珊瑚"})  # the snowman is in none, the ideographs in the third font
    assert codes(batch) == [["missing_glyph"]]
    assert "U+2603" in batch.graphics[0].findings[0].message and "珊" not in batch.graphics[0].findings[0].message


def test_no_font_of_the_machine_is_used(made):
    assert codes(made(text(), {"words": "Reef"}, fonts=False)) == [["no_font"]]


def test_text_beyond_the_picture_is_found(made):
    outside = GROUND + '<text data-slot="words" x="330" y="60" font-size="40">x</text>'
    assert codes(made(outside, {"words": "Reef at dawn"})) == [["outside"]]


def test_right_to_left_text_is_joined_and_starts_at_the_right(made):
    batch = made(text(), {"words": "البحر بيتنا"}, {"words": "ا ل ب ح ر"})
    assert codes(batch) == [[], []]
    columns = [np.nonzero((pixels(made.out / graphic.file) < 128).any(axis=(0, 2)))[0] for graphic in batch.graphics]
    assert columns[0].max() > 370 and columns[1].max() > 370


@pytest.mark.parametrize(
    ("line", "on_paper"),
    [  # expected by UAX 9, with the text of right-to-left runs in reading order
        ("abc 12", ["abc 12"]),
        ("אב 12 ג", [" ג", "12", "אב "]),
        ("see אב, 3.5 now", ["see ", "3.5", "אב, ", " now"]),
        ("אב abc", ["abc", "אב "]),
    ],
)
def test_parts_of_a_line_are_ordered_as_people_read_them(line, on_paper):
    assert [run for run, _ in visual_runs(line)] == on_paper


def test_chinese_and_japanese_break_between_characters_and_not_before_a_stop(made):
    batch = made(text('font-size="60" data-min-size="60"'), {"words": "珊瑚礁を守ろう。海"})
    assert codes(batch) == [[]]


def test_pictures_and_colours_fill_their_slots(made, tmp_path):
    Image.new("RGB", (50, 50), (0, 90, 200)).save(tmp_path / "blue.png")
    inside = GROUND + '<image data-slot="photo" x="200" width="200" height="200" preserveAspectRatio="none"/>'
    batch = made(inside, {"photo": "blue.png", "ground": "#30c060"})
    drawn = pixels(made.out / batch.graphics[0].file)
    assert tuple(drawn[100, 300]) == (0, 90, 200) and tuple(drawn[100, 100]) == (0x30, 0xC0, 0x60)


def test_a_word_that_is_no_colour_is_said(made):
    batch = made(text(), *({"words": "Reef", "ground": ground} for ground in ("reddish", "#12", "gold", "#FFEECC")))
    assert codes(batch) == [["bad_colour"], ["bad_colour"], [], []]


@pytest.mark.parametrize("name", ["missing.png", "../../../../etc/hostname", "/etc/hostname", "rows.json"])
def test_a_picture_that_is_not_there_or_elsewhere_is_said(made, name):
    batch = made('<image data-slot="photo" width="200" height="200"/>', {"photo": name})
    assert codes(batch) == [["no_picture"]]


def test_an_empty_slot_is_said_unless_it_may_be_empty(made):
    optional = text().replace('data-slot="words"', 'data-slot="words" data-optional="true"')
    assert codes(made(text(), {"words": "", "ground": "#fff"})) == [["empty_slot"]]
    assert codes(made(optional, {"words": "", "ground": "#fff"})) == [[]]
    assert codes(made(text(), {"words": "a", "ground": "url(#x)"})) == [["bad_colour"]]


def test_scripts_and_outside_links_in_a_template_do_nothing(made):
    hostile = '<script>alert(1)</script><image href="file:///etc/hostname" width="9" height="9"/>' + text()
    assert codes(made(hostile, {"words": "Reef"})) == [[]]


def test_a_second_run_makes_only_what_changed(made):
    first = made(text(), {"words": "one"}, {"words": "two"})
    times = {path.name: path.stat().st_mtime_ns for path in made.out.glob("*.png")}
    second = made(text(), {"words": "one"}, {"words": "three"})
    assert (first.kept, second.kept) == (0, 1)
    assert (made.out / "0001-card.png").stat().st_mtime_ns == times["0001-card.png"]
    assert (made.out / "0002-card.png").stat().st_mtime_ns != times["0002-card.png"]


def test_it_stops_when_told_and_goes_on_later(tmp_path):
    (tmp_path / "rows.json").write_text(json.dumps([{"ground": f"#0000{index:02}"} for index in range(10)]))
    layout = tmp_path / "card.svg"
    layout.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{GROUND}</svg>')
    seen: list[float] = []
    with pytest.raises(Cancelled):
        make_all(
            layout,
            tmp_path / "rows.json",
            tmp_path / "out",
            report=lambda progress: seen.append(float(progress.done)),
            should_stop=lambda: bool(seen) and seen[-1] > 0,
        )
    batch = make_all(layout, tmp_path / "rows.json", tmp_path / "out")
    assert batch.kept == 8 and len(batch.graphics) == 10
    assert seen[0] == 0 and not list((tmp_path / "out").glob(".*png"))


def test_rows_come_from_csv_xlsx_and_json(made, tmp_path):
    book = openpyxl.Workbook()
    for line in (["words", "ground"], ["Reef", None], [None, None]):
        book.active.append(line)
    book.save(tmp_path / "rows.xlsx")
    (tmp_path / "rows.csv").write_text("\ufeffwords;ground\r\nReef;#ffffff\r\n", encoding="utf-8")
    made(text(), {"words": "Reef"})
    for name in ("rows.xlsx", "rows.csv"):
        assert codes(make_all(tmp_path / "template", tmp_path / name, tmp_path / name[-4:])) == [[]]


def test_unusable_templates_and_tables_are_refused(tmp_path):
    (tmp_path / "empty.csv").write_text("words\n")
    (tmp_path / "broken.json").write_text("[1, 2")
    with pytest.raises(NotFound, match="no template"):
        make_all(tmp_path / "none.svg", EXAMPLE / "quotes.csv", tmp_path / "out")
    with pytest.raises(Invalid, match="no drawing"):
        make_all(tmp_path, EXAMPLE / "quotes.csv", tmp_path / "out")
    with pytest.raises(Invalid, match="no rows"):
        make_all(EXAMPLE / "quote", tmp_path / "empty.csv", tmp_path / "out")
    with pytest.raises(Damaged, match="cannot be read"):
        make_all(EXAMPLE / "quote", tmp_path / "broken.json", tmp_path / "out")


def test_a_layout_that_cannot_be_read_stops_no_other(made, tmp_path):
    made(text(), {"words": "Reef"})
    (tmp_path / "template" / "zz.svg").write_text("<svg")
    batch = make_all(tmp_path / "template", tmp_path / "rows.json", tmp_path / "out2")
    assert codes(batch) == [[], ["row_failed"]]


# Where the logo stands and how large it is, and what is said of it beside words that end at y = 60.
LOGOS: tuple[tuple[str, list[str]], ...] = (
    ('x="20" y="110" width="100" height="40"', []),
    ('x="20" y="62" width="100" height="40"', ["logo_space"]),  # the words are near
    ('x="20" y="155" width="100" height="40"', ["logo_space"]),  # the edge is
    ('x="20" y="110" width="30" height="12"', ["logo_small"]),
)


@pytest.mark.parametrize(("place", "said"), LOGOS)
def test_a_logo_has_its_room_and_its_size(made, place, said):
    logo = f'<rect {place} fill="#004488" data-logo="true"/>'
    rule = LogoRule(clear_percent=50, least_px=60)
    words = text('font-size="40"')
    batch = made(words + logo, {"words": "Reef gy"}, logo=rule)
    assert codes(batch) == [said]
    assert codes(made(words + logo, {"words": "Reef gy"})) == [[]]


def test_the_named_places_of_a_drawing_are_told(tmp_path):
    path = tmp_path / "card.svg"
    inside = f'{GROUND}{TEXT.format("")}<image data-slot="logo" data-optional="true" width="9" height="9"/>'
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">{inside}</svg>')
    assert slots_of(path) == [
        Slot(name="ground", kind="colour", is_optional=True, drawn="#ffffff"),
        Slot(name="words", kind="words", drawn="x"),
        Slot(name="logo", kind="picture", is_optional=True),
    ]
