"""Everything Crosscut needs on one box, from the first start of an empty folder to the clean stop."""

import json
import os
import signal
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crosscut.site.embedded.place import place_of
from crosscut.site.embedded.processes import ends_with_parent
from crosscut.site.embedded.server import Server
from crosscut.site.supervisor import migrations, parts, state
from crosscut.site.supervisor.child import Child
from crosscut.site.supervisor.events import Event, Tell
from crosscut.site.supervisor.journal import Journal
from crosscut.site.supervisor.loop import Loop
from crosscut.site.supervisor.ports import DESK_PORT, Doors, open_doors, port_of

WAIT_FOR_OUR_LAST_S = 12.0  # what a killed supervisor left ends by itself within its stop time


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the person who starts it may choose."""

    home: Path  # the installation's folder
    port: int = DESK_PORT  # the desk's port; the public side gets the next one
    workers: int = parts.DEFAULT_WORKERS  # how many job workers


class Supervisor:
    """Runs one installation in the foreground."""

    def __init__(self, wishes: Wishes, tell: Tell) -> None:
        """Nothing is started. `tell` hears what happens."""
        self._wishes = wishes
        self._say = tell
        self._state: state.State | None = None
        self._loop: Loop | None = None
        self._journal: Journal | None = None

    def run(self) -> None:
        """Start everything, keep it running, and stop it when a signal asks for it.

        Raises Conflict when another supervisor runs this installation, and Unavailable when something needed does not
        start; nothing is left running then.
        """
        home = self._wishes.home
        with ExitStack() as stack:
            stack.enter_context(state.held(home))
            (home / "log").mkdir(mode=0o700, parents=True, exist_ok=True)
            self._journal = Journal(home / "log" / "supervisor.log")
            stack.callback(self._journal.close)
            doors = self._open_doors()
            stack.callback(doors.close)
            self._describe(doors)
            server = self._start_database(stack)
            self._work(doors, server)
        self._say(Event(kind="stopped", message="Everything has stopped."))

    def _work(self, doors: Doors, server: Server | None) -> None:
        shared = parts.environment(doors, server.url if server else os.environ["DATABASE_URL"])
        self._tell(Event(kind="migrating", message="Looking at the database's tables."))
        has_changed = migrations.migrate(shared["DATABASE_URL"], {**os.environ, **shared})
        message = "The database was brought to this version." if has_changed else "The database is of this version."
        self._tell(Event(kind="migrated", message=message))
        plans = parts.plans(doors, shared, self._wishes.workers)
        children = [Child(plan, self._wishes.home / "log") for plan in plans]
        self._loop = Loop(children, server, self._tell)
        try:
            self._loop.run(doors.desk)
        finally:
            for child in children:
                child.journal.close()

    def _open_doors(self) -> Doors:
        wanted = self._wishes.port
        before = state.last(self._wishes.home)
        is_ours = before is not None and before.desk_url.endswith(f":{wanted}")
        doors = open_doors(wanted, patience_s=WAIT_FOR_OUR_LAST_S if is_ours else 0)
        if wanted and port_of(doors.desk) != wanted:
            message = f"Port {wanted} or {wanted + 1} is taken by another program; using {doors.desk_url} instead."
            self._tell(Event(kind="ports.moved", message=message, values={"wanted": wanted}))
        return doors

    def _start_database(self, stack: ExitStack) -> Server | None:
        if os.environ.get("DATABASE_URL"):
            self._tell(Event(kind="database.given", message="Using the database DATABASE_URL names."))
            return None
        self._tell(Event(kind="database.starting", message="Starting PostgreSQL."))
        server = Server(place_of(self._wishes.home), leash=ends_with_parent(signal.SIGINT))
        stack.callback(server.leave)
        server.start()
        about = f"PostgreSQL {server.binaries.version} ({server.binaries.source})" if server.binaries else "PostgreSQL"
        self._tell(Event(kind="database.ready", message=f"{about} is ready.", values={"pid": server.pid}))
        return server

    def _describe(self, doors: Doors) -> None:
        told = {name: os.environ.get(name) for name in ("CROSSCUT_URL", "CROSSCUT_PUBLIC_URL")}
        self._state = state.State(
            pid=os.getpid(),
            desk_url=told["CROSSCUT_URL"] or doors.desk_url,
            public_url=told["CROSSCUT_PUBLIC_URL"] or doors.public_url,
        )
        state.write(self._wishes.home, self._state)

    def _tell(self, event: Event) -> None:
        """Keep an event in the log and the description of what runs true, then pass it on."""
        if self._journal:
            line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **event.as_data()}
            self._journal.write(f"{json.dumps(line, default=str)}\n".encode())
        if self._state and self._loop and event.kind.startswith(("child.", "web.")):
            self._update(is_ready=self._state.is_ready or event.kind == "web.answers")
        self._say(event)
        if self._state and event.kind == "web.answers":
            values = {"desk_url": self._state.desk_url, "public_url": self._state.public_url}
            self._say(Event(kind="ready", message=f"Crosscut is up at {self._state.desk_url}", values=values))

    def _update(self, *, is_ready: bool) -> None:
        if self._state is None or self._loop is None:
            return
        children = [
            state.ChildState(name=child.plan.name, pid=child.pid, restarts=child.restarts)
            for child in self._loop.children
        ]
        self._state = replace(self._state, is_ready=is_ready, children=children)
        state.write(self._wishes.home, self._state)
