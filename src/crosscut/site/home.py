"""Where this installation keeps its state."""

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The folder of this installation: `CROSSCUT_HOME`, else in the user's data folder. Created when missing."""
    chosen = os.environ.get("CROSSCUT_HOME")
    data_home = os.environ.get("XDG_DATA_HOME")
    folder = Path(chosen) if chosen else (Path(data_home) if data_home else Path.home() / ".local/share") / "crosscut"
    folder = folder.expanduser().absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key() -> str:
    """The installation's secret, from `CROSSCUT_SECRET_KEY`, `CROSSCUT_SECRET_KEY_FILE`, or made once and kept.

    Sessions are signed and account tokens encrypted with it: losing it signs everybody out and asks for every account
    to be connected again.
    """
    if given := os.environ.get("CROSSCUT_SECRET_KEY"):
        return given
    path = Path(os.environ.get("CROSSCUT_SECRET_KEY_FILE", home() / "secret.key"))
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """The whole text under `path`, or what another process put there first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
