"""LinkedIn: a member's own posts, and those of company pages."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="linkedin",
    name="LinkedIn",
    platform="linkedin",
    post_types=("text", "article", "image", "multi_image", "video", "document"),
    link_below=("text", "image", "multi_image", "video", "document"),
    settings="crosscut.channels.builtin.linkedin.settings:Settings",
    adapter="crosscut.channels.builtin.linkedin.adapter:LinkedIn",
    extra="crosscut.channels.builtin.linkedin.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(name="openid", words="know that it is you", is_needed=False),
        Scope(name="profile", words="see your name", is_needed=False),
        Scope(name="w_member_social", words="publish as yourself", is_needed=False),
        Scope(name="rw_organization_admin", words="see which pages you manage, and their numbers", is_needed=False),
        Scope(name="w_organization_social", words="publish as a page", is_needed=False),
        Scope(name="r_organization_social", words="read a page's posts back", is_needed=False),
    ),
    token_model=TokenModel.EXTENDS,
    stages_ahead_s=900,
    metrics=(
        "linkedin.impressions",
        "linkedin.reach",
        "linkedin.clicks",
        "linkedin.reactions",
        "linkedin.comments",
        "linkedin.shares",
    ),
)
