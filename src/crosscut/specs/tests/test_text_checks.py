"""What is said about the words of a draft."""

import pytest

from crosscut.kernel.findings import Level
from crosscut.specs import Draft, check_text
from crosscut.specs.tests.made import codes, media, only


def test_it_says_how_much_is_too_much_and_what_to_do():
    finding = only(check_text(Draft(text="a" * 312), "bluesky/text"))
    assert finding.message == "The text is 312 characters as Bluesky counts them; the limit is 300."
    assert finding.repair == "Cut 12."
    assert finding.level is Level.BLOCK
    assert (finding.where, finding.post_type, finding.action) == ("text", "bluesky/text", "shorten")
    assert finding.values["over_at"] == 300
    assert finding.source.startswith("app.bsky lexicons, ")


def test_a_limit_from_hearsay_only_advises():
    finding = only(check_text(Draft(text="a" * 63_207), "facebook_page/text_or_link"))
    assert (finding.code, finding.level) == ("text.long", Level.ADVICE)


def test_it_advises_above_the_length_that_is_cut_quietly():
    finding = only(check_text(Draft(text="a" * 4_001), "slack/message"))
    assert (finding.code, finding.level, finding.values["limit"]) == ("text.long", Level.ADVICE, 4000)


def test_it_tells_bytes_where_bytes_are_counted():
    finding = only(check_text(Draft(text="é" * 2_501, title="Reef"), "youtube/video"))
    assert finding.message.startswith("The text is 5,002 bytes as YouTube counts them")


@pytest.mark.parametrize(
    ("draft", "post_type", "expected"),
    [
        (Draft(), "bluesky/text", ["text.empty"]),
        (Draft(text=" \n"), "bluesky/text", ["text.empty"]),
        (Draft(link="https://reef.example"), "bluesky/text", []),  # a link alone is something
        (Draft(media=(media(),)), "bluesky/images", []),  # so is a picture
        (Draft(title="Reef", media=(media(),)), "site/article", ["text.missing"]),  # but no article
        (Draft(text="Hello"), "instagram/story_image", ["text.not_taken"]),
        (Draft(text="Words"), "site/article", ["title.missing"]),
        (Draft(text="Words", title="T" * 101), "youtube/video", ["title.too_long"]),
        (Draft(text="1 < 2", title="a > b"), "youtube/short", ["text.forbidden", "title.forbidden"]),
        (Draft(text="Words", title="Reef", tags=("a b" * 100, "reef" * 50)), "youtube/video", ["hashtags.too_long"]),
        (Draft(text="Words", title="🪸" * 200), "site/article", []),  # ours counts what people see
        (Draft(text="Words", title="Any"), "bluesky/text", []),  # no title there: not our business
    ],
)
def test_words_that_are_missing_or_out_of_place(draft, post_type, expected):
    assert codes(check_text(draft, post_type)) == expected


@pytest.mark.parametrize(
    ("draft", "post_type", "expected"),
    [
        (Draft(text=" ".join(f"#tag{n}a" for n in range(31))), "instagram/reel", [("hashtags.too_many", "block")]),
        (Draft(text=" ".join(f"#tag{n}a" for n in range(6))), "instagram/reel", [("hashtags.many", "advice")]),
        (Draft(text=" ".join(f"#tag{n}a" for n in range(5))), "instagram/reel", []),
        (Draft(text="#a #b #c", tags=("d",)), "threads/text", []),  # one topic beside the text
        (Draft(text="Hi", tags=("d", "e")), "threads/text", [("hashtags.too_many", "block")]),
        (Draft(text=" ".join(f"#tag{n}a" for n in range(20))), "bluesky/text", []),  # only extra tags are limited
        (Draft(text=" ".join(f"@name{n}" for n in range(21))), "instagram/reel", [("mentions.too_many", "block")]),
        (
            Draft(text=" ".join(f"https://reef.org/{n}" for n in range(6))),
            "threads/text",
            [("links.too_many", "block")],
        ),
        (Draft(text="https://reef.org https://reef.org"), "threads/text", []),  # the same one counts once
        (Draft(text="See https://reef.org/a"), "instagram/reel", [("links.not_clickable", "advice")]),
    ],
)
def test_topics_people_and_links_are_counted(draft, post_type, expected):
    assert [(finding.code, finding.level) for finding in check_text(draft, post_type)] == expected


def test_a_number_of_hashtags_from_the_press_is_told_as_such():
    finding = only(check_text(Draft(text="#a1b #b1b #c1b #d1b #e1b #f1b"), "instagram/reel"))
    assert "5-hashtag announcement" in finding.source


@pytest.mark.parametrize(
    "left", ["Lorem ipsum dolor", "TODO: names", "[link]", "[insert date here]", "Hi {{ name }}", "<url>"]
)
def test_it_blocks_the_left_overs_of_a_template(left):
    finding = only(check_text(Draft(text=f"Dear all, {left} and thanks"), "bluesky/text"))
    assert (finding.code, finding.level) == ("text.placeholder", Level.BLOCK)
    assert finding.values["found"] in left


@pytest.mark.parametrize("fine", ["Todos los peces", "a todo list", "I <3 reefs", "[laughs]", "xxx", "array[0]"])
def test_it_leaves_ordinary_words_alone(fine):
    assert check_text(Draft(text=fine), "bluesky/text") == ()


def test_it_looks_for_left_overs_in_the_title_too():
    assert only(check_text(Draft(text="Words", title="TBD"), "site/article")).where == "title"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("THE REEF IS DYING AND NOBODY CARES", "text.shouting"),
        ("#savethecoralreefs now", "hashtags.camel_case"),
        ("https://reef.org/?utm_source=LinkedIn", "links.tracking_case"),
    ],
)
def test_it_advises_on_habits_that_keep_people_out(text, code):
    finding = only(check_text(Draft(text=text), "bluesky/text"))
    assert (finding.code, finding.level) == (code, Level.ADVICE)


@pytest.mark.parametrize(
    "text",
    [
        "NASA and UNESCO agree",
        "#SaveTheCoralReefs #reef",
        "https://reef.org/Path?utm_source=linkedin&x=Y".replace("&x=Y", ""),
    ],
)
def test_it_is_quiet_about_good_habits(text):
    assert check_text(Draft(text=text), "bluesky/text") == ()
