"""TikTok: films and pictures of one account, by an app of one's own."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="tiktok",
    name="TikTok",
    platform="tiktok",
    post_types=("video", "photo"),
    link_below=("video", "photo"),
    settings="crosscut.channels.builtin.tiktok.settings:Settings",
    adapter="crosscut.channels.builtin.tiktok.adapter:TikTok",
    extra="crosscut.channels.builtin.tiktok.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(name="user.info.basic", words="see which account this is"),
        Scope(name="video.publish", words="publish films and pictures"),
        Scope(name="video.list", words="read its own posts back, and their numbers"),
    ),
    token_model=TokenModel.ROTATES,
    fetches_media=True,
    takes_from_hands=("video",),
    stages_ahead_s=900,
    metrics=("tiktok.views", "tiktok.likes", "tiktok.comments", "tiktok.shares"),
)
