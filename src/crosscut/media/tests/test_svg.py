# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Nothing in a cleaned drawing acts or reaches outside."""

import pytest

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.media import probe, sanitise_svg


@pytest.mark.parametrize(
    ("inside", "gone"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<rect onclick="alert(1)" width="1" height="1"/>', "onclick"),
        ('<a href="javascript:alert(1)"><text>x</text></a>', "javascript"),
        ('<image href="https://example.org/spy.png"/>', "example.org"),
        ('<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="file:///etc/passwd"/>', "passwd"),
        ('<use href="other.svg#x"/>', "other.svg"),
        ("<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>", "foreignObject"),
        ("<style>@import url(https://example.org/x.css);</style>", "import"),
        ("<style>rect{fill:url('https://example.org/x')}</style>", "example.org"),
        ('<rect style="background:url(//example.org/x)"/>', "example.org"),
        ('<rect fill="url( https://example.org/x#a )"/>', "example.org"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "javascript"),
        ("<?xml-stylesheet href='https://example.org/x.css'?>", "stylesheet"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "data:"),
    ],
)
def test_it_takes_out_what_acts_or_loads(svg_file, inside, gone):
    assert gone not in sanitise_svg(svg_file(inside)).text


def test_it_takes_out_an_event_handler_of_the_drawing_itself(svg_file):
    clean = sanitise_svg(svg_file("<rect/>", 'onload="alert(1)"'))
    assert "alert" not in clean.text
    assert clean.removed == ("onload on svg",)


def test_it_keeps_what_only_draws(svg_file):
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>'
        '<rect width="9" height="9" fill="url(#g)"/><use href="#g"/><text>Reef</text>'
        '<image href="data:image/png;base64,AAAA"/>'
    )
    clean = sanitise_svg(svg_file(inside))
    assert clean.removed == ()
    for kept in ("url(#g)", 'href="#g"', "Reef", "data:image/png", "stop-color"):
        assert kept in clean.text


def test_it_names_in_the_facts_what_is_not_shown(svg_file):
    warnings = probe(svg_file("<script>1</script>")).warnings
    assert [warning.code for warning in warnings] == ["media.svg_cleaned"]
    assert "script" in warnings[0].message


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
    ],
)
def test_it_refuses_document_types_and_entities(tmp_path, start):
    path = tmp_path / "lure.svg"
    path.write_text(f'{start}<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>')
    with pytest.raises(Invalid, match="document type"):
        sanitise_svg(path)


def test_it_refuses_a_drawing_that_is_not_well_formed(svg_file):
    with pytest.raises(Damaged, match="well-formed"):
        sanitise_svg(svg_file("<g>"))


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="2in" height="48pt"', (192, 64)),
        ('viewBox="0 0 30 10"', (30, 10)),
        ('width="60" viewBox="0 0 30 10"', (60, 20)),
        ("", (300, 150)),
    ],
)
def test_it_measures_a_drawing(tmp_path, attributes, size):
    path = tmp_path / "drawing.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>')
    clean = sanitise_svg(path)
    assert (clean.width_px, clean.height_px) == size
