"""A practice network: for learning and for showing, with a public page, and with faults on demand."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="practice",
    name="Practice network",
    platform="practice",
    post_types=("text", "images", "video"),
    settings="crosscut.channels.builtin.practice.settings:PracticeSettings",
    adapter="crosscut.channels.builtin.practice.adapter:PracticeAdapter",
    secrets=("token",),
    is_local=True,
    metrics=("practice.likes", "practice.reposts", "practice.replies"),
)
