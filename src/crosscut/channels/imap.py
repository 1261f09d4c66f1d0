"""Reading a mailbox by IMAP with TLS, over a connection that reaches nothing behind our own door."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crosscut.channels.addresses import is_named, is_public
from crosscut.kernel.errors import NotAllowed, NotFound, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase

WAIT_S = 30
TLS_PORT = 993  # RFC 8314, 3.2: TLS from the first byte


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where the mailbox is and who reads it."""

    host: str
    port: int
    user: str
    password: str


class Mailbox:
    """An open folder, read only: nothing is marked and nothing moved."""

    def __init__(self, connection: imaplib.IMAP4, validity: str) -> None:
        self._connection, self._validity = connection, validity

    def numbers(self) -> list[str]:
        """Every message as a name that is never given twice: UIDVALIDITY and UID. RFC 9051, 2.3.1.1."""
        _ok, found = self._connection.uid("SEARCH", "ALL")
        return [f"{self._validity}:{uid.decode()}" for uid in (found[0] or b"").split()]

    def message(self, number: str, *, limit_bytes: int) -> bytes:
        """The whole message. Raises Unsupported when it is larger than the limit, NotFound when it is gone."""
        uid = number.rpartition(":")[2]
        _ok, told = self._connection.uid("FETCH", uid, "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", _joined(told))
        if size is None:
            raise NotFound(phrase("The message is gone."))
        if int(size[1]) > limit_bytes:
            raise Unsupported(
                phrase(
                    "A message has {size:,} bytes; at most {limit_bytes:,} are read.",
                    size=int(size[1]),
                    limit_bytes=limit_bytes,
                )
            )
        _ok, told = self._connection.uid("FETCH", uid, "(BODY.PEEK[])")
        parts = [part[1] for part in told if isinstance(part, tuple)]
        if not parts:
            raise NotFound(phrase("The message is gone."))
        return bytes(parts[0])


@contextmanager
def opened(login: Login, folder: str, *, allowed_hosts: Iterable[str] = ()) -> Iterator[Mailbox]:
    """The folder of a mailbox, inside the block.

    Raises NotAllowed for a server in our own network that `allowed_hosts` does not name and for a wrong password,
    NotFound for the folder, Unavailable when the server does not answer.
    """
    address = _checked_address(login, tuple(allowed_hosts))
    try:
        connection = _Guarded(login, address)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unavailable(
            phrase("{host} does not answer: {error}", host=login.host, error=str(error)), after_s=60
        ) from error
    try:
        yield _signed_in(connection, login, folder)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise Unavailable(
            phrase("{host} broke the connection: {error}", host=login.host, error=str(error)), after_s=60
        ) from error
    finally:
        _say_goodbye(connection)


def _signed_in(connection: imaplib.IMAP4, login: Login, folder: str) -> Mailbox:
    try:
        connection.login(login.user, login.password)
    except imaplib.IMAP4.error as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise NotAllowed(
            phrase("{host} does not let {user} in. Is the password right?", host=login.host, user=login.user)
        ) from error
    status, _told = connection.select(f'"{folder}"', readonly=True)
    if status != "OK":
        raise NotFound(phrase("There is no folder {folder} in this mailbox.", folder=folder))
    _name, validity = connection.response("UIDVALIDITY")
    return Mailbox(connection, (validity[0] or b"0").decode() if validity else "0")


def _say_goodbye(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):  # it is gone already
        connection.shutdown()


class _Guarded(imaplib.IMAP4):
    """imaplib's client over TLS to the address that was checked. Only a named host of our own is spoken to without."""

    def __init__(self, login: Login, address: str) -> None:
        self._address, self._name = address, login.host
        self._is_plain = login.port != TLS_PORT and not is_public(address)
        super().__init__(login.host, login.port, timeout=WAIT_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._address, self.port), timeout)
        if self._is_plain:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._name)


def _checked_address(login: Login, allowed: tuple[str, ...]) -> str:
    try:
        entries = socket.getaddrinfo(login.host, login.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            phrase("The name {host} cannot be resolved: {error}", host=login.host, error=str(error)), after_s=60
        ) from error
    addresses = [str(entry[4][0]) for entry in entries]
    closed = [address for address in addresses if not is_public(address)]
    if closed and not is_named(login.host, login.port, allowed):
        raise NotAllowed(
            phrase("{host} leads to {closed}, which is not on the public internet.", host=login.host, closed=closed[0])
        )
    return addresses[0]


def _joined(told: list[bytes | tuple[bytes, bytes] | None]) -> bytes:
    return b" ".join(part if isinstance(part, bytes) else b" ".join(part) for part in told if part)
