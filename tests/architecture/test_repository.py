"""What may not be in the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST_FILE_BYTES = 8_000_000
# Private places of whoever wrote a file: a home folder, a key, a token, the address of an inner registry.
PRIVATE = re.compile(
    r"/(?:home|Users)/(?!app\b|crosscut\b|you\b|somebody\b)[a-z][a-z0-9_-]+/"
    r"|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b"
    r"|--(?:extra-)?index-url[ =]https?:|/work/(?:shared|main|briefs)\b"
)
UNFINISHED = re.compile(r"(?:#|//|<!--|/\*).*\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts(files: list[Path], *suffixes: str) -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text(errors="replace")
        for path in files
        if (not suffixes or path.suffix in suffixes) and path.stat().st_size < 1_000_000
    }


def test_nothing_private_is_in_it(files: list[Path]):
    found = {
        name: PRIVATE.findall(text) for name, text in texts(files).items() if not name.startswith("tests/architecture/")
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_nothing_is_left_for_later(files: list[Path]):
    code = texts(files, ".py", ".ts", ".html", ".scss", ".sh")
    assert {name for name, text in code.items() if UNFINISHED.search(text)} == set()


def test_no_file_is_large(files: list[Path]):
    assert [str(path.relative_to(ROOT)) for path in files if path.stat().st_size > LARGEST_FILE_BYTES] == []


def test_nothing_built_is_in_it(files: list[Path]):
    parts = {"node_modules", "__pycache__", ".venv", "dist"}
    assert [str(path) for path in files if parts & set(path.parts)] == []
    assert [str(path) for path in files if path.is_relative_to(ROOT / "src/crosscut/site/static/build")] == []
