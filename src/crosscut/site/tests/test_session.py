"""A test run leaves nothing in the checkout."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from crosscut.site.tests.session import strays

ROOT = Path(__file__).parents[4]


def test_a_storage_without_a_place_of_its_own_never_writes_where_the_process_stands():
    assert Path(FileSystemStorage().location) == Path(settings.HOME) / "files"


def test_it_knows_the_folders_of_stored_files(tmp_path: Path):
    for name in ("9d", "ba", "incoming", "src", "docs", "abc"):
        (tmp_path / name).mkdir()
    (tmp_path / "ff").touch()  # a file
    assert strays(tmp_path) == {"9d", "ba", "incoming"}


@pytest.mark.parametrize(("name", "code"), [("9d", 1), ("kept", 0)])
def test_a_run_that_stores_files_in_the_checkout_fails_and_names_them(name: str, code: int, tmp_path: Path):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(f"import pathlib\ndef test_it():\n    pathlib.Path('{name}').mkdir()\n")
    plug_in = ["-p", "crosscut.site.tests.session", "-p", "no:django", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plug_in],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("Stored in the checkout by a test: 9d" in done.stdout) is bool(code)


def test_the_processes_of_a_run_share_what_was_compiled():
    told = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"]
    said = subprocess.run(told, capture_output=True, text=True, check=True).stdout.split()
    assert said == ["False", str(ROOT / ".pytest_cache" / "compiled")]
