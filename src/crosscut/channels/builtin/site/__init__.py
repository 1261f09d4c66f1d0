"""A website of the workspace: a folder that any web server can serve."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="site",
    name="Website",
    platform="site",
    post_types=("article",),
    settings="crosscut.channels.builtin.site.settings:SiteSettings",
    adapter="crosscut.channels.builtin.site.adapter:SiteAdapter",
    is_local=True,
    takes_smaller=True,
)
