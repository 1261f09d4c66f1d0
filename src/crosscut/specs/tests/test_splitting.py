"""A long text as parts: everything is kept, in order, and nothing that has to stay whole is cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.graphemes import graphemes
from crosscut.specs.marks import spans
from crosscut.specs.splitting import split
from crosscut.specs.text import count

WORDS = st.sampled_from(
    [
        *(
            "Half",
            "the",
            "reef",
            "is",
            "gone.",
            "The",
            "other",
            "half",
            "has",
            "a",
            "plan!",
            "Why?",
            "e.g.",
            "Dr.",
            "J.",
            "…",
        ),
        *("https://reef.example/a/long/way?to=go", "reef.org", "@reef.example.org", "@reef@sea.example", "#CoralReef"),
        *("👩‍👩‍👧‍👦", "🏳️‍🌈", "e\u0301e\u0301", "珊瑚礁の半分は失われた。", "海に" * 30, "x" * 70),
    ]
)
GAPS = st.sampled_from([" ", " ", " ", "\n", "\n\n", "\n \n", "  "])


@given(words=st.lists(st.tuples(WORDS, GAPS), max_size=80), limit=st.integers(60, 140), is_numbered=st.booleans())
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_cut_or_out_of_order(words: list[tuple[str, str]], limit: int, is_numbered: bool) -> None:
    text = "".join(word + gap for word, gap in words)

    def fits(one: str, part: int, of: int) -> bool:
        return len(graphemes(f"{one} {part}/{of}" if is_numbered else one)) <= limit

    parts = split(text, fits, most=10_000)
    assert "".join("".join(parts).split()) == "".join(text.split())
    kept = [span.text for span in spans(text)]
    found = [span.text for part in parts for span in spans(part)]
    assert all(word in found for word in kept)
    assert [one for part in parts for one in graphemes(part) if one.strip()] == [
        one for one in graphemes(text) if one.strip()
    ]
    whole = [part for number, part in enumerate(parts, start=1) if not fits(part, number, len(parts))]
    assert all(len(spans(part)) == 1 and " " not in part for part in whole), "only what cannot be cut is too long"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # A paragraph ends a part where that leaves no large room.
        (
            "Half the reef is gone.\n\nThe other half has a plan.",
            ["Half the reef is gone.", "The other half has a plan."],
        ),
        # Else a sentence does, and an abbreviation is none.
        ("Ask Dr. Reef. She knows the whole sea.", ["Ask Dr. Reef.", "She knows the whole sea."]),
        # Else a word.
        ("one two three four five six seven eight", ["one two three four five six", "seven eight"]),
        # Signs of a script without spaces are cut between two of them.
        ("海" * 40, ["海" * 30, "海" * 10]),
        # An address that is too long for any part stands alone.
        ("See https://reef.example/a/very/long/way now", ["See", "https://reef.example/a/very/long/way", "now"]),
        ("", []),
    ],
)
def test_it_is_cut_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    assert split(text, lambda one, part, of: len(one) <= 30, most=9) == parts


def test_it_stops_when_there_are_too_many() -> None:
    assert len(split("word " * 50_000, lambda one, part, of: len(one) <= 30, most=5)) == 6


def test_each_part_fits_as_bluesky_counts_with_its_number() -> None:
    text = "The reef 👩‍👩‍👧‍👦 wakes. See https://reef.example/a and tell @reef.example.org. " * 60

    def fits(one: str, part: int, of: int) -> bool:
        return not count(f"{one} {part}/{of}", "bluesky", "text").is_over

    parts = split(text, fits, most=25)
    assert 9 < len(parts) <= 25
    assert all(fits(part, number, len(parts)) for number, part in enumerate(parts, start=1))
