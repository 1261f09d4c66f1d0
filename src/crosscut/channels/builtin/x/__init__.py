"""X, by its API of version 2 and an app of one's own."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="x",
    name="X",
    platform="x",
    post_types=("text", "image", "video"),
    link_below=("text", "image", "video"),
    settings="crosscut.channels.builtin.x.settings:Settings",
    adapter="crosscut.channels.builtin.x.adapter:X",
    extra="crosscut.channels.builtin.x.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(name="tweet.read", words="read its own posts back"),
        Scope(name="tweet.write", words="publish and take down posts"),
        Scope(name="users.read", words="see which account this is"),
        Scope(name="media.write", words="upload pictures and films", is_needed=False),
        Scope(name="offline.access", words="stay connected for longer than two hours"),
    ),
    token_model=TokenModel.ROTATES,
    stages_ahead_s=900,
    takes_words_twice=False,
    thread_limit=25,  # ours: the contract sets none
    metrics=(
        "x.impressions",
        "x.likes",
        "x.reposts",
        "x.replies",
        "x.quotes",
        "x.bookmarks",
        "x.link_clicks",
        "x.profile_clicks",
    ),
)
