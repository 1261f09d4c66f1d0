"""A strict server of Google's Business Profile APIs over real HTTP, with a memory and limits: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from crosscut.channels.builtin.google_business_profile.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    google = pytest.importorskip("tests.faults.bench.google")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = google.Google(pytest.importorskip("tests.faults.bench.clock").RealClock())
    picture = replace(story.picture(folder), public_url="https://public.example/offered/x/reef.jpg")
    with strict.serving(server):
        places = dict.fromkeys(("api_url", "accounts_url", "places_url"), server.url)
        yield Running(
            settings=Settings(client_id="a-client-id", token_url=f"{server.url}/token", **places),
            post=story.post("The reef & more today", picture, post_type="standard", link="https://reef.example/?a=1"),
            secrets={"access_token": server.token, "place": google.PLACE},
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
        )
