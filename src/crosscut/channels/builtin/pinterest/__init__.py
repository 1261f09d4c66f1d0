"""Pinterest: pictures, carousels and films on the boards of one account, by an app of one's own."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="pinterest",
    name="Pinterest",
    platform="pinterest",
    post_types=("image", "carousel", "video"),
    settings="crosscut.channels.builtin.pinterest.settings:Settings",
    adapter="crosscut.channels.builtin.pinterest.adapter:Pinterest",
    extra="crosscut.channels.builtin.pinterest.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(name="user_accounts:read", words="see which account this is"),
        Scope(name="boards:read", words="list its boards, to choose one for each Pin"),
        Scope(name="boards:write", words="put Pins on its boards"),
        Scope(name="pins:read", words="read its own Pins back, and their numbers"),
        Scope(name="pins:write", words="publish, change and take down Pins"),
    ),
    token_model=TokenModel.ROTATES,
    stages_ahead_s=900,
    metrics=(
        "pinterest.impressions",
        "pinterest.pin_clicks",
        "pinterest.outbound_clicks",
        "pinterest.saves",
        "pinterest.reactions",
        "pinterest.comments",
    ),
)
