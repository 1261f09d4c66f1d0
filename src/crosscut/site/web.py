"""The web server: gunicorn with threads, on sockets the supervisor lends or on an address of its own."""

import gc
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

PROCESSES = 2
THREADS = 8  # most requests wait for the database or a disk; see benchmarks/pages
GRACE_S = 8  # shorter than the supervisor's, so that requests under way end before it ends the server


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, told here what others put in a configuration file."""

    def __init__(self, binds: Sequence[str], *, processes: int = PROCESSES, threads: int = THREADS) -> None:
        """`binds` are addresses as gunicorn writes them: `fd://5`, `0.0.0.0:8000`."""
        memory = Path("/dev/shm")  # noqa: S108 (gunicorn makes its own unnamed file there)
        self._settings = {
            "bind": list(binds),
            "worker_class": "gthread",
            "workers": processes,
            "threads": threads,
            "preload_app": True,  # the code is read once and shared by the processes
            "graceful_timeout": GRACE_S,
            "timeout": 60,
            "worker_tmp_dir": str(memory) if memory.is_dir() else None,  # a full or slow disk must not look like a hang
            "control_socket_disable": True,
            "proc_name": "crosscut web",
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application that answers."""
        from crosscut.site.wsgi import application  # Django reads its settings when this is imported, not before

        set_apart()
        return application


def set_apart() -> None:
    """Takes what a process needs all its life out of the rounds of Python's collector, once it is there.

    A round through it takes a fifth of a second, in which an answer waits: one in a hundred (benchmarks/library). And
    what nobody touches stays shared between the processes.
    """
    from django.conf import settings

    import_module(settings.ROOT_URLCONF)  # with every page and the API, which a first request would bring else
    gc.collect()
    gc.freeze()


def serve(binds: Sequence[str]) -> None:
    """Answer requests until a signal asks to stop."""
    WebServer(binds).run()
