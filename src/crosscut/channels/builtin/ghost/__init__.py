"""Ghost: articles on a site of one's own, and as a newsletter where that is asked for."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="ghost",
    name="Ghost",
    platform="ghost",
    post_types=("post",),
    settings="crosscut.channels.builtin.ghost.settings:Settings",
    adapter="crosscut.channels.builtin.ghost.adapter:Ghost",
    extra="crosscut.channels.builtin.ghost.extra:PostExtra",
    secrets=("admin_api_key",),
    metrics=("ghost.emails_sent", "ghost.emails_delivered", "ghost.emails_opened", "ghost.clicks"),
)
