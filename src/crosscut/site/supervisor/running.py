"""Crosscut running beside the program that asked for it, for as long as a block lasts: `crosscut demo` plays on it."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crosscut.kernel.errors import Conflict, Unavailable
from crosscut.site.embedded.processes import ends_with_parent
from crosscut.site.supervisor import state
from crosscut.site.supervisor.events import Event, Tell
from crosscut.site.supervisor.parts import DEFAULT_WORKERS, crosscut
from crosscut.site.supervisor.ports import DESK_PORT

READY_WITHIN_S = 180.0
STOP_WITHIN_S = 60.0


@dataclass(kw_only=True)
class Running:
    """A supervisor at work in another process."""

    process: subprocess.Popen[str]  # the supervisor
    tell: Tell  # hears what happens
    desk_url: str = ""  # where people work; set when it is ready
    public_url: str = ""  # what the audience sees; set when it is ready
    settled: threading.Event = field(default_factory=threading.Event)  # ready, or ended before
    last_words: str = ""  # the last thing it said

    def wait(self) -> int:
        """Its exit code, once it has ended: by Ctrl-C elsewhere, or for a reason it told."""
        return self.process.wait()

    def listen(self) -> None:
        """Pass on what it says, until it ends."""
        for line in self.process.stdout or ():
            try:
                event = Event.from_json(line)
            except (ValueError, TypeError):  # not an event: the traceback of a fault in the supervisor itself
                self.last_words = f"{self.last_words}\n{line.rstrip()}".strip()
                continue
            self.last_words = event.message
            if event.kind == "ready":
                self.desk_url, self.public_url = event.values["desk_url"], event.values["public_url"]
            self.tell(event)
            if event.kind == "ready":
                self.settled.set()
        self.settled.set()

    def stop(self) -> None:
        """Ask it to stop and wait until everything has."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(home: Path, tell: Tell, *, port: int = DESK_PORT, workers: int = DEFAULT_WORKERS) -> Iterator[Running]:
    """Crosscut, ready to be used; stopped when the block ends.

    Raises Conflict naming the address when it runs already, and Unavailable with the reason when it does not start.
    """
    if other := state.running(home):
        raise Conflict(f"Crosscut is running already at {other.desk_url}")
    process = subprocess.Popen(
        crosscut("up", "--json", "--home", str(home), "--port", str(port), "--workers", str(workers)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=ends_with_parent(signal.SIGTERM),
    )
    site = Running(process=process, tell=tell)
    ear = threading.Thread(target=site.listen, daemon=True)
    ear.start()
    try:
        is_settled = site.settled.wait(READY_WITHIN_S)
        if not is_settled or not site.desk_url:
            raise Unavailable(f"Crosscut did not start: {site.last_words or 'it said nothing.'}")
        yield site
    finally:
        site.stop()
        ear.join()
        if process.stdout is not None:
            process.stdout.close()
