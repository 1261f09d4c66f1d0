"""What `make docs` and `make channel` write."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPTS / script, *arguments], capture_output=True, text=True, check=False)


def test_the_reference_is_what_the_code_says(tmp_path: Path):
    done = run("reference.py", tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    kept = {name: (ROOT / "docs" / "reference" / name).read_text() for name in written}
    stale = [name for name in written if written[name] != kept[name]]
    assert stale == [], "run `make docs`"


def test_a_new_channel_is_a_whole_copy_under_its_own_name(tmp_path: Path):
    done = run("channel.py", "my_net", tmp_path)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "my_net"
    assert {"__init__.py", "adapter.py", "settings.py", "icon.svg", "README.md", "tests"} <= {
        p.name for p in made.iterdir()
    }
    assert 'slug="my_net"' in (made / "__init__.py").read_text()
    assert "class MyNetAdapter" in (made / "adapter.py").read_text()
    for path in made.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
        assert "builtin.practice" not in path.read_text()


@pytest.mark.parametrize("name", ["My-Net", "1st", "x", "../up", ""])
def test_a_name_no_folder_can_have_is_refused(name: str, tmp_path: Path):
    done = run("channel.py", name, tmp_path)
    assert done.returncode == 1
    assert "cannot name a channel" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_channel_that_is_there_is_kept(tmp_path: Path):
    run("channel.py", "my_net", tmp_path)
    again = run("channel.py", "my_net", tmp_path)
    assert again.returncode == 1
    assert "already" in again.stderr
