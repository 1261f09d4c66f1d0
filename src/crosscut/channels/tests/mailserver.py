"""A real mail server (aiosmtpd) over TCP that keeps every letter it took and misbehaves on order."""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "letters@reef.example", "kelp-and-coral"
DROP, TAKE_AND_DROP = "drop", "take and drop"  # faults beside answers: "451 4.7.1 later"


@dataclass
class MailServer:
    """What it has taken, and what it was told to do wrong."""

    port: int = 0
    wants_login: bool = True
    taken: list[tuple[str, bytes]] = field(default_factory=list)  # the envelope's address and the text
    refuses: dict[str, str] = field(default_factory=dict)  # an address and the answer to it
    orders: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))  # by command, used up
    sessions: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def order(self, command: str, *faults: str) -> None:
        """The next times the command ("mail", "rcpt", "data") comes, this happens instead."""
        self.orders[command].extend(faults)

    def letters(self) -> list[EmailMessage]:
        """What was taken, as mail programs read it."""
        return [message_from_bytes(content, policy=WIRE) for _to, content in self.taken]

    def addresses(self) -> list[str]:
        """To whom, in the order in which it came."""
        return [to for to, _content in self.taken]


class _Handler:
    def __init__(self, mails: MailServer) -> None:
        self._mails = mails

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._mails.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self._mails.wants_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if fault := await self._fault(server, "mail"):
            return fault
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if fault := self._mails.refuses.get(address) or await self._fault(server, "rcpt"):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = await self._fault(server, "data")
        if fault and fault != TAKE_AND_DROP:
            return fault
        assert isinstance(envelope.content, bytes)
        self._mails.taken += [(to, envelope.content) for to in envelope.rcpt_tos]
        if fault == TAKE_AND_DROP:
            await self._drop(server)
        return f"250 2.0.0 OK queued as {len(self._mails.taken)}"

    async def _fault(self, server: SMTP, command: str) -> str:
        waiting = self._mails.orders[command]
        fault = waiting.popleft() if waiting else ""
        if fault == DROP:
            await self._drop(server)
        return fault

    async def _drop(self, server: SMTP) -> None:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        await asyncio.sleep(5)  # the end of the connection ends this


def _check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
    is_right = isinstance(login, LoginPassword) and (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@contextmanager
def mail_server(
    *, wants_login: bool = True, starttls: SSLContext | None = None, tls: SSLContext | None = None
) -> Iterator[MailServer]:
    """A server on a free port of this machine, inside the block. It offers the encryption it has a certificate for."""
    mails, loop = MailServer(wants_login=wants_login), asyncio.new_event_loop()

    def one() -> SMTP:
        told: dict[str, Any] = {"hostname": "mail.reef.example", "auth_require_tls": False, "authenticator": _check}
        return SMTP(_Handler(mails), tls_context=starttls, loop=loop, **told)

    server = loop.run_until_complete(loop.create_server(one, "127.0.0.1", 0, ssl=tls))
    mails.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield mails
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
