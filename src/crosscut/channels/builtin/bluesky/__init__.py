"""Bluesky: posts on an account server of the AT Protocol."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="bluesky",
    name="Bluesky",
    platform="bluesky",
    post_types=("text", "images", "video"),
    link_below=("images", "video"),
    settings="crosscut.channels.builtin.bluesky.settings:Settings",
    adapter="crosscut.channels.builtin.bluesky.adapter:Bluesky",
    secrets=("app_password",),
    thread_limit=25,  # ours: the lexicon sets none
    metrics=("bluesky.likes", "bluesky.reposts", "bluesky.replies", "bluesky.quotes"),
)
