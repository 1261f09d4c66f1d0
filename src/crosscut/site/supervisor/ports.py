"""The two addresses on this machine: the desk, where people work, and the public side. Next to each other, held by us.

The supervisor opens the sockets and lends them to the web server. So a web server that dies and comes back loses no
visitor: they wait in the socket's queue meanwhile.
"""

import errno
import socket
import time
from dataclasses import dataclass

from crosscut.kernel.errors import Unavailable

LOOPBACK = "127.0.0.1"
DESK_PORT = 8000
TRIES = 50
BACKLOG = 512


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Two open, listening sockets."""

    desk: socket.socket  # where people sign in
    public: socket.socket  # what the audience sees

    @property
    def desk_url(self) -> str:
        """The desk's address for a browser."""
        return f"http://{LOOPBACK}:{port_of(self.desk)}"

    @property
    def public_url(self) -> str:
        """The public side's address for a browser."""
        return f"http://{LOOPBACK}:{port_of(self.public)}"

    def close(self) -> None:
        """Let go of both ports."""
        self.desk.close()
        self.public.close()


def port_of(door: socket.socket) -> int:
    """The number of a socket's port."""
    return int(door.getsockname()[1])


def open_doors(first_port: int, *, patience_s: float = 0, tries: int = TRIES) -> Doors:
    """The first free pair of neighbouring ports from `first_port` on; 0 takes any two.

    `patience_s` is how long to wait for the wanted pair before looking further, for when its holder is about to end;
    `tries` how many pairs to try then. Raises Unavailable when no pair is free.
    """
    until = time.monotonic() + patience_s
    while (doors := _open_pair(first_port)) is None and time.monotonic() < until:
        time.sleep(0.1)
    if doors:
        return doors
    for port in range(first_port + 2, min(first_port + 2 * tries, 65_534), 2):
        if doors := _open_pair(port):
            return doors
    raise Unavailable(f"No two neighbouring ports from {first_port} on are free. Choose others with --port.")


def _open_pair(port: int) -> Doors | None:
    desk = _listen(port)
    if desk is None:
        return None
    public = _listen(port + 1 if port else 0)
    if public is None:
        desk.close()
        return None
    return Doors(desk=desk, public=public)


def _listen(port: int) -> socket.socket | None:
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((LOOPBACK, port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise Unavailable(f"Port {port} cannot be used: {error.strerror}. Choose another with --port.") from error
    return door
