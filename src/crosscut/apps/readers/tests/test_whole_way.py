"""From connecting a newsletter to a letter in a mailbox, with nothing in between left out."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.connecting import questions
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.connections import Login, connect_account, reconnect
from crosscut.apps.produce.services.write import create_piece, set_outlet
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.services.send import send
from crosscut.apps.readers.models import Mailing
from crosscut.apps.readers.services import mail
from crosscut.apps.readers.tests.made import Desk, a_reader
from crosscut.channels.builtin.newsletter.adapter import NewsletterAdapter
from crosscut.channels.registry import settings_class
from crosscut.channels.tests.made import serving
from crosscut.channels.tests.mailserver import PASSWORD, USER, mail_server
from crosscut.kernel.errors import ReconnectNeeded

pytestmark = pytest.mark.django_db


def test_it_is_connected_by_signing_in_at_the_mail_server_and_its_password_is_kept_encrypted(
    cast: Cast, settings: Any, tmp_path: Path
):
    settings.PUBLIC_FOLDER, settings.ALLOWED_PRIVATE_HOSTS = tmp_path, ("127.0.0.1",)
    asked = {question.name: question.is_required for question in questions("newsletter")}
    assert asked["settings.sender"] and not asked["secrets.password"] and "settings.folder" not in asked
    told = {"title": "Reef letters", "sender": "letters@reef.example", "postal_address": "1 Shore Road, Sandtown"}
    with mail_server() as mails:
        told |= {"host": "127.0.0.1", "port": mails.port, "security": "none", "user": USER}  # type: ignore[dict-item]
        login = Login(channel="newsletter", name="Letters", settings=told, secrets={"password": "wr0ng"})
        with pytest.raises(ReconnectNeeded):
            connect_account(cast.lead, login)
        assert not Account.objects.exists()
        right = Login(channel="newsletter", name="Letters", settings=told, secrets={"password": PASSWORD})
        account = connect_account(cast.lead, right)
        assert PASSWORD.encode() not in bytes(account.sealed_secrets) and PASSWORD not in str(account.settings)
        reconnect(cast.lead, account.pk, settings={"title": "Reef post"})  # what is not given stays
        assert not mails.taken
    assert account.handle == "letters@reef.example" and (tmp_path / "reef-watch-newsletter-1" / "public").is_dir()


def test_an_issue_goes_out_is_seen_and_reaches_its_reader(desk: Desk):
    account = desk.account
    a_reader(account, "ada@reader.example")
    model = settings_class("newsletter").model_validate(account.settings)
    with serving(NewsletterAdapter().public_app(model)) as host:
        account.settings["base_url"] = f"http://{host}"
        account.save()
        piece = create_piece(desk.cast.senior, title="Half of the reef", text="Half of the reef is gone.")
        set_outlet(desk.cast.senior, piece, channel_slug="newsletter", post_type="issue")
        now = timezone.now().replace(tzinfo=None)
        target = schedule(desk.cast.senior, piece, account, wall_time=now, zone="UTC")
        send(target.pk)
        target.refresh_from_db()
        assert target.state == Target.State.SENT, target.problem
        assert mail.begin_due() == 0  # nobody has seen its page yet
        prove(target.pk)
        target.refresh_from_db()
        assert target.state == Target.State.PROVEN, target.problem
    assert mail.begin_due() == 1
    desk.all_turns(Mailing.objects.get(target=target))
    (message,) = desk.mails.letters()
    assert message["Subject"] == "Half of the reef" and message["Archived-At"] == f"<{target.url}>"
