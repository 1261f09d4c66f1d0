"""A podcast in a folder, served by its own public application."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscut.channels.builtin.podcast.adapter import PodcastAdapter
from crosscut.channels.builtin.podcast.settings import PodcastSettings
from crosscut.channels.kit import Running
from crosscut.channels.tests.made import post, serving, sound


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The podcast, for as long as the test runs."""
    settings = PodcastSettings(
        folder=folder / "podcast",
        base_url="http://127.0.0.1",
        title="Reef Radio",
        description="Stories from below.",
        author="Reef Watch",
        owner_email="radio@reef.example",
        category="Science > Nature",
    )
    with serving(PodcastAdapter().public_app(settings)) as host:
        yield Running(
            settings=settings.model_copy(update={"base_url": f"http://{host}"}),
            post=post(post_type="episode", media=(sound(folder / "media"),)),
            allowed_hosts=(host,),
        )
