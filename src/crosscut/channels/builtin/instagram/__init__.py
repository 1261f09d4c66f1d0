"""Instagram, for professional accounts, through Instagram's own login."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="instagram",
    name="Instagram",
    platform="instagram",
    post_types=("feed_image", "reel", "carousel", "story_image", "story_video"),
    link_below=("feed_image", "reel", "carousel"),
    settings="crosscut.channels.builtin.instagram.settings:Settings",
    adapter="crosscut.channels.builtin.instagram.adapter:Instagram",
    extra="crosscut.channels.builtin.instagram.extra:PostExtra",
    app_secrets=("app_secret",),
    scopes=(
        Scope(name="instagram_business_basic", words="see which account this is and read its own posts back"),
        Scope(name="instagram_business_content_publish", words="publish posts"),
        Scope(
            name="instagram_business_manage_comments",
            words="write the first comment and count comments",
            is_needed=False,
        ),
        Scope(name="instagram_business_manage_insights", words="read numbers about posts", is_needed=False),
    ),
    token_model=TokenModel.EXTENDS,
    fetches_media=True,
    comments_below=("feed_image", "carousel", "reel"),
    stages_ahead_s=900,
    metrics=(
        "instagram.likes",
        "instagram.comments",
        "instagram.views",
        "instagram.reach",
        "instagram.saves",
        "instagram.shares",
    ),
)
