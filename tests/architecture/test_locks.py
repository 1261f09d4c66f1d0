"""The lock files fit what pyproject.toml asks for, each other, and any registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """The versions a lock names of each package; several when they differ by platform."""
    found: dict[str, set[str]] = {}
    for package, version in LINE.findall((LOCKS / f"{name}.lock").read_text()):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


def unmet(wanted: list[str], locked: dict[str, set[str]]) -> list[str]:
    """The requirements that no version in the lock meets."""
    asked = [Requirement(text) for text in wanted]
    return [
        str(one)
        for one in asked
        if not any(
            one.specifier.contains(version, prereleases=True) for version in locked.get(canonicalize_name(one.name), ())
        )
    ]


def test_the_run_lock_meets_what_the_project_asks_for():
    assert unmet(PROJECT["project"]["dependencies"], pins("run")) == []


def test_the_test_lock_meets_what_the_tests_ask_for():
    groups = PROJECT["dependency-groups"]
    assert unmet([*groups["dev"], *groups["peers"], *PROJECT["project"]["dependencies"]], pins("test")) == []


def test_what_is_tested_is_what_is_run():
    tested = pins("test")
    assert {name: versions for name, versions in pins("run").items() if tested.get(name) != versions} == {}


def test_the_image_gets_the_same_but_for_what_its_store_needs():
    run, image = pins("run"), pins("container")
    assert unmet(["django-storages[s3]>=1.14.6", "boto3"], image) == []
    differ = {name for name, versions in image.items() if name in run and not versions <= run[name]}
    assert differ == set()


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.lock")), ids=lambda path: path.stem)
def test_every_package_has_its_hash_and_no_address(lock: Path):
    text = lock.read_text()
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert [block.split()[0] for block in blocks if LINE.match(block) and "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*|--find-links.*", text) == []


def test_the_pages_lock_names_no_registry():
    assert re.findall(r'"resolved": "[^"]+"', (ROOT / "package-lock.json").read_text()) == []
