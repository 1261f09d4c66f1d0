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
        return sum(cpu_s_of(pid) for pid in _family(self.pid))

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


def cpu_s_of(pid: int) -> float:
    """Processor seconds that a process took, and those of its children that it outlived; 0 when it is gone."""
    return _stat(pid)[1]


def _family(pid: int) -> Iterator[int]:
    """The process and every living descendant of it."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    parents = {number: _stat(number)[0] for number in numbers}
    waiting = [pid]
    while waiting:
        number = waiting.pop()
        yield number
        waiting += [child for child, parent in parents.items() if parent == number]


def _stat(pid: int) -> tuple[int, float]:
    """A process's parent and its seconds, fields 4 and 14 to 17 of proc_pid_stat(5); nobody and none when it is gone.

    The seconds are its own and those of children that it outlived.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0.0
    return int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def begin_django() -> None:
    """Lets this process use the rows of the installation that its environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    import django

    django.setup()
