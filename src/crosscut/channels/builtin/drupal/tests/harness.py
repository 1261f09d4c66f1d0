"""A strict Drupal site over real HTTP: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The site, for as long as the test runs."""
    drupal = pytest.importorskip("tests.faults.bench.drupal")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = drupal.Drupal(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    with strict.serving(server):
        yield Running(
            settings=Settings(
                site_url=server.url, username=drupal.USER, picture_field="field_photos", media_type="image"
            ),
            post=story.post("The reef today", *pictures, title="The reef", tags=("coral",), post_type="node"),
            secrets={"password": drupal.PASSWORD},
            allowed_hosts=story.LOOPBACK,
        )
