"""A channel that fetches files must be able to reach us: told before the post is scheduled, not when it fails."""

from dataclasses import replace
from typing import Any

import pytest

from crosscut.apps.preflight import reaching
from crosscut.channels import registry


@pytest.fixture
def fetching(monkeypatch: pytest.MonkeyPatch) -> None:
    """The practice network, as one that fetches."""
    known = replace(registry.channel("practice"), fetches_media=True)
    monkeypatch.setattr(reaching, "channel", lambda slug: known)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "http://media.reef.example", "https://desk.lan"])
def test_it_stops_a_post_whose_files_nobody_could_fetch(fetching: None, settings: Any, url: str):
    settings.PUBLIC_URL, settings.ALLOWED_PRIVATE_HOSTS = url, ("127.0.0.1:8001",)
    (found,) = reaching.reaching_findings("practice", "practice/image", files=1)
    assert found.level == "block" and url in found.message and "CROSSCUT_PUBLIC_URL" in found.repair


def test_it_lets_words_alone_pass_and_all_where_we_can_be_reached(fetching: None, settings: Any):
    settings.PUBLIC_URL = "http://127.0.0.1:8001"
    assert not reaching.reaching_findings("practice", "practice/text", files=0)
    settings.PUBLIC_URL = "https://media.reef.example"
    assert not reaching.reaching_findings("practice", "practice/image", files=1)


def test_it_says_nothing_where_files_are_handed_over(settings: Any):
    settings.PUBLIC_URL = "http://127.0.0.1:8001"
    assert not reaching.reaching_findings("practice", "practice/image", files=1)
    assert not reaching.reaching_findings("tiktok", "tiktok/video", files=1)
    assert reaching.reaching_findings("tiktok", "tiktok/photo", files=1)
