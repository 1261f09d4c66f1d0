"""What a place charges for a post is said before it is sent."""

import pytest

from crosscut.kernel.findings import Level
from crosscut.specs import Draft, check
from crosscut.specs.tests.made import AT, film, media


@pytest.mark.parametrize(
    ("draft", "post_type", "cost"),
    [
        (Draft(text="The reef today"), "x/text", "0.015"),
        (Draft(text="The reef today", media=(media(), media())), "x/image", "0.025"),  # and two alt texts
        (Draft(text="The reef today https://reef.example"), "x/text", "0.200"),
        (Draft(text="The reef today reef.org"), "x/text", "0.200"),  # X makes an address of it
        (Draft(text="The reef today", link="https://reef.example"), "x/text", "0.200"),
    ],
)
def test_x_says_what_the_post_costs(draft, post_type, cost):
    (found,) = [one for one in check(draft, post_type, at=AT) if one.code.startswith("cost.")]
    assert (found.level, found.values["cost"]) == (Level.ADVICE, cost)
    assert f"{cost} USD" in found.message and "Pricing" in found.source


def test_youtube_says_what_the_post_takes_of_the_days_share():
    draft = Draft(text="Words", title="Reef", media=(media(film(), tracks=frozenset({"captions"})),))
    (found,) = [one for one in check(draft, "youtube/video", at=AT) if one.code.startswith("cost.")]
    assert (found.level, found.values["cost"], found.values["total"]) == (Level.ADVICE, 460, 10_000)


def test_a_link_is_told_with_what_it_would_be_without():
    (found,) = check(Draft(text="The reef today https://reef.example"), "x/text", at=AT)
    assert "0.015 USD" in found.repair and "a link" in found.message


def test_places_that_charge_nothing_say_nothing():
    assert check(Draft(text="The reef today https://reef.example"), "threads/text", at=AT) == ()
