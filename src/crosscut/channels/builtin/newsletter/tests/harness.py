"""A newsletter in a folder, served by its own public application, and a real mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crosscut.channels.builtin.newsletter.adapter import NewsletterAdapter
from crosscut.channels.builtin.newsletter.settings import NewsletterSettings
from crosscut.channels.kit import Running
from crosscut.channels.tests.made import picture, post, serving
from crosscut.channels.tests.mailserver import PASSWORD, USER, MailServer, mail_server


def settings_for(folder: Path, mails: MailServer, **changes: Any) -> NewsletterSettings:
    """A newsletter whose letters go to that server."""
    told: dict[str, Any] = {
        "folder": folder / "newsletter",
        "base_url": "http://127.0.0.1",
        "title": "Reef letters",
        "sender": "letters@reef.example",
        "postal_address": "Reef Watch, 1 Shore Road, Sandtown",
        "host": "127.0.0.1",
        "port": mails.port,
        "security": "none",
        "user": USER if mails.wants_login else "",
    }
    return NewsletterSettings(**{**told, **changes})


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The newsletter, for as long as the test runs."""
    with mail_server() as mails:
        settings = settings_for(folder, mails)
        with serving(NewsletterAdapter().public_app(settings)) as host:
            yield Running(
                settings=settings.model_copy(update={"base_url": f"http://{host}"}),
                post=post(post_type="issue", media=(picture(folder / "media"),)),
                secrets={"password": PASSWORD},
                allowed_hosts=(host, mails.host),
            )
