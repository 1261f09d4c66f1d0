"""The catalogue is whole: every field has its source, its group and a place where something can be read."""

from datetime import date

import pytest

from crosscut.kernel.errors import Invalid
from crosscut.media.fields import Kind, checked, fields, groups, said, sources
from crosscut.media.inside.xmp import SPACES


@pytest.mark.parametrize("key", fields())
def test_every_field_has_a_source_a_group_and_a_place(key):
    field = fields()[key]
    assert field.source and set(field.source) <= set(sources()), key
    assert field.group in groups() and field.label
    assert field.xmp or field.id3 or field.exif or field.vorbis, key
    for place in field.xmp:
        assert {name.split(":")[0] for name in place.path} <= set(SPACES), place
        assert place.form in ({"text", "alt", "seq", "bag"} if len(place.path) == 1 else {"struct", "seq", "bag"})


def test_every_source_has_an_address_and_a_date():
    for key, source in sources().items():
        assert source.title and source.url.startswith("https://"), key
        assert date.fromisoformat((source.as_of + "-01-01")[:10]), key


# What is written, and how it is kept. None: it is refused.
WRITTEN = (
    ("title", "  Reef \n at dawn ", "Reef at dawn"),
    ("description", "One\r\nTwo", "One\nTwo"),
    ("creator", "Ana; Bo\nAna", ["Ana", "Bo"]),
    ("created_on", "2026:05:03 14:30:00", "2026-05-03T14:30:00"),
    ("created_on", "2026-05", "2026-05"),
    ("created_on", "2026-13", None),
    ("created_on", "yesterday", None),
    ("rating", "4,5", 4.5),
    ("rating", "6", None),
    ("rating", "nan", None),
    ("latitude_deg", "-91", None),
    ("model_release", "MR-UMR", "http://ns.useplus.org/ldf/vocab/MR-UMR"),
    ("model_release", "Unlimited model releases", "http://ns.useplus.org/ldf/vocab/MR-UMR"),
    ("model_release", "perhaps", None),
    ("headline", "x" * 4000, "x" * 4000),
    ("headline", "x" * 4001, None),
    ("headline", "a\0b\x07\ud800", "ab"),
    ("keywords", ["x"] * 300, ["x"]),
    ("keywords", [str(number) for number in range(201)], None),
    ("credit", "", ""),
)


@pytest.mark.parametrize(("key", "value", "kept"), WRITTEN)
def test_it_keeps_what_fits_and_says_what_does_not(key, value, kept):
    if kept is not None:
        assert checked(fields()[key], value) == kept
        return
    with pytest.raises(Invalid) as refused:
        checked(fields()[key], value)
    assert refused.value.problems[0].where == key


@pytest.mark.parametrize("key", fields())
def test_what_it_says_it_takes_again(key):
    field = fields()[key]
    value = {Kind.NUMBER: 1.5, Kind.DATE: "2026-05-03", Kind.LIST: ["a", "b"]}.get(field.kind, "KE")
    value = next(iter(field.choices)) if field.choices else value
    assert checked(field, said(value)) == value
