"""A small strict IMAP server (RFC 9051) with one folder: what reading a mailbox is tested against."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Box:
    """The folder."""

    user: str
    password: str
    port: int = 0
    validity: int = 7
    messages: list[bytes] = field(default_factory=list)  # the first has UID 1
    read: list[int] = field(default_factory=list)  # UIDs whose text was fetched

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


class _Session(socketserver.StreamRequestHandler):
    """One client. Commands that it does not expect, and any that would change something, are refused."""

    @property
    def box(self) -> Box:
        box: Box = self.server.box  # type: ignore[attr-defined]
        return box

    def handle(self) -> None:
        self._say("* OK ready")
        for line in iter(self.rfile.readline, b""):
            tag, _space, command = line.decode().strip().partition(" ")
            if command.upper().startswith("LOGOUT"):
                self._say("* BYE", f"{tag} OK done")
                return
            self._say(f"{tag} {self._answer(command)}")

    def _answer(self, command: str) -> str:
        if command.upper() == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
            return "OK done"
        if found := re.fullmatch(r'LOGIN (\S+) "(.*)"', command):
            is_right = (found[1].strip('"'), found[2]) == (self.box.user, self.box.password)
            return "OK done" if is_right else "NO [AUTHENTICATIONFAILED] no"
        if found := re.fullmatch(r'EXAMINE "(.*)"', command):
            if found[1] != "INBOX":
                return "NO no such folder"
            self._say(f"* {len(self.box.messages)} EXISTS", f"* OK [UIDVALIDITY {self.box.validity}] valid")
            return "OK [READ-ONLY] done"
        if command == "UID SEARCH ALL":
            self._say(" ".join(["* SEARCH", *(str(uid) for uid in range(1, len(self.box.messages) + 1))]))
            return "OK done"
        if found := re.fullmatch(r"UID FETCH (\d+) \((RFC822\.SIZE|BODY\.PEEK\[\])\)", command):
            self._fetch(int(found[1]), found[2])
            return "OK done"
        return "BAD unexpected"

    def _fetch(self, uid: int, what: str) -> None:
        content = self.box.messages[uid - 1]
        if what == "RFC822.SIZE":
            self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(content)})")
            return
        self.box.read.append(uid)
        self._say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(content)}}}")
        self.wfile.write(content)
        self._say(")")

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def mailbox(user: str, password: str) -> Iterator[Box]:
    """The folder on a free port of this machine, inside the block."""
    box = Box(user=user, password=password)
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
