"""Facebook Pages, through Facebook's login."""

from crosscut.channels.logins import Scope
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="facebook_page",
    name="Facebook Page",
    platform="facebook_page",
    post_types=("text_or_link", "photo", "reel", "video"),
    link_below=("photo", "reel", "video"),
    settings="crosscut.channels.builtin.facebook_page.settings:Settings",
    adapter="crosscut.channels.builtin.facebook_page.adapter:Facebook",
    extra="crosscut.channels.builtin.facebook_page.extra:PostExtra",
    app_secrets=("app_secret",),
    scopes=(
        Scope(name="pages_show_list", words="see which Pages you manage"),
        Scope(name="pages_read_engagement", words="read the Page's own posts back"),
        Scope(name="pages_manage_posts", words="publish, change and take down posts"),
        Scope(name="pages_manage_engagement", words="write the first comment", is_needed=False),
        Scope(name="pages_read_user_content", words="read comments below posts", is_needed=False),
    ),
    comments_below=("text_or_link", "photo", "reel", "video"),
    stages_ahead_s=600,
    metrics=("facebook_page.reactions", "facebook_page.comments", "facebook_page.shares"),
)
