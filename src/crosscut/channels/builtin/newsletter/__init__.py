"""A newsletter: each issue public on a page of our own, and mailed to everybody who asked for it."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="newsletter",
    name="E-mail newsletter",
    platform="newsletter",
    post_types=("issue",),
    settings="crosscut.channels.builtin.newsletter.settings:NewsletterSettings",
    adapter="crosscut.channels.builtin.newsletter.adapter:NewsletterAdapter",
    optional_secrets=("password", "returns_password"),
    is_local=True,
    mails_readers=True,
)
