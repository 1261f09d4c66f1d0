"""By hand: places where a person posts what Crosscut has made ready, one channel per place.

Which they are, with their kinds of posts in the specifications; how a person posts there is in `places/`.
"""

from crosscut.channels.protocol import Channel

_WORDS, _PICTURES = ("text", "image", "video"), ("feed_image", "carousel", "reel", "story_image", "story_video")
_PLACES = {
    "facebook_page": ("Facebook Page", "FacebookPage", ("text_or_link", "photo", "reel", "video", "story")),
    "google_business_profile": ("Google Business Profile", "GoogleBusinessProfile", ("standard", "event", "offer")),
    "instagram": ("Instagram", "Instagram", _PICTURES),
    "linkedin": ("LinkedIn", "LinkedIn", ("text", "article", "image", "multi_image", "video", "document")),
    "pinterest": ("Pinterest", "Pinterest", ("image", "carousel", "video")),
    "reddit": ("Reddit", "Reddit", ("self_text", "link", "image", "gallery", "video")),
    "threads": ("Threads", "Threads", (*_WORDS, "carousel")),
    "tiktok": ("TikTok", "TikTok", ("video", "photo")),
    "x": ("X", "X", _WORDS),
    "youtube": ("YouTube", "YouTube", ("video", "short")),
}

CHANNELS = tuple(
    Channel(
        slug=f"by_hand_{place}",
        name=f"{name}, by hand",
        platform=place,
        post_types=post_types,
        settings="crosscut.channels.builtin.by_hand.settings:Settings",
        adapter=f"crosscut.channels.builtin.by_hand.adapter:{adapter}",
        extra="crosscut.channels.builtin.by_hand.extra:PostExtra",
        is_by_hand=True,
    )
    for place, (name, adapter, post_types) in _PLACES.items()
)
