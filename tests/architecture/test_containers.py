"""The container files fit the project, as far as can be told without running them."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from crosscut.cli.main import app

ROOT = Path(__file__).parents[2]
PARTS = ("migrate", "web", "worker", "ticker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def test_every_part_is_a_command_of_ours(compose: dict[str, Any]):
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert [name for name in PARTS if compose["services"][name]["command"][0] not in commands] == []


def test_no_part_runs_with_more_rights_than_it_needs(compose: dict[str, Any]):
    for name in PARTS:
        service = compose["services"][name]
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert "\nUSER crosscut\n" in (ROOT / "Dockerfile").read_text()


def test_no_secret_is_written_into_a_file_of_the_project(compose: dict[str, Any]):
    named = {name for service in compose["services"].values() for name in service.get("secrets", ())}
    assert named == set(compose["secrets"])
    for service in compose["services"].values():
        secret_settings = [name for name in service.get("environment", {}) if "PASSWORD" in name or "SECRET" in name]
        assert [name for name in secret_settings if not name.endswith("_FILE")] == []


def test_the_image_copies_only_what_is_there():
    copied = [
        name
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
        if not name.startswith("--")
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_secrets_are_made_once_and_kept(tmp_path: Path):
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts" / "container-secrets", tmp_path / "scripts")
    subprocess.run([script], check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([script], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert set(first) == {"database_password", "secret_key", "store_credentials", "store_identities.json"}
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_the_database_password_comes_from_its_file(tmp_path: Path):
    (tmp_path / "crosscut").write_text('#!/bin/sh\necho "$DATABASE_URL $*"\n')
    (tmp_path / "crosscut").chmod(0o755)
    (tmp_path / "password").write_text("abc")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DATABASE_PASSWORD_FILE": str(tmp_path / "password")}
    said = subprocess.run(
        [ROOT / "scripts" / "container-entry", "worker"], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "postgresql://crosscut:abc@database/crosscut worker"
