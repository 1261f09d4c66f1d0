"""Discord: messages in one channel of a server, by a bot of one's own."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="discord",
    name="Discord",
    platform="discord",
    is_chat=True,
    post_types=("message",),
    link_below=("message",),
    settings="crosscut.channels.builtin.discord.settings:Settings",
    adapter="crosscut.channels.builtin.discord.adapter:Discord",
    extra="crosscut.channels.builtin.discord.extra:PostExtra",
    secrets=("bot_token",),
    metrics=("discord.reactions",),
)
