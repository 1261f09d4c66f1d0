"""Publishes articles into the website's folder and reads them back as a visitor gets them."""

from collections.abc import Iterator

from crosscut.channels.builtin.site.feeds import feed_sheets
from crosscut.channels.builtin.site.pages import page_sheets
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.local import FolderAdapter
from crosscut.channels.page.reading import article_seen
from crosscut.channels.printing import Sheet
from crosscut.channels.protocol import Context, Post, Profile, Seen
from crosscut.channels.shelf import Item
from crosscut.kernel.errors import Problem
from crosscut.kernel.phrases import phrase


class SiteAdapter(FolderAdapter[SiteSettings]):
    """A website in a folder."""

    def sheets(self, settings: SiteSettings, items: list[Item]) -> Iterator[Sheet]:
        """Pages before the lists and feeds that lead to them."""
        yield from page_sheets(settings, items)
        yield from feed_sheets(settings, items)

    def objections(self, post: Post) -> list[Problem]:
        """An article needs a title: it is the link, the heading and the name in every feed."""
        if post.title.strip():
            return []
        return [Problem(code="site.no_title", where="title", message=phrase("An article needs a title."))]

    def profile(self, settings: SiteSettings) -> Profile:
        """The website by its address."""
        return Profile(
            remote_id=settings.base_url,
            name=settings.title,
            url=f"{settings.base_url}/",
            can=("publish articles", "change articles", "take articles down"),
        )

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The article as a visitor's browser gets it, with the bytes of its media hashed."""
        return article_seen(context, self.settings_of(context), remote_id)
