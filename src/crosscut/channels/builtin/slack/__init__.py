"""Slack: messages in one channel of a workspace, by an app of one's own."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="slack",
    name="Slack",
    platform="slack",
    post_types=("message",),
    link_below=("message",),
    settings="crosscut.channels.builtin.slack.settings:Settings",
    adapter="crosscut.channels.builtin.slack.adapter:Slack",
    extra="crosscut.channels.builtin.slack.extra:PostExtra",
    secrets=("bot_token",),
    is_chat=True,
    stages_ahead_s=120,
    metrics=("slack.reactions",),
)
