"""Every channel keeps the contract: the record always, the story wherever the other side can be run."""

import pytest

from crosscut.channels.kit import RECORD_CHECKS, STORY_CHECKS, harness_of
from crosscut.channels.registry import channel, channels
from crosscut.specs.metrics import definitions


def _marked(slug):
    return pytest.param(slug, marks=() if channel(slug).is_local else pytest.mark.peer)


@pytest.mark.parametrize("slug", channels())
@pytest.mark.parametrize("check", RECORD_CHECKS, ids=lambda check: check.__name__)
def test_every_channel(slug, check):
    check(channel(slug))


@pytest.mark.parametrize("slug", [slug for slug in channels() if channel(slug).metrics])
def test_every_number_that_is_defined_for_a_channel_is_one_it_tells(slug):
    assert {key for key in definitions() if key.startswith(f"{slug}.")} == set(channel(slug).metrics)


@pytest.mark.parametrize("slug", [_marked(slug) for slug in channels()])
@pytest.mark.parametrize("check", STORY_CHECKS, ids=lambda check: check.__name__)
def test_every_running_channel(slug, check, tmp_path):
    harness = harness_of(channel(slug))
    assert harness, f"The channel {slug} brings no tests/harness.py"
    with harness.running(tmp_path) as running:
        check(channel(slug), running)
