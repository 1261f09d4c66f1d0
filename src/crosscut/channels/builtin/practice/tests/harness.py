"""A practice network on a free port, with a fresh account."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crosscut.channels.builtin.practice.server import serve
from crosscut.channels.builtin.practice.settings import PracticeSettings
from crosscut.channels.builtin.practice.store import opened
from crosscut.channels.kit import Running
from crosscut.channels.tests.made import picture, post


@contextmanager
def serving_network(folder: Path) -> Iterator[str]:
    """The network, for as long as the test runs: its host and port."""
    with serve(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The network with the account of Reef Watch."""
    home = folder / "practice"
    with opened(home) as store:
        token = store.sign_up("reef", "Reef Watch")
    with serving_network(home) as host:
        yield Running(
            settings=PracticeSettings(folder=home, base_url=f"http://{host}", handle="reef", name="Reef Watch"),
            post=post(post_type="images", media=(picture(folder / "media"), picture(folder / "media", "coral.jpg"))),
            secrets={"token": token},
            allowed_hosts=(host,),
        )
