"""Teams: cards in one channel or chat, through a workflow of one's own that waits for them at a web address."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="teams",
    name="Microsoft Teams",
    platform="teams",
    post_types=("message",),
    settings="crosscut.channels.builtin.teams.settings:Settings",
    adapter="crosscut.channels.builtin.teams.adapter:Teams",
    secrets=("webhook_url",),
    is_chat=True,
    is_unreadable=True,
)
