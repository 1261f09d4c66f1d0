"""A website in a folder, served by its own public application."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscut.channels.builtin.site.adapter import SiteAdapter
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.kit import Running
from crosscut.channels.tests.made import picture, post, serving


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The website, for as long as the test runs."""
    settings = SiteSettings(folder=folder / "site", base_url="http://127.0.0.1", title="Reef Watch")
    with serving(SiteAdapter().public_app(settings)) as host:
        yield Running(
            settings=settings.model_copy(update={"base_url": f"http://{host}"}),
            post=post(media=(picture(folder / "media"),)),
            allowed_hosts=(host,),
        )
