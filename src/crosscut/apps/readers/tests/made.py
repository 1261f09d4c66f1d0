"""A newsletter with a real mail server behind it, its readers, and issues that are out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.secrets import seal
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.tests import made
from crosscut.apps.readers.models import Letter, Mailing, Reader
from crosscut.apps.readers.services import mail
from crosscut.channels.builtin.newsletter.tests.harness import settings_for
from crosscut.channels.folder import locked
from crosscut.channels.shelf import Shelf
from crosscut.channels.tests.made import post
from crosscut.channels.tests.mailserver import PASSWORD, MailServer, mail_server

State = Letter.State
CONSENT = "Signed up at our stand in Sandtown, 12 May 2026"
_LONG_AGO = timedelta(days=1)


@dataclass
class Desk:
    """A newsletter and the mail server it hands its letters to."""

    cast: Cast
    mails: MailServer
    account: Account
    folder: Path
    readers: list[Reader] = field(default_factory=list)

    def sign_up(self, *names: str) -> list[Reader]:
        """Readers who have agreed: "ada" is ada@reader.example."""
        self.readers += [a_reader(self.account, f"{name}@reader.example") for name in names]
        return self.readers[-len(names) :]

    def issue(self, text: str = made.TEXTS[0], **fields: Any) -> Target:
        """An issue whose page was seen as it was approved."""
        told = {"state": Target.State.PROVEN, "due_at": timezone.now() - timedelta(hours=1), **fields}
        target = made.a_post(self.cast.senior, account=self.account, text=text, **told)
        Target.objects.filter(pk=target.pk).update(remote_id=target.key)
        folder = Path(self.account.settings["folder"])
        with locked(folder):
            Shelf(folder).put(
                post(key=target.key, post_type="issue", text=text, title=target.piece.title), timezone.now()
            )
        target.refresh_from_db()
        return target

    def begun(self, **fields: Any) -> Mailing:
        """An issue whose letters wait."""
        mailing = mail.begin(self.issue(**fields).pk)
        assert mailing is not None
        return mailing

    def turn(self, mailing: Mailing) -> float | None:
        """A worker's turn, with nothing left to wait for."""
        hurry(mailing)
        return mail.mail_some(mailing.pk)

    def all_turns(self, mailing: Mailing, most: int = 20) -> Mailing:
        """Turns until there is nothing more to do."""
        for _number in range(most):
            if self.turn(mailing) is None:
                break
        mailing.refresh_from_db()
        return mailing


def a_reader(account: Account, address: str, **fields: Any) -> Reader:
    """Somebody who reads the newsletter."""
    told = {"state": Reader.State.READS, "came_by": Reader.Way.HAND, "consent": CONSENT, "joined_at": timezone.now()}
    return Reader.objects.create(account=account, address=address, address_key=address.lower(), **{**told, **fields})


def a_newsletter(cast: Cast, folder: Path, mails: MailServer, **changes: Any) -> Account:
    """A connected newsletter of the workspace's."""
    told = settings_for(folder, mails, letters_per_minute=10_000, **changes).model_dump(mode="json")
    return Account.objects.create(
        workspace=cast.workspace,
        channel="newsletter",
        name="Reef letters",
        handle="letters@reef.example",
        settings=told,
        sealed_secrets=seal({"password": PASSWORD}),
    )


def hurry(mailing: Mailing) -> None:
    """Lets all waits of the letters be over."""
    now = timezone.now()
    Mailing.objects.filter(pk=mailing.pk).update(next_at=now)
    Letter.objects.filter(mailing=mailing, state=State.WAITING).update(next_at=now)
    Letter.objects.filter(mailing=mailing, state=State.SENT).update(deadline_at=now - timedelta(seconds=1))
    Letter.objects.filter(mailing=mailing).update(sent_at=now - _LONG_AGO)  # the minute of the pace is over


def states(mailing: Mailing) -> dict[str, str]:
    """Where each reader's letter is, by the name of the reader."""
    rows = Letter.objects.filter(mailing=mailing).select_related("reader")
    return {row.reader.address.partition("@")[0] if row.reader else "": row.state for row in rows}


@pytest.fixture
def desk(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Desk]:
    """A newsletter, with its mail server running."""
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    with mail_server() as mails:
        yield Desk(cast=cast, mails=mails, account=a_newsletter(cast, tmp_path, mails), folder=tmp_path)
