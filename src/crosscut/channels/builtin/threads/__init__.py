"""Threads, through its own login."""

from crosscut.channels.logins import Scope, TokenModel
from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="threads",
    name="Threads",
    platform="threads",
    post_types=("text", "image", "video", "carousel"),
    link_below=("image", "video", "carousel"),
    settings="crosscut.channels.builtin.threads.settings:Settings",
    adapter="crosscut.channels.builtin.threads.adapter:Threads",
    extra="crosscut.channels.builtin.threads.extra:PostExtra",
    app_secrets=("app_secret",),
    scopes=(
        Scope(name="threads_basic", words="see which profile this is and read its own posts back"),
        Scope(name="threads_content_publish", words="publish posts"),
        Scope(name="threads_delete", words="take its own posts down", is_needed=False),
        Scope(name="threads_manage_replies", words="go on in a thread, by answering its own posts", is_needed=False),
        Scope(name="threads_read_replies", words="read its own answers back", is_needed=False),
        Scope(name="threads_manage_insights", words="read numbers about posts", is_needed=False),
    ),
    token_model=TokenModel.EXTENDS,
    fetches_media=True,
    stages_ahead_s=900,
    thread_limit=25,  # ours: the guides set none
    metrics=(
        "threads.views",
        "threads.likes",
        "threads.replies",
        "threads.reposts",
        "threads.quotes",
        "threads.shares",
    ),
)
