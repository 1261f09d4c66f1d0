"""The border around foreign media holds, and what breaks inside it does not break us."""

import itertools
import os
import subprocess
import sys
import threading
import time
from gettext import NullTranslations
from pathlib import Path

import pytest

from crosscut.kernel.errors import Cancelled, Damaged, Invalid, Unavailable
from crosscut.kernel.pseudo import accented
from crosscut.media import capped
from crosscut.media.caps import Caps
from crosscut.media.cuts import Cut
from crosscut.media.inside.border import Border


class Accents(NullTranslations):
    """Says everything in the language that tests can tell from English."""

    def gettext(self, message: str) -> str:
        return accented(message)


SMALL = Caps(wall_s=60, cpu_s=1, file_bytes=1 << 20)
BRIEF = Caps(wall_s=1)


def test_a_child_has_no_network_no_secrets_and_low_priority(monkeypatch):
    monkeypatch.setenv("CROSSCUT_SECRET_KEY", "do not tell")
    capped.close()
    border = capped.call("border:describe", Border, caps=Caps(memory_bytes=1 << 31, open_files=50))
    assert not border.can_make_sockets
    assert (border.memory_bytes, border.open_files, border.secrets) == (1 << 31, 50, 0)
    assert border.niceness >= 10


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("crash", "crashed"),  # a segmentation fault
        ("memory", "memory"),  # a terabyte at once
        ("time", "longer than"),  # asleep for ever
        ("cpu", "computing time"),  # an endless loop
        ("write", "written more"),  # a file without end
        ("raise", "own words"),  # an error nobody foresaw
    ],
)
def test_it_turns_misbehaviour_into_a_plain_reason(tmp_path, how, reason):
    with pytest.raises(Damaged, match=reason) as caught:
        capped.call(
            "border:misbehave", int, caps=BRIEF if how == "time" else SMALL, path=tmp_path / "clip.mp4", how=how
        )
    assert caught.value.problems[0].where == "clip.mp4"


def test_what_a_child_complains_of_can_be_said_in_another_language(tmp_path):
    (tmp_path / "a.otio").write_bytes(b"\xff")
    with pytest.raises(Damaged) as caught:
        capped.call("cuts.reading:read", Cut, path=tmp_path / "a.otio")
    said = "This is no OpenTimelineIO file: it is not text."
    assert str(caught.value) == said
    assert caught.value.said_in(Accents()) == accented(said)
    assert caught.value.problems_in(Accents())[0].message == accented(said)


def test_it_goes_on_after_a_crash(tmp_path):
    with pytest.raises(Damaged):
        capped.call("border:misbehave", int, caps=SMALL, path=tmp_path, how="crash")
    assert capped.call("border:misbehave", int, caps=SMALL, path=tmp_path, how="nothing") == 0


def test_it_starts_again_when_its_server_was_killed(tmp_path):
    capped.call("border:misbehave", int, path=tmp_path, how="nothing")
    os.kill(capped.server_pid(), 9)
    time.sleep(0.2)
    assert capped.call("border:misbehave", int, path=tmp_path, how="nothing") == 0


def test_it_serves_threads_side_by_side(tmp_path):
    answers = []

    def ask() -> None:
        answers.append(capped.call("border:misbehave", int, path=tmp_path, how="nothing"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [0] * 8


def test_a_stop_ends_the_child_at_once(tmp_path):
    mark = tmp_path / "mark"
    started = time.monotonic()
    with pytest.raises(Cancelled):
        capped.run(
            ["/bin/sh", "-c", f"sleep 3; touch {mark}"],
            caps=Caps(),
            should_stop=lambda: time.monotonic() - started > 0.3,
        )
    assert time.monotonic() - started < 2.5
    time.sleep(0.2)
    assert not mark.exists()


def test_a_program_runs_under_the_caps_and_its_lines_are_heard(tmp_path):
    lines: list[str] = []
    ended = capped.run(
        ["/bin/sh", "-c", "ulimit -n; pwd; echo oops >&2"], caps=SMALL, cwd=tmp_path, each_line=lines.append
    )
    assert ended.exit_code == 0
    assert lines == ["128", str(tmp_path), "oops"]


def test_it_refuses_arguments_that_belong_into_a_file(tmp_path):
    with pytest.raises(Invalid, match="too much"):
        capped.call("border:misbehave", int, path=Path("x"), how="y" * 200_000)


def test_children_end_with_their_parent(tmp_path):
    code = (
        "import os, threading, time\n"
        "from crosscut.media import capped\nfrom crosscut.media.caps import Caps\n"
        "tell = lambda line: print(line, flush=True)\n"
        "go = lambda: capped.run(['/bin/sh', '-c', 'echo $$; sleep 60'], caps=Caps(), each_line=tell)\n"
        "threading.Thread(target=go, daemon=True).start()\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _is_running(child):
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


PROGRAM_THAT_COUNTS = "import time\nfor n in range(30): print(n, flush=True); time.sleep(0.02)"


def test_a_program_rests_while_it_is_told_to_and_its_time_does_not_count():
    heard, began = [], time.monotonic()

    def should_pause() -> bool:
        return 0.3 < time.monotonic() - began < 2.0

    def hear(line: str) -> None:
        heard.append(time.monotonic() - began)

    argv = [sys.executable, "-c", PROGRAM_THAT_COUNTS]
    began = time.monotonic()
    ended = capped.run(argv, caps=Caps(wall_s=2.5), each_line=hear, should_pause=should_pause)
    assert (ended.exit_code, ended.reason, len(heard)) == (0, "", 30)
    assert max(after - before for before, after in itertools.pairwise(heard)) > 1.2


def test_a_resting_program_can_be_stopped():
    began = time.monotonic()
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(Cancelled):
        capped.run(argv, caps=BRIEF, should_pause=lambda: True, should_stop=lambda: time.monotonic() - began > 1.5)
    assert time.monotonic() - began < 20


def test_a_stop_that_comes_when_the_program_has_just_ended_is_a_stop():
    heard: list[str] = []

    def hear(line: str) -> None:
        heard.append(line)
        time.sleep(0.5)  # meanwhile the program ends and closes its ears

    with pytest.raises(Cancelled):
        capped.run([sys.executable, "-c", "print()"], caps=BRIEF, each_line=hear, should_stop=lambda: bool(heard))


def test_a_resting_program_dies_with_its_server():
    argv = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
    pids: list[int] = []

    def kill_the_server() -> bool:
        if pids and capped.server_pid():
            time.sleep(0.3)  # let the pause arrive
            os.kill(capped.server_pid(), 9)
        return bool(pids)

    with pytest.raises((Cancelled, Unavailable)):
        capped.run(
            argv,
            caps=BRIEF,
            each_line=lambda line: pids.append(int(line)),
            should_pause=lambda: bool(pids),
            should_stop=kill_the_server,
        )
    for _ in range(50):
        if not Path(f"/proc/{pids[0]}").exists():
            return
        time.sleep(0.1)
    pytest.fail("it is still there")
