"""Google Business Profile: updates, events and offers of one place, by an app of one's own."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="google_business_profile",
    name="Google Business Profile",
    platform="google_business_profile",
    post_types=("standard", "event", "offer"),
    settings="crosscut.channels.builtin.google_business_profile.settings:Settings",
    adapter="crosscut.channels.builtin.google_business_profile.adapter:GoogleBusinessProfile",
    extra="crosscut.channels.builtin.google_business_profile.extra:PostExtra",
    app_secrets=("client_secret",),
    scopes=(
        Scope(
            name="https://www.googleapis.com/auth/business.manage",
            words="list the places you manage, and publish, change and take down their posts",
        ),
    ),
    token_model=TokenModel.EXTENDS,
    fetches_media=True,
)
