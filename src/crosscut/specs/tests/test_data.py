"""The data files: every figure has a source, and every value is of the kind its record says."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from crosscut.kernel.errors import NotFound
from crosscut.kernel.findings import Level
from crosscut.specs import platform, platform_names, post_type, post_type_names, sources, stale
from crosscut.specs.citations import Source, cite, trust
from crosscut.specs.loading import DATA, read_data, record
from crosscut.specs.platforms import SECTIONS
from crosscut.specs.post_types import PostType, TextRule

PLATFORM_BLOCKS = ("auth", "dynamic_limits", "idempotency", "rate_limits", "metrics", "comments", "prices")


def blocks_without_source(name: str) -> list[str]:
    """Where a platform file gives figures and no known source for them."""
    data = read_data(f"platforms/{name}")
    blocks = {block: data.get(block) for block in PLATFORM_BLOCKS}
    for kind, found in data["post_types"].items():
        blocks[kind] = found
        blocks |= {f"{kind}.{section}": found.get(section) for section in SECTIONS}
    return [place for place, block in blocks.items() if block is not None and not is_sourced(block)]


def is_sourced(block) -> bool:
    keys = block.get("source")
    return bool(keys) and all(key in sources() for key in keys)


def test_it_knows_twenty_two_outside_places_and_four_of_our_own():
    assert len(platform_names()) == 26
    assert {"site", "podcast", "practice", "newsletter"} < set(platform_names())
    assert len(post_type_names()) == 74


@pytest.mark.parametrize("name", platform_names())
def test_it_refuses_a_figure_without_a_known_source(name):
    assert blocks_without_source(name) == []


@pytest.mark.parametrize("block", [{"max": 1}, {"max": 1, "source": []}, {"max": 1, "source": ["no_such_page"]}])
def test_the_refusal_sees_a_missing_an_empty_and_an_unknown_source(block):
    assert not is_sourced(block)


@pytest.mark.parametrize("key", post_type_names())
def test_every_value_is_of_the_kind_its_record_says(key):
    found = post_type(key)
    checked = TypeAdapter(PostType).validate_python(found, strict=True)
    assert checked == found
    assert set(found.weak_sections) <= set(SECTIONS)


@pytest.mark.parametrize("key", post_type_names())
def test_no_least_is_above_its_most(key):
    found = post_type(key)
    for section in SECTIONS:
        figures = vars(found.rule(section)) if found.rule(section) else {}
        for name, value in figures.items():
            most = figures.get(name.replace("min", "max"))
            if "min" in name and isinstance(value, int | float) and most is not None:
                assert value <= most, (section, name)


@pytest.mark.parametrize("key", post_type_names())
def test_every_way_of_counting_is_one_we_can_do(key):
    from crosscut.specs.text import METHODS

    rules = [post_type(key).text, post_type(key).title]
    assert {rule.counting for rule in rules if rule and rule.counting} <= set(METHODS)


@pytest.mark.parametrize("name", platform_names())
def test_disagreements_say_which_value_is_used(name):
    for item in platform(name).contested:
        assert item["field"] and item["values"] and item["use"] is not None


@pytest.mark.parametrize("name", ["counting", "safe_zones", "house", "territories", "domains", "sources"])
def test_the_shared_files_name_their_sources(name):
    def walk(data):
        if isinstance(data, dict):
            for key, value in data.items():
                if key == "source":
                    assert value and set(value) <= set(sources()), value
                else:
                    walk(value)
        elif isinstance(data, list):
            for item in data:
                walk(item)

    walk(read_data(name))
    if name in ("counting", "house"):
        assert all(is_sourced(block) for block in read_data(name).values())


def test_hearsay_only_advises():
    assert post_type("facebook_page/photo").level("text") is Level.ADVICE  # named in weak_sections
    assert post_type("bluesky/text").level("text") is Level.BLOCK
    assert post_type("bluesky/text").level("image") is Level.ADVICE  # nothing known
    assert trust(["postiz", "ayr", "specs_bg"]) is Level.ADVICE
    assert trust(["postiz", "bs_lex"]) is Level.BLOCK


def test_it_cites_the_document_that_weighs_most():
    assert cite(["postiz", "bs_lex"]).startswith("app.bsky lexicons, bluesky-social/atproto@d6296a1c")
    assert cite(["bs_lex"]).endswith("(as of 2026-08-20)")
    assert cite([]) == ""


def test_it_lists_sources_that_were_read_too_long_ago():
    due = {item.source.key: item.age_days for item in stale(date(2026, 11, 22))}
    assert due["x_chars"] == 92  # read on 2026-08-22, the limit is 90 days
    assert "ig_pub" not in due  # 2026-10-04
    assert due["specs_bg"] is None  # nobody knows when
    assert "wcag_1_2_2" not in due  # a published standard does not move
    ages = [item.age_days for item in stale(date(2026, 11, 22))]
    known = [age for age in ages if age is not None]
    assert ages == [None] * (len(ages) - len(known)) + sorted(known, reverse=True)


@pytest.mark.parametrize(
    ("as_of", "age_days"),
    [("2026-11-20", 2), ("2026-11", 21), ("2026", 325), ("unknown", None)],  # the careful reading of a short date
)
def test_it_reads_dates_of_any_precision(as_of, age_days, monkeypatch):
    one = Source(key="a", title="A", url="https://a.example", level="official", as_of=as_of)
    monkeypatch.setattr("crosscut.specs.citations.sources", lambda: {"a": one})
    found = {item.source.key: item.age_days for item in stale(date(2027, 11, 22))}
    assert found == {"a": None if age_days is None else age_days + 365}


def test_it_names_what_there_is_when_asked_for_something_else():
    with pytest.raises(NotFound, match="bluesky"):
        platform("myspace")
    with pytest.raises(NotFound, match="bluesky/images"):
        post_type("bluesky/wall")
    with pytest.raises(NotFound):
        platform("../sources")


def test_a_misspelt_key_in_the_data_is_refused():
    with pytest.raises(ValueError, match="maximum"):
        record(TextRule, {"maximum": 300, "source": ["bs_lex"]})


def test_every_data_file_is_read_by_something():
    folders = {path.parent.name if path.parent != DATA else path.stem for path in DATA.rglob("*.yaml")}
    assert folders == {
        "platforms",
        "captions",
        "licences",
        "metrics",
        "sources",
        "counting",
        "safe_zones",
        "house",
        "territories",
        "domains",
        "line_breaks",
        "post_tables",
    }


def test_importing_it_reads_no_data_and_no_parser():
    import subprocess
    import sys

    code = "import sys, crosscut.specs; print('yaml' in sys.modules, 'regex' in sys.modules, 'django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]
