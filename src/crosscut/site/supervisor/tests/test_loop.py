"""The supervisor's loop, with a child that dies at the worst moment. With real parts and kills: tests/faults."""

import os
import signal
import socket
from pathlib import Path

from crosscut.site.supervisor.child import Child, Plan
from crosscut.site.supervisor.events import Event
from crosscut.site.supervisor.loop import Loop


class DiesOnceAsked(Child):
    """It is alive when first asked, and dead a moment later; what it had started keeps its pipe open."""

    def has_died(self) -> bool:
        has_died = super().has_died()
        if self.pid and not has_died and not self.restarts:
            os.kill(self.pid, signal.SIGKILL)
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return has_died


def test_a_child_that_dies_while_the_loop_looks_at_it_is_started_again(tmp_path: Path):
    plan = Plan(name="web", command=["/bin/sh", "-c", "sleep 60 & echo up; wait"])
    child, told = DiesOnceAsked(plan, tmp_path), []

    def tell(event: Event) -> None:
        told.append(event.kind)
        if told.count("child.started") == 2:
            signal.raise_signal(signal.SIGTERM)

    with socket.create_server(("127.0.0.1", 0)) as door:
        Loop([child], None, tell).run(door)
    child.journal.close()
    assert told == ["child.started", "child.ended", "child.started", "stopping"]
