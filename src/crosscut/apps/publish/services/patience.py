"""Writing down what is already true while the database is away."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

Answer = TypeVar("Answer")
_WAITS_S = (0.2, 0.5, 1, 2, 4, 8, 15, 30)


def patiently(write: Callable[[], Answer]) -> Answer:
    """What `write` gives once the database takes it, tried for about a minute. Raises its last error after that.

    Only for writes that are safe to repeat. What is lost in the end is an answer, not the truth: the attempt stays
    "sent", and is settled by reading the channel back.
    """
    for wait_s in _WAITS_S:
        try:
            return write()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(wait_s)
            close_old_connections()
    return write()
