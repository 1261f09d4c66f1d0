"""What numbers mean."""

from datetime import date
from typing import Any

import pytest

from crosscut.kernel.errors import NotFound
from crosscut.specs import breaks, definition, definitions, sources
from crosscut.specs import metrics as of_metrics
from crosscut.specs.metrics import Definition

ASKED = [
    "site.page_views",
    "site.visits",
    "bluesky.likes",
    "bluesky.reposts",
    "bluesky.replies",
    "bluesky.quotes",
    "mastodon.favourites",
    "mastodon.boosts",
    "mastodon.replies",
    "wordpress.comments",
    *(f"ghost.{name}" for name in ("emails_sent", "emails_delivered", "emails_opened", "clicks")),
    "podcast.downloads",
    "practice.likes",
    "practice.reposts",
    "practice.replies",
    "campaign.cost",
    "discord.reactions",
    "slack.reactions",
    "telegram.views",
    *(
        f"pinterest.{name}"
        for name in ("impressions", "pin_clicks", "outbound_clicks", "saves", "reactions", "comments")
    ),
    *(f"reddit.{name}" for name in ("score", "comments", "crossposts")),
    *(f"tiktok.{name}" for name in ("views", "likes", "comments", "shares")),
    *(f"youtube.{name}" for name in ("views", "likes", "comments")),
    *(f"linkedin.{name}" for name in ("impressions", "reach", "clicks", "reactions", "comments", "shares")),
    *(f"x.{name}" for name in ("impressions", "likes", "reposts", "replies", "quotes", "bookmarks")),
    "x.link_clicks",
    "x.profile_clicks",
    *(f"facebook_page.{name}" for name in ("reactions", "comments", "shares")),
    *(f"instagram.{name}" for name in ("views", "reach", "likes", "comments", "shares", "saves")),
    *(f"threads.{name}" for name in ("views", "likes", "replies", "reposts", "quotes", "shares")),
]
DAY = date(2026, 11, 22)


@pytest.mark.parametrize("key", ASKED)
def test_every_number_we_collect_is_defined(key):
    found = definition(key, DAY)
    assert found.key == key
    assert found.name and found.meaning.endswith(".")
    assert found.citation


def test_nothing_else_is_defined():
    assert sorted(definitions()) == sorted(ASKED)


@pytest.mark.parametrize("key", sorted(definitions()))
def test_it_refuses_a_meaning_without_a_known_source(key):
    for meaning in definitions()[key]:
        assert meaning.source and set(meaning.source) <= set(sources())
        assert meaning.unit in ("count", "currency")
        assert set(meaning.denominators) <= set(definitions())


def test_totals_and_daily_numbers_are_told_apart():
    assert definition("bluesky.likes", DAY).is_running_total
    assert not definition("site.page_views", DAY).is_running_total
    assert not definition("site.visits", DAY).is_additive  # one visit spans pages


def test_a_number_means_what_it_meant_on_that_day(monkeypatch):
    about: dict[str, Any] = {
        "key": "a.views",
        "name": "Views",
        "meaning": "Seen.",
        "unit": "count",
        "source": ("house",),
    }
    kinds: dict[str, Any] = {"is_running_total": True, "is_additive": True}
    old = Definition(**about, **kinds, valid_from=date(2024, 7, 3), valid_until=date(2025, 3, 30))
    new = Definition(**about, **kinds, valid_from=date(2025, 3, 31))
    monkeypatch.setattr(of_metrics, "definitions", lambda: {"a.views": (old, new)})
    assert definition("a.views", date(2025, 3, 30)) is old
    assert definition("a.views", date(2025, 3, 31)) is new
    with pytest.raises(NotFound, match="2024-07-02"):
        definition("a.views", date(2024, 7, 2))
    assert breaks("a.views", [date(2025, 1, 1), date(2025, 12, 31)]) == (date(2025, 3, 31),)
    assert breaks("a.views", [date(2025, 3, 31), date(2025, 12, 31)]) == ()


def test_it_names_what_there_is():
    with pytest.raises(NotFound, match=r"bluesky\.likes"):
        definition("bluesky.love", DAY)
