"""Handing letters to a mail server by SMTP, over a connection that reaches nothing behind our own door.

The one moment that decides is the end of the text: RFC 5321, 4.1.1.4 and 6.1. A server takes no responsibility for a
message before it has read the line with the single dot and answered 250. So everything that goes wrong before that line
leaves is a refusal or a "later", and only a connection that breaks after it leaves the letter unknown.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf

from crosscut.channels.addresses import is_named, is_public
from crosscut.channels.mailing import FOR_ALL, Letter
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

WAIT_S = 60  # for each answer but the last
TAKING_S = 300  # for the answer to the text; RFC 5321, 4.5.3.2.6 gives ten minutes, for which no worker is held up
RETRY_S = 300.0
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463
_LOGIN_CODES = (530, 534, 535, 538)  # RFC 4954, 6
_LONGEST_SAID = 300


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where the mail server is and who hands letters over."""

    host: str
    port: int
    security: str  # "tls" from the first byte, "starttls", or "none": only on a host of our own network
    user: str = ""  # empty: it takes letters without a login
    password: str = ""
    sender: str  # the envelope's: where what cannot be delivered comes back to


class Server:
    """A mail server that lets us in."""

    def __init__(self, smtp: smtplib.SMTP, sender: str, *, not_after_s: float) -> None:
        self._smtp, self._sender, self._not_after_s, self.is_open = smtp, sender, not_after_s, True

    def hand_over(self, letter: Letter) -> str:
        """What the server said when it took the letter.

        Raises RetryLater, Rejected or ReconnectNeeded when it certainly did not, OutcomeUnknown when the connection
        broke after the last byte.
        """
        try:
            self._announce(letter)
            self._smtp.send(_stuffed(letter.content))
        except (OSError, smtplib.SMTPException) as error:
            raise self._broken_off(error) from error
        try:
            self._set_wait(TAKING_S)
            self._smtp.send(b".\r\n")
            code, said = self._smtp.getreply()
            self._set_wait(WAIT_S)
        except (OSError, smtplib.SMTPException) as error:
            self._shut()
            raise OutcomeUnknown(
                phrase(
                    "The mail server took the letter and broke off before it answered: {error}", error=_plain(error)
                ),
                key=letter.message_id,
            ) from error
        if not 200 <= code < 300:
            raise self._refused(code, said, stage="data")
        return f"{code} {_words(said)}"[:_LONGEST_SAID]

    def _announce(self, letter: Letter) -> None:
        """Everything before the text. Nothing of it is a letter yet."""
        if time.monotonic() >= self._not_after_s:
            raise RetryLater(phrase("The time for this try is over; this letter was not handed over."))
        code, said = self._smtp.mail(self._sender)
        if not 200 <= code < 300:
            raise self._refused(code, said, stage="mail")
        code, said = self._smtp.rcpt(letter.to)
        if not 200 <= code < 300:
            raise self._refused(code, said, stage="rcpt")
        code, said = self._smtp.docmd("DATA")
        if code != 354:
            raise self._refused(code, said, stage="data")

    def _refused(self, code: int, said: bytes, *, stage: str) -> ChannelError:
        """What an answer that is no yes means; the connection is made ready for the next letter."""
        error = refusal(code, said, stage=stage)
        if code == 421:  # RFC 5321, 3.8: the server closes
            self._shut()
            return error
        try:
            if self._smtp.rset()[0] != 250:
                self._shut()
        except (OSError, smtplib.SMTPException):
            self._shut()
        return error

    def _broken_off(self, error: Exception) -> ChannelError:
        self._shut()
        return RetryLater(
            phrase("The mail server broke off before it had the letter: {error}", error=_plain(error)), after_s=RETRY_S
        )

    def _set_wait(self, wait_s: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(wait_s)

    def _shut(self) -> None:
        self.is_open = False
        self._smtp.close()


def refusal(code: int, said: bytes, *, stage: str) -> ChannelError:
    """What the server's no means for the letter. `stage` is the command it answered: "mail", "rcpt" or "data".

    >>> refusal(451, b"4.7.1 Greylisted, come back", stage="rcpt").after_s
    300.0
    >>> refusal(550, b"5.1.1 No such user", stage="rcpt").problems[0].values["enhanced"]
    '5.1.1'
    """
    words = _words(said)
    found = _ENHANCED.search(words)
    values = {"status": code, "enhanced": found[1] if found else "", "stage": stage}
    about_all = stage == "mail" or code == 421
    message = phrase("The mail server said: {code} {said}", code=code, said=words)
    problem = Problem(code=FOR_ALL if about_all else "smtp.refused", message=message, values=values)
    if code in _LOGIN_CODES and stage == "mail":
        return ReconnectNeeded(phrase("The mail server wants a login: {said}", said=words), problems=[problem])
    if code < 500:
        return RetryLater(
            phrase("The mail server asks to wait: {said}", said=words), after_s=RETRY_S, problems=[problem]
        )
    return Rejected(phrase("The mail server refuses: {said}", said=words), problems=[problem])


@contextmanager
def opened(login: Login, *, allowed_hosts: Iterable[str] = (), not_after_s: float = inf) -> Iterator[Server]:
    """The mail server, signed in and with the encryption that was asked for, inside the block.

    Raises Rejected for a server in our own network that `allowed_hosts` does not name and for one without encryption,
    ReconnectNeeded for a wrong password, RetryLater when it does not answer.
    """
    address = _checked_address(login, tuple(allowed_hosts))
    try:
        smtp = _Guarded(login, address)
    except smtplib.SMTPResponseException as error:
        raise RetryLater(_silent(login, error), after_s=RETRY_S) from error
    except ssl.SSLError as error:
        raise Rejected(
            phrase("{host} cannot be reached encrypted on this port: {error}", host=login.host, error=_plain(error))
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise RetryLater(_silent(login, error), after_s=60) from error
    try:
        _sign_in(smtp, login)
        yield Server(smtp, login.sender, not_after_s=not_after_s)
    finally:
        _say_goodbye(smtp)


def _sign_in(smtp: smtplib.SMTP, login: Login) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        if login.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if login.user:
            smtp.login(login.user, login.password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise RetryLater(_silent(login, error), after_s=RETRY_S) from error
        raise ReconnectNeeded(
            phrase("{host} does not let {user} in. Is the password right?", host=login.host, user=login.user)
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Rejected(
            phrase(
                "{host} offers no encryption or no login on port {port}. Most servers have TLS on 465 and STARTTLS on "
                "587.",
                host=login.host,
                port=login.port,
            )
        ) from error
    except ssl.SSLError as error:
        raise Rejected(
            phrase("{host} cannot prove that it is {host}: {error}", host=login.host, error=_plain(error))
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise RetryLater(_silent(login, error), after_s=60) from error


def _say_goodbye(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):  # it is gone already
        smtp.quit()
    smtp.close()


class _Guarded(smtplib.SMTP):
    """smtplib's client, connected to the address that was checked and to no other."""

    def __init__(self, login: Login, address: str) -> None:
        self._address, self._is_tls = address, login.security == "tls"
        here = login.sender.rpartition("@")[2]  # said in EHLO; looking our own name up may take long and fail
        super().__init__(login.host, login.port, local_hostname=here, timeout=WAIT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._address, port), timeout)
        if not self._is_tls:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _checked_address(login: Login, allowed: tuple[str, ...]) -> str:
    try:
        entries = socket.getaddrinfo(login.host, login.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RetryLater(
            phrase("The name {host} cannot be resolved: {error}", host=login.host, error=str(error)), after_s=60
        ) from error
    addresses = [str(entry[4][0]) for entry in entries]
    closed = [address for address in addresses if not is_public(address)]
    if closed and not is_named(login.host, login.port, allowed):
        raise Rejected(
            phrase("{host} leads to {closed}, which is not on the public internet.", host=login.host, closed=closed[0])
        )
    if login.security == "none" and not closed:
        raise Rejected(phrase("{host} is on the public internet: choose TLS or STARTTLS.", host=login.host))
    return addresses[0]


def _stuffed(content: bytes) -> bytes:
    """The text as it crosses the wire, without its end: RFC 5321, 4.5.2.

    >>> _stuffed(b"Hello\\r\\n.hidden\\r\\n")
    b'Hello\\r\\n..hidden\\r\\n'
    """
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended)


def _words(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())[:_LONGEST_SAID] or "nothing"


def _silent(login: Login, error: Exception) -> str:
    return phrase("{host} does not answer: {error}", host=login.host, error=_plain(error))


def _plain(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return f"{error.smtp_code} {_words(said)}"
    return str(error) or type(error).__name__
