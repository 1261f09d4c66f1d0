"""WordPress: articles on a site of one's own."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="wordpress",
    name="WordPress",
    platform="wordpress",
    post_types=("post",),
    settings="crosscut.channels.builtin.wordpress.settings:Settings",
    adapter="crosscut.channels.builtin.wordpress.adapter:WordPress",
    extra="crosscut.channels.builtin.wordpress.extra:PostExtra",
    secrets=("application_password",),
    metrics=("wordpress.comments",),
)
