"""Mastodon, and other servers that speak its API."""

from crosscut.channels.logins import Scope
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="mastodon",
    name="Mastodon",
    platform="mastodon",
    post_types=("text", "image", "video", "audio"),
    link_below=("text", "image", "video", "audio"),
    settings="crosscut.channels.builtin.mastodon.settings:Settings",
    adapter="crosscut.channels.builtin.mastodon.adapter:Mastodon",
    extra="crosscut.channels.builtin.mastodon.extra:PostExtra",
    secrets=("access_token",),
    scopes=(
        Scope(name="write:statuses", words="publish and take down posts"),
        Scope(name="write:media", words="upload media"),
        Scope(name="read:accounts", words="see which account this is"),
        Scope(name="read:statuses", words="read its own posts back and count reactions"),
    ),
    thread_limit=25,  # ours: the API sets none
    metrics=("mastodon.favourites", "mastodon.boosts", "mastodon.replies"),
)
