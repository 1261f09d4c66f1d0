"""The design system's own promises: contrast, icons that exist, numbers as people read them."""

import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from crosscut.site import built
from crosscut.site.templatetags import look

PACKAGE = Path(__file__).parents[2]
ROOT = PACKAGE.parents[1]
TOKENS = ROOT / "frontend" / "styles" / "_tokens.scss"
ICONS = ROOT / "frontend" / "icons.txt"


def drawn(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


def colours() -> dict[str, tuple[str, str]]:
    """Each colour token's light and dark value."""
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in pairs}


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of an sRGB colour."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("canvas", "surface", "sunken", "raised")
STATES = ("neutral", "amber", "red", "blue", "violet", "teal", "green")
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "ink-quiet", "accent") for ground in GROUNDS),
    *((state, f"{state}-soft") for state in STATES),
    *((state, "surface") for state in STATES),
    ("on-accent", "accent-fill"),
    ("on-accent", "accent-fill-over"),
    ("accent", "accent-soft"),
]
EDGE_ON = [("line-strong", ground) for ground in GROUNDS]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(ink: str, ground: str, scheme: int):
    assert contrast(colours()[ink][scheme], colours()[ground][scheme]) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_ON)
def test_the_edge_of_a_control_can_be_seen(edge: str, ground: str, scheme: int):
    assert contrast(colours()[edge][scheme], colours()[ground][scheme]) >= 3  # WCAG 2.2, 1.4.11


def test_every_icon_a_page_names_is_in_the_list():
    listed = {line.split("#")[0].strip() for line in ICONS.read_text().splitlines()}
    named = {
        name
        for path in PACKAGE.rglob("*.html")
        for name in re.findall(r"""{%\s*icon\s+["']([^"']+)["']""", path.read_text())
    }
    assert named - listed == set()


def test_every_shape_of_a_state_is_in_the_list():
    listed = ICONS.read_text().split()
    assert [shape for _word, shape in look.STATES.values() if shape not in listed] == []


def test_an_icon_that_is_not_built_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(built, "drawing", lambda name: None)
    with pytest.raises(TemplateSyntaxError, match=r"'unicorn': add it to frontend/icons\.txt"):
        drawn('{% icon "unicorn" %}')


def test_pages_without_a_build_still_have_their_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(built, "FOLDER", tmp_path)
    assert drawn('{% vite_asset "main" %}{% icon "home" "Home" %}') == (
        '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="Home"></svg>'
    )


def test_an_entry_brings_what_it_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "manifest.json").write_text(
        '{"scripts/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "imports": ["_shared.js"]},'
        '"_shared.js": {"file": "assets/shared-2.js", "css": ["assets/shared-2.css"]}}'
    )
    monkeypatch.setattr(built, "FOLDER", tmp_path)
    files = built.files("main")
    assert files.styles == ("assets/shared-2.css", "assets/main-1.css")
    assert files.scripts == ("assets/main-1.js",)
    assert files.preloads == ("assets/shared-2.js",)


def test_a_state_has_a_word_and_a_shape():
    badge = drawn("{% state_badge 'NEEDS_APPROVAL' %}")
    assert 'data-state="needs-approval"' in badge
    assert "<span>Needs approval</span>" in badge
    assert "<svg" in badge


def test_text_from_people_stays_text():
    assert "&lt;b&gt;" in drawn("{% state_badge name %}{% avatar name %}", name="<b>")


class Trip(forms.Form):
    title = forms.CharField(help_text="A name.")
    note = forms.CharField(required=False, widget=forms.Textarea)


def test_a_wrong_field_says_so_to_everybody():
    shown = drawn("{% form_fields form %}", form=Trip({}))
    assert 'aria-invalid="true" aria-describedby="id_title_error id_title_hint"' in shown
    assert 'id="id_title_error"' in shown
    assert 'role="alert"' in shown
    assert shown.count(">optional<") == 1


def test_pages_of_a_list_keep_the_search():
    request = RequestFactory().get("/library/", {"q": "reef", "page": "2"})
    page = Paginator(range(50), 10).page(2)
    shown = Template("{% load look %}{% pagination page %}").render(Context({"request": request, "page": page}))
    assert 'href="?q=reef&amp;page=3"' in shown
    assert shown.count("aria-current") == 1


@pytest.mark.parametrize(
    ("used", "level", "words"),
    [(12, "fine", "288"), (284, "near", "16"), (312, "over", "−12")],  # limit 300: room, nearly full, too long
)
def test_a_ring_says_what_is_left(used: int, level: str, words: str):
    shown = drawn("{% text_ring used 300 %}", used=used)
    assert f'data-level="{level}"' in shown
    assert f"<span data-ring-words>{words}</span>" in shown


def test_a_budget_says_by_how_much_it_is_over():
    assert "Over by €\u202f700" in drawn("{% money_bar 480000 90000 500000 'EUR' %}")


def test_the_test_languages_change_every_sentence():
    with translation.override("en-xa"):
        assert translation.gettext("Save %(name)s") == "[Šåvé %(name)s on]"
        assert translation.pgettext("verb", "Save").startswith("[Šåvé")
        assert translation.ngettext("%(n)d file", "%(n)d files", 2).startswith("[%(n)d ")
    with translation.override("ar-xb"):
        assert translation.get_language_bidi()
