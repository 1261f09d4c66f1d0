"""YouTube: films and Shorts of one channel, by an app of one's own."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="youtube",
    name="YouTube",
    platform="youtube",
    post_types=("video", "short"),
    link_below=("video", "short"),
    settings="crosscut.channels.builtin.youtube.settings:Settings",
    adapter="crosscut.channels.builtin.youtube.adapter:YouTube",
    extra="crosscut.channels.builtin.youtube.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(
            name="https://www.googleapis.com/auth/youtube.force-ssl",
            words="upload, change and take down films of the channel with their captions, and read them back",
        ),
    ),
    token_model=TokenModel.EXTENDS,
    stages_ahead_s=3600,
    metrics=("youtube.views", "youtube.likes", "youtube.comments"),
)
