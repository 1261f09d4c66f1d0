"""Drupal: articles on a site of one's own, through JSON:API of its core."""

from crosscut.channels.protocol import Channel

CHANNEL = Channel(
    slug="drupal",
    name="Drupal",
    platform="drupal",
    post_types=("node",),
    settings="crosscut.channels.builtin.drupal.settings:Settings",
    adapter="crosscut.channels.builtin.drupal.adapter:Drupal",
    secrets=("password",),
)
