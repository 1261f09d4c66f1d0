"""The arrows between packages, and the promise that the core needs no Django."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ("kernel", "media", "specs", "channels")

IMPORTS_ALL = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "ninja", "procrastinate"}:
            raise ImportError(f"the core asked for {name}")

sys.meta_path.insert(0, Refuse())
import crosscut
for package in sys.argv[1:]:
    root = importlib.import_module(f"crosscut.{package}")
    for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
        if ".tests" not in module.name:
            importlib.import_module(module.name)
print("imported", len([name for name in sys.modules if name.startswith("crosscut.")]))
"""


def test_imports_only_go_down():
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout[-4000:]


def test_the_core_works_where_django_cannot_be_imported():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS_ALL, *CORE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) > len(CORE)


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_a_command_that_needs_no_database_does_not_load_django(command: str):
    asks = f"import sys; sys.argv = ['crosscut', '{command}']\nfrom crosscut.cli.main import app\n"
    asks += "try:\n    app()\nexcept SystemExit:\n    pass\nassert 'django.apps' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
