"""A podcast: a feed in a folder that any web server can serve."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="podcast",
    name="Podcast",
    platform="podcast",
    post_types=("episode",),
    settings="crosscut.channels.builtin.podcast.settings:PodcastSettings",
    adapter="crosscut.channels.builtin.podcast.adapter:PodcastAdapter",
    extra="crosscut.channels.builtin.podcast.extra:EpisodeExtra",
    is_local=True,
)
