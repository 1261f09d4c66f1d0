"""Mastodon, and other servers that speak its API."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="mastodon",
    name="Mastodon",
    platform="mastodon",
    post_types=("text", "image", "video", "audio"),
    settings="crosscut.channels.builtin.mastodon.settings:Settings",
    adapter="crosscut.channels.builtin.mastodon.adapter:Mastodon",
    extra="crosscut.channels.builtin.mastodon.extra:PostExtra",
    secrets=("access_token",),
    metrics=("mastodon.favourites", "mastodon.reblogs", "mastodon.replies"),
)
