# mypy: disable-error-code="union-attr,arg-type,operator,index,misc,str-unpack"
"""A newsletter's letters and pages: what readers get, and what a mail server's answer or silence means."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pydantic import ValidationError

from crosscut.channels.builtin.newsletter.adapter import NewsletterAdapter
from crosscut.channels.builtin.newsletter.tests.harness import settings_for
from crosscut.channels.http import client
from crosscut.channels.mailing import FOR_ALL, Letter, Page, Recipient, Scene
from crosscut.channels.protocol import Context
from crosscut.channels.tests.certificates import certificate
from crosscut.channels.tests.made import film, picture, post
from crosscut.channels.tests.mailserver import DROP, PASSWORD, TAKE_AND_DROP, MailServer, mail_server
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.specs.colours import contrast

ADA = Recipient(
    address="ada@reader.example",
    name="Ada Ü",
    key="reef-1-ada",
    leave_url=f"https://desk.example/letters/leave/{'x1' * 50}",
)
ISSUE = {"post_type": "issue", "summary": "What divers saw", "link": "https://reef.example/six-things?utm_source=x"}


@dataclass
class Desk:
    """The adapter with an account, as the app that keeps the readers uses it."""

    context: Context
    mails: MailServer
    folder: Path
    adapter: NewsletterAdapter

    def publish(self, **changes: Any) -> str:
        """An issue that is out: its name."""
        return self.adapter.publish(self.context, post(**{**ISSUE, **changes})).remote_id

    def send(self, letter: Letter) -> str:
        with self.adapter.post_office(self.context) as office:
            return office.hand_over(letter)

    def letter(self, to: Recipient = ADA, **changes: Any) -> Letter:
        return self.adapter.issue(self.context, self.publish(**changes), to)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with mail_server() as mails, client() as http:
        context = Context(
            http=http,
            settings=settings_for(tmp_path, mails),
            secrets={"password": PASSWORD},
            now=lambda: datetime(2026, 11, 30, 9, tzinfo=UTC),
            allowed_hosts=(mails.host,),
        )
        yield Desk(context=context, mails=mails, folder=tmp_path, adapter=NewsletterAdapter())


def _parts(message: EmailMessage) -> tuple[str, str]:
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and rich is not None
    return plain.get_content(), rich.get_content()


def test_a_reader_gets_the_issue_in_words_and_in_html(desk: Desk) -> None:
    said = desk.send(desk.letter(media=(picture(desk.folder),)))
    (message,) = desk.mails.letters()
    plain, rich = _parts(message)
    assert said.startswith("250") and desk.mails.addresses() == ["ada@reader.example"]
    assert message["Subject"] == "Half of the reef" and message["Message-ID"] == "<reef-1-ada@reef.example>"
    assert (
        message["From"].addresses[0].display_name == "Reef letters"
        and message["To"].addresses[0].display_name == "Ada Ü"
    )
    for text in (plain, rich):
        assert "The other half is alive" in text and "1 Shore Road" in text and ADA.leave_url in text
        assert "http://127.0.0.1/2026/half-of-the-reef/" in text and "signed up for Reef letters" in text
    assert "[A reef from above]" in plain


def test_mail_programs_can_offer_to_leave_with_one_click(desk: Desk) -> None:
    desk.send(desk.letter())
    (message,) = desk.mails.letters()
    assert f"\r\nList-Unsubscribe: <{ADA.leave_url}>\r\n".encode() in desk.mails.taken[0][1]  # as it is, on one line
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # RFC 8058, 3.1
    assert message["List-Id"] == "<letters.reef.example>"
    assert message["Content-Language"] == "en"


def test_html_parts_can_be_read_by_everybody_and_count_nobody(desk: Desk) -> None:
    desk.send(
        desk.letter(language="de", media=(picture(desk.folder),), text="# Riff\n\nSehr [wichtig](https://a.example).")
    )
    page = html.document_fromstring(_parts(desk.mails.letters()[0])[1])
    assert page.get("lang") == "de" and page.get("dir") == "ltr" and page.xpath("//h1") and page.xpath("//h2")
    (image,) = page.xpath("//img")
    assert image.get("alt") == "A reef from above" and image.get("src").startswith("http://127.0.0.1/media/")
    assert not page.xpath("//script | //style | //link | //form")
    assert all(element.get("style") for element in page.xpath("//p | //h2 | //a"))
    assert contrast("#595959", "#ffffff") >= 4.5 and contrast("#1f4fd8", "#ffffff") >= 4.5


def test_the_preheader_is_said_once_and_only_to_lists_of_letters(desk: Desk) -> None:
    desk.send(desk.letter())
    page = html.document_fromstring(_parts(desk.mails.letters()[0])[1])
    (hidden,) = page.xpath("//*[@aria-hidden='true']")
    assert hidden.text == "What divers saw" and "display:none" in hidden.get("style")


def test_what_was_written_cannot_become_markup(desk: Desk) -> None:
    desk.send(desk.letter(title="Reef\r\nBcc: eve@evil.example", text="<script>alert(1)</script>\n.\nA dot alone."))
    (message,) = desk.mails.letters()
    plain, rich = _parts(message)
    assert message["Bcc"] is None and "<script>" not in rich and desk.mails.addresses() == [ADA.address]
    assert "\n.\n" in plain.replace("\r\n", "\n") and "A dot alone." in plain


def test_pictures_can_be_in_the_letter(desk: Desk) -> None:
    settings = desk.context.settings.model_copy(update={"pictures": "embedded"})
    desk.context = replace(desk.context, settings=settings)
    media = picture(desk.folder)
    desk.send(desk.letter(media=(media,)))
    (message,) = desk.mails.letters()
    (image,) = [part for part in message.walk() if part.get_content_type() == "image/jpeg"]
    source = html.document_fromstring(_parts(message)[1]).xpath("//img/@src")[0]
    assert source == f"cid:{image['Content-ID'].strip('<>')}" and image.get_content() == media.path.read_bytes()


def test_a_letter_has_the_same_name_at_every_try(desk: Desk) -> None:
    key = desk.publish()
    first, second = (desk.adapter.issue(desk.context, key, ADA) for _ in range(2))
    assert first.message_id == second.message_id


def test_an_issue_that_was_taken_down_is_mailed_to_nobody(desk: Desk) -> None:
    key = desk.publish()
    desk.adapter.delete(desk.context, key)
    with pytest.raises(Rejected, match="taken down"):
        desk.adapter.issue(desk.context, key, ADA)


def test_an_issue_needs_a_subject_and_carries_no_films(desk: Desk) -> None:
    with pytest.raises(Rejected) as refused:
        desk.publish(title=" ", media=(film(desk.folder),))
    assert {problem.where for problem in refused.value.problems} == {"title", "media"}


@pytest.mark.parametrize(
    ("command", "fault", "error", "is_for_all"),
    [
        ("mail", "451 4.3.0 later", RetryLater, True),  # the server, not the reader
        ("mail", "550 5.7.1 sender refused", Rejected, True),
        ("mail", "421 4.3.2 shutting down", RetryLater, True),
        ("rcpt", "451 4.7.1 greylisted", RetryLater, False),
        ("rcpt", "550 5.1.1 no such user", Rejected, False),
        ("rcpt", DROP, RetryLater, False),  # no text had left
        ("data", "452 4.3.1 disk full", RetryLater, False),
        ("data", "554 5.7.1 looks like spam", Rejected, False),
        ("data", TAKE_AND_DROP, OutcomeUnknown, False),  # it is on its way, and nobody told us
        ("data", DROP, OutcomeUnknown, False),  # it is not, and nobody told us: the same to us
    ],
)
def test_what_a_mail_servers_answer_means(
    desk: Desk, command: str, fault: str, error: type[Exception], is_for_all: bool
) -> None:
    desk.mails.order(command, fault)
    with pytest.raises(error) as raised:
        desk.send(desk.letter())
    problems = getattr(raised.value, "problems", ())
    assert any(problem.code == FOR_ALL for problem in problems) == is_for_all
    assert len(desk.mails.taken) == (1 if fault == TAKE_AND_DROP else 0)


def test_one_refusal_leaves_the_connection_to_the_next_letter(desk: Desk) -> None:
    desk.mails.refuses["gone@reader.example"] = "550 5.1.1 no such user"
    letter, key = desk.letter(), "reef-1-gone"
    with desk.adapter.post_office(desk.context) as office:
        with pytest.raises(Rejected) as refused:
            office.hand_over(replace(letter, to="gone@reader.example", message_id=f"<{key}@reef.example>"))
        assert office.is_open and office.hand_over(letter).startswith("250")
    assert refused.value.problems[0].values == {"status": 550, "enhanced": "5.1.1", "stage": "rcpt"}
    assert desk.mails.sessions == 1


def test_nothing_leaves_after_its_time(desk: Desk) -> None:
    letter = desk.letter()
    desk.context = replace(desk.context, not_after_s=0.0)
    with pytest.raises(RetryLater, match="time"):
        desk.send(letter)
    assert not desk.mails.taken


def test_a_wrong_password_asks_to_connect_again(desk: Desk) -> None:
    desk.context = replace(desk.context, secrets={"password": "wr0ng"})
    with pytest.raises(ReconnectNeeded) as refused:
        desk.adapter.connect(desk.context)
    assert "wr0ng" not in str(refused.value)


def test_it_speaks_encrypted_or_not_at_all(desk: Desk) -> None:
    settings = desk.context.settings.model_copy(update={"security": "starttls"})
    with pytest.raises(Rejected, match="no encryption"):
        desk.adapter.connect(replace(desk.context, settings=settings))


def test_a_server_behind_our_own_door_must_be_named(desk: Desk) -> None:
    with pytest.raises(Rejected, match="not on the public internet"):
        desk.adapter.connect(replace(desk.context, allowed_hosts=()))
    assert desk.mails.sessions == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "nobody"),
        ("sender", "a@b.example\nBcc: eve@evil.example"),
        ("host", "https://mail.example/"),
        ("colour", "#ffee00"),  # nobody reads it on white
        ("postal_address", " "),
        ("letters_per_minute", 0),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path: Path, field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        settings_for(tmp_path, MailServer(port=25), **{field: value})


@pytest.mark.parametrize("scene", Scene)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_for_readers_says_where_they_are_and_needs_no_script(
    tmp_path: Path, scene: Scene, language: str
) -> None:
    settings = settings_for(tmp_path, MailServer(port=25), language=language)
    page = html.document_fromstring(NewsletterAdapter().page(settings, Page(scene=scene, root="/letters")).decode())
    assert page.get("lang") == language and len(page.xpath("//main//h1")) == 1 and not page.xpath("//script")
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "script-src" not in policy and "form-action 'self'" in policy
    asks = scene in (Scene.JOIN, Scene.CONFIRM, Scene.LEAVE)
    assert bool(page.xpath("//form[@method='post']//button")) == asks
    assert all(page.xpath("//label[@for=$id]", id=field.get("id")) for field in page.xpath("//form//input"))


def test_what_was_typed_cannot_become_markup(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, MailServer(port=25))
    page = Page(scene=Scene.JOIN, root="/letters", address='"><script>x</script>', problem="<b>no</b>")
    drawn = html.document_fromstring(NewsletterAdapter().page(settings, page).decode())
    assert not drawn.xpath("//script | //main//b") and drawn.xpath("//input/@value")[0] == '"><script>x</script>'


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_hands_letters_over_encrypted_to_whom_it_can_trust(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    trusted, context = certificate(tmp_path)
    letter = desk.letter()
    with mail_server(**{security: context}) as mails:
        settings = settings_for(tmp_path, mails, security=security)
        desk.context = replace(desk.context, settings=settings, allowed_hosts=(mails.host,))
        with pytest.raises(Rejected):
            desk.send(letter)  # it cannot prove who it is
        assert not mails.taken
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert desk.send(letter).startswith("250") and mails.addresses() == [ADA.address]
