"""What the benchmarks of a whole installation share: one of its own, begun and ended with what is measured on it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CROSSCUT = [sys.executable, "-m", "crosscut.cli"]
ENDS_WITHIN_S = 120


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Crosscut, running."""

    url: str  # of the desk
    folder: Path  # temporary, for whatever is measured with
    environment: dict[str, str]  # in which commands find it
    pid: int  # of the process that keeps all others

    def run(self, *words: str) -> str:
        """What the crosscut command answers there. Raises CalledProcessError when it refuses."""
        return self._answer([*CROSSCUT, *words])

    def measure(self, script: str, *words: str) -> Any:
        """The JSON that the script's last line says, run there with `--measure` and these words."""
        return json.loads(self._answer([sys.executable, script, "--measure", *words]).splitlines()[-1])

    def cpu_s(self) -> float:
        """Processor seconds that its processes and all they ever started took: the same whatever else is running."""
        return sum(seconds for _pid, seconds in _family(self.pid))

    def _answer(self, command: list[str]) -> str:
        return subprocess.check_output(command, env=self.environment, text=True)


@contextmanager
def installation(*options: str, **settings: str) -> Iterator[Installation]:
    """An installation in a temporary folder, which knows nothing of yours. `options` are those of `crosscut up`."""
    with tempfile.TemporaryDirectory(prefix="crosscut-bench-") as name:
        own = {"CROSSCUT_HOME": f"{name}/home", "CROSSCUT_LOG_LEVEL": "WARNING"}
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | own | settings
        command = [*CROSSCUT, "up", "--port", "0", "--json", *options]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as up:
            try:
                yield Installation(url=_ready(up), folder=Path(name), environment=environment, pid=up.pid)
            finally:
                up.send_signal(signal.SIGINT)
                up.wait(timeout=ENDS_WITHIN_S)


def _ready(up: "subprocess.Popen[bytes]") -> str:
    assert up.stdout is not None
    for line in up.stdout:
        event = json.loads(line)
        if event["kind"] == "ready":
            return str(event["values"]["desk_url"])
    raise SystemExit("The installation did not start.")


def _family(pid: int) -> Iterator[tuple[int, float]]:
    """Every living descendant of the process and itself, each with its seconds and those of children it outlived.

    Linux's /proc/PID/stat, proc_pid_stat(5): the parent is field 4, the times are fields 14 to 17.
    """
    parents, seconds = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
        number = int(path.parent.name)
        parents[number] = int(fields[1])
        seconds[number] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    waiting = [pid]
    while waiting:
        number = waiting.pop()
        yield number, seconds.get(number, 0.0)
        waiting += [child for child, parent in parents.items() if parent == number]


def begin_django() -> None:
    """Lets this process use the rows of the installation that its environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    import django

    django.setup()
