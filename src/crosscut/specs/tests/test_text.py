"""Counting, and finding addresses, people and topics: by others' vectors where there are any, else by ours."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.errors import NotFound
from crosscut.kernel.graphemes import graphemes, is_emoji
from crosscut.specs import byte_offsets, count, post_type, post_type_names, spans
from crosscut.specs.marks import urls
from crosscut.specs.text import METHODS, measure

HERE = Path(__file__).parent / "data"
# Newer Unicode data than 15.0: U+2701 is a pictograph for `regex`, so two of them joined are one cluster.
NEWER_UNICODE = {"÷ 2701 × 200D ÷ 2701 ÷", "÷ 2701 × 200D × 2701 ÷"}
# Where spans() differs from twitter-text on purpose: names of other networks, and no retweet syntax of 2010.
OTHER_WAYS = (
    "Extract lone metion but not @user@user (too close to an email)",
    "Extract mentions after 'R",
    "Extract mentions after 'r",
)

UNHURRIED = settings(deadline=None)  # the machine may be busy, and the first text loads the tables
TEXTS = st.text(
    alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("é🪸👍🏽‍🇪🇺한あ#@./:h t️\u0301\r\n")),
    max_size=120,
)


def vectors(name: str, group: str) -> list[Any]:
    tests = yaml.load((HERE / name).read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["tests"][group]
    return [pytest.param(test["text"], test["expected"], id=test["description"]) for test in tests]


@pytest.mark.parametrize(
    ("text", "expected"),
    vectors("validate.yml", "WeightedTweetsWithDiscountedEmojiCounterTest")
    + vectors("validate.yml", "UnicodeDirectionalMarkerCounterTest"),
)
def test_it_counts_as_x_does(text, expected):
    counted = measure(text, "x_weighted_v3", 280)
    assert counted.used == expected["weightedLength"]
    assert counted.is_over == (expected["weightedLength"] > 280)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        vector
        for group in ("urls", "urls_with_indices", "urls_with_directional_markers", "tco_urls_with_params")
        for vector in vectors("extract.yml", group)
    ],
)
def test_it_finds_addresses_as_x_does(text, expected):
    found = urls(text)
    assert [span.text for span in found] == [item if isinstance(item, str) else item["url"] for item in expected]
    assert all(text[span.start : span.end] == span.text for span in found)
    places = [item["indices"] for item in expected if isinstance(item, dict)]
    assert not places or [[span.start, span.end] for span in found] == places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        vector
        for group in ("hashtags", "hashtags_from_astral", "hashtags_with_indices")
        for vector in vectors("extract.yml", group)
    ],
)
def test_it_finds_topics_as_x_does(text, expected):
    found = [span.text[1:] for span in spans(text) if span.kind == "hashtag"]
    assert found == [item if isinstance(item, str) else item["hashtag"] for item in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        vector
        for group in ("mentions", "mentions_with_indices")
        for vector in vectors("extract.yml", group)
        if not vector.id.startswith(OTHER_WAYS)
    ],
)
def test_it_finds_people_as_x_does(text, expected):
    found = [span.text[1:] for span in spans(text) if span.kind == "mention"]
    assert found == [item if isinstance(item, str) else item["screen_name"] for item in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask @reef.example.", ["@reef.example"]),  # Bluesky: a domain, without the full stop
        ("Ask @ana@social.example!", ["@ana@social.example"]),  # Mastodon: name and server
        ("Write to ana@reef.example", []),  # an e-mail address names nobody
        ("https://reef.example/@ana", []),  # inside an address
        ("(@ana)", ["@ana"]),
    ],
)
def test_it_finds_people_of_every_network(text, expected):
    assert [span.text for span in spans(text) if span.kind == "mention"] == expected


def grapheme_vectors() -> list[str]:
    lines = (HERE / "GraphemeBreakTest.txt").read_text("utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("÷")]


def test_it_cuts_characters_as_unicode_does():
    wrong = []
    for line in grapheme_vectors():
        expected = ["".join(chr(int(code, 16)) for code in part.split("×")) for part in line.strip("÷ ").split("÷")]
        if any(0xD800 <= ord(character) <= 0xDFFF for part in expected for character in part):
            continue
        if graphemes("".join(expected)) != expected:
            wrong.append(line)
    assert len(grapheme_vectors()) == 602
    assert set(wrong) <= NEWER_UNICODE


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ("🪸", True),  # Unicode 14: newer than the vectors of X
        ("👩‍🔬", True),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", True),
        ("#️⃣", True),
        ("#", False),
        ("☺︎", False),  # asked to be text
        ("한", False),
    ],
)
def test_it_knows_an_emoji(cluster, expected):
    assert is_emoji(cluster) is expected


@pytest.mark.parametrize(
    ("key", "text", "used", "unit"),
    [
        ("bluesky/text", "👩‍🔬é", 2, "graphemes"),
        ("x/text", "🪸", 2, "weighted"),  # an emoji is 2 whatever it is made of
        ("x/text", "cafe\u0301", 4, "weighted"),  # the composed form counts
        ("x/text", "한", 2, "weighted"),
        ("x/text", "see reef.example.org", 4 + 23, "weighted"),
        ("mastodon/text", "see https://reef.example/" + "a" * 90, 4 + 23, "graphemes"),
        ("mastodon/text", "see reef.example.org", 20, "graphemes"),  # without https:// it is only text
        ("mastodon/text", "@ana@social.example", 4, "graphemes"),  # the server's name is free
        ("threads/text", "🪸!", 4 + 1, "chars"),  # an emoji weighs its bytes
        ("threads/text", "é!", 2, "chars"),
        ("tiktok/video", "🪸é", 2 + 1, "utf16_units"),
        ("youtube/video", "é🪸", 2 + 4, "utf8_bytes"),
        ("pinterest/image", "🪸", 1, "chars"),
        ("practice/text", "👩‍🔬", 1, "graphemes"),
        ("instagram/reel", "🪸", 2, "chars"),  # "characters": the larger reading
        ("wordpress/post", "words", 5, "chars"),
    ],
)
def test_it_counts_as_each_place_does(key, text, used, unit):
    counted = count(text, *key.split("/"))
    assert (counted.used, counted.unit) == (used, unit)
    rule = post_type(key).text
    assert counted.limit == (rule.max if rule else None)


def test_bluesky_also_counts_bytes():
    family = "👨‍👩‍👧‍👦" * 200  # 200 characters, 5,000 bytes
    counted = count(family, "bluesky", "text")
    assert (counted.used, counted.limit, counted.unit) == (5000, 3000, "utf8_bytes")
    assert len(family[: counted.over_at].encode()) <= 3000


def test_mastodon_counts_the_warning_with_the_text():
    counted = count("a" * 495, "mastodon", "text", warning="Spoiler")
    assert (counted.used, counted.over_at, counted.left) == (502, 493, -2)


def test_it_says_where_the_text_no_longer_fits():
    assert count("a" * 300, "bluesky", "text").over_at is None
    assert count("🪸" * 299 + "👩‍🔬!", "bluesky", "text").over_at == 299 + 3
    too_long = "a" * 270 + " https://reef.org/x"
    assert count(too_long, "x", "text").over_at == 271  # an address is not cut in two


def test_places_in_a_decomposed_text_are_those_of_the_text_as_written():
    written = "e\u0301" * 281
    assert count(written, "x", "text").over_at == 560


def test_it_refuses_a_post_type_there_is_not():
    with pytest.raises(NotFound):
        count("a", "bluesky", "novel")


@UNHURRIED
@given(TEXTS)
def test_characters_joined_again_are_the_text(text):
    assert "".join(graphemes(text)) == text


@UNHURRIED
@given(TEXTS, st.sampled_from(sorted(METHODS)))
def test_pieces_cover_the_text_and_never_go_back(text, method):
    ends = [end for end, _ in METHODS[method][1](text)]
    assert ends == sorted(ends)
    assert (ends[-1] if ends else 0) == len(text)
    assert all(weight > 0 for _, weight in METHODS[method][1](text))


@UNHURRIED
@given(TEXTS, st.sampled_from(sorted(METHODS)), st.integers(0, 60))
def test_what_stands_before_the_overflow_is_the_longest_piecewise_fit(text, method, limit):
    counted = measure(text, method, limit)
    assert (counted.over_at is not None) == counted.is_over == (counted.used > limit)
    if counted.over_at is not None:
        weights = [weight for end, weight in METHODS[method][1](text) if end <= counted.over_at]
        assert sum(weights) <= limit


@UNHURRIED
@given(TEXTS)
def test_simple_counts_agree_with_python(text):
    assert measure(text, "utf8_bytes", None).used == len(text.encode())
    assert measure(text, "utf16", None).used == len(text.encode("utf-16-le")) // 2
    assert measure(text, "json_schema_length", None).used == len(text)


@UNHURRIED
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=".@"), max_size=80))
def test_plain_english_counts_the_same_everywhere(text):
    assert {measure(text, method, None).used for method in METHODS} == {len(text)}


@UNHURRIED
@given(TEXTS)
def test_spans_are_in_order_apart_and_as_written(text):
    found = spans(text)
    assert all(text[span.start : span.end] == span.text for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@UNHURRIED
@given(TEXTS)
def test_byte_offsets_cut_the_same_words(text):
    offsets = byte_offsets(text)
    assert offsets[-1] == len(text.encode())
    for span in spans(text):
        assert text.encode()[offsets[span.start] : offsets[span.end]].decode() == span.text


@pytest.mark.parametrize(
    "hostile",
    ["あ" * 20_000 + ".", "あ." * 10_000, "a-" * 10_000 + ".", "x.com/" + "(" * 10_000, "@a." * 7_000, "#_" * 10_000],
)
def test_hostile_text_takes_no_long_time(hostile):
    import time

    started = time.process_time()
    spans(hostile)
    assert time.process_time() - started < 3  # measured: 0.25 s at most


@pytest.mark.parametrize("key", post_type_names())
def test_every_post_type_can_be_counted(key):
    assert count("A reef breathes. 🪸 https://reef.example", *key.split("/")).used > 0
