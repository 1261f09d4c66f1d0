"""Telegram: posts in a channel, by a bot of one's own."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="telegram",
    name="Telegram",
    platform="telegram",
    is_chat=True,
    post_types=("text", "photo", "album", "video", "document"),
    link_below=("text", "photo", "album", "video", "document"),
    settings="crosscut.channels.builtin.telegram.settings:Settings",
    adapter="crosscut.channels.builtin.telegram.adapter:Telegram",
    extra="crosscut.channels.builtin.telegram.extra:PostExtra",
    secrets=("bot_token",),
    metrics=("telegram.views",),
)
