"""Text in graphics is set as a browser sets it: joined, ordered, broken into lines. Chromium draws the same words."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageFilter

from crosscut.media.graphics import make_all

pytestmark = pytest.mark.browser

FAMILIES = {"DejaVu Sans": "latin.ttf", "Fallback": "chinese.ttf"}
WIDTH_PX, HEIGHT_PX, MARGIN_PX, SIZE_PX = 640, 400, 40, 40
TEMPLATE = f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{HEIGHT_PX}">
<rect width="{WIDTH_PX}" height="{HEIGHT_PX}" fill="#fff"/>
<text data-slot="words" x="{MARGIN_PX}" y="80" data-width="{WIDTH_PX - 2 * MARGIN_PX}" data-height="300" data-fit="wrap"
 font-family="DejaVu Sans" font-size="{SIZE_PX}" fill="#000">x</text></svg>"""
PAGE = """<style>{faces} body {{ margin: 0; background: #fff }}
p {{ position: absolute; left: {left}px; top: 40px; width: {width}px; margin: 0; color: #000;
     font: {size}px/1.2 "DejaVu Sans", Fallback;
     text-rendering: geometricPrecision }}</style><p dir="auto" lang="{language}">{words}</p>"""
WORDS = [  # language, words: each a way to go wrong
    ("en", "The reef keeps the waves away from our houses and feeds us."),
    ("ar", "البحر بيتنا جميعا ونحن نحميه كل يوم من أجل أطفالنا"),
    ("ar", "في عام 2026 زار 1,250 شخصا Great Barrier Reef وعادوا"),  # numbers and Latin inside
    ("he", "הים (הוא) הבית של כולנו, ושלנו בלבד!"),  # brackets are mirrored
    ("he", "נועה 2026: 50% יותר"),
    ("fa", "دریا خانهٔ همهٔ ماست"),  # a mark above
    ("zh", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"),
    ("ja", "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"),
    ("vi", "Tất cả mọi người sinh ra đều được tự do"),  # two marks on one letter
]


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one font of the machine for letters and one for Chinese and Japanese."""
    folder = tmp_path_factory.mktemp("fonts")
    for wish, name in (("DejaVu Sans:style=Book", "latin.ttf"), (":lang=zh-cn:lang=ja", "chinese.ttf")):
        found = subprocess.check_output(["fc-list", "--format", "%{file}|%{index}\n", wish], text=True).splitlines()
        if not found:
            pytest.skip("Fonts are not here: apt-get install fonts-dejavu-core fonts-wqy-microhei")
        file, _, number = sorted(found)[0].partition("|")
        TTFont(file, fontNumber=int(number or 0)).save(folder / name)
    return folder


@pytest.fixture(scope="module")
def drawn_by_chromium(fonts: Path) -> Iterator[Callable[[str, str], Image.Image]]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{(fonts / file).as_uri()}") }}'
        for family, file in FAMILIES.items()
    )
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
        (fonts / "page.html").write_text("")
        page.goto((fonts / "page.html").as_uri())  # a page of the same origin as the fonts

        def draw(language: str, words: str) -> Image.Image:
            box = {"left": MARGIN_PX, "width": WIDTH_PX - 2 * MARGIN_PX, "size": SIZE_PX}
            page.set_content(PAGE.format(faces=faces, language=language, words=words, **box))
            page.evaluate("document.fonts.ready")
            assert page.evaluate("[...document.fonts].filter(font => font.status === 'error').length") == 0
            return Image.open(io.BytesIO(page.screenshot()))

        yield draw
        browser.close()


def ink(picture: Image.Image) -> npt.NDArray[np.float64]:
    """The words alone, blurred a little: two rasterizers never agree on edges."""
    dark = 255 - np.asarray(picture.convert("L"))
    rows, columns = np.nonzero(dark > 96)
    words = Image.fromarray(dark[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    return np.asarray(words.filter(ImageFilter.GaussianBlur(1.5)), float)


@pytest.mark.parametrize(("language", "words"), WORDS)
def test_words_are_set_as_a_browser_sets_them(
    language: str, words: str, drawn_by_chromium: Callable[[str, str], Image.Image], fonts: Path, tmp_path: Path
) -> None:
    template = tmp_path / "card"
    template.mkdir()
    (template / "card.svg").write_text(TEMPLATE)
    (template / "fonts").symlink_to(fonts)
    (tmp_path / "rows.json").write_text(json.dumps([{"words": words}]))
    batch = make_all(template, tmp_path / "rows.json", tmp_path / "out")
    assert [finding.message for graphic in batch.graphics for finding in graphic.findings] == []
    ours = ink(Image.open(tmp_path / "out" / batch.graphics[0].file))
    by_chromium = drawn_by_chromium(language, words)
    by_chromium.save(tmp_path / "chromium.png")  # to look at when they differ
    theirs = ink(by_chromium)
    assert abs(ours.shape[0] - theirs.shape[0]) <= 4 and abs(ours.shape[1] - theirs.shape[1]) <= 4
    height, width = min(ours.shape[0], theirs.shape[0]), min(ours.shape[1], theirs.shape[1])
    alike = np.corrcoef(ours[:height, :width].ravel(), theirs[:height, :width].ravel())[0, 1]
    assert alike > 0.9
