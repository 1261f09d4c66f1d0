"""Reddit: words, links and pictures of one account in its communities, by an app of one's own."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="reddit",
    name="Reddit",
    platform="reddit",
    post_types=("self_text", "link", "image", "gallery"),
    link_below=("self_text", "image", "gallery"),
    settings="crosscut.channels.builtin.reddit.settings:Settings",
    adapter="crosscut.channels.builtin.reddit.adapter:Reddit",
    extra="crosscut.channels.builtin.reddit.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(name="identity", words="see which account this is"),
        Scope(name="submit", words="publish posts"),
        Scope(name="read", words="read its own posts back, and the rules of communities"),
        Scope(name="history", words="list its own posts"),
        Scope(name="edit", words="change the words of its own posts, and take them down"),
        Scope(name="flair", words="list a community's flairs, to choose one"),
        Scope(name="mysubreddits", words="list its communities, to offer them", is_needed=False),
    ),
    token_model=TokenModel.EXTENDS,
    stages_ahead_s=900,
    metrics=("reddit.score", "reddit.comments", "reddit.crossposts"),
)
