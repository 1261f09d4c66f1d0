"""`crosscut backup` and `restore` for the whole installation, `export` and `import` for one workspace."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, say, say_json
from crosscut.kernel.errors import Conflict, NotFound
from crosscut.site.home import home
from crosscut.site.supervisor import state


def backup(
    to: Annotated[Path, typer.Option("--to", help="A folder, best on another disk; earlier backups may be in it.")],
    keep: Annotated[int, typer.Option(min=0, help="Keep the newest so many and forget the rest; 0 keeps all.")] = 0,
    with_secret_key: Annotated[
        bool, typer.Option("--with-secret-key", help="Keep the key of account logins too: guard the folder then.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Back up everything: the database at one moment and every file it names. Only what is new is copied."""
    with ExitStack() as stack:
        _have_database(stack)
        desk.set_up()
        from crosscut.site.safekeeping.kept import Keep  # Django is set up from here on
        from crosscut.site.safekeeping.save import back_up

        made = back_up(to, with_key="with" if with_secret_key else "without", tell=_teller(as_json=as_json))
        forgotten = Keep(to).forget_all_but(keep) if keep else []
    lost = len(made.lost)
    if as_json:
        say_json({"stamp": made.stamp, "files": len(made.files), "lost": lost, "forgotten": forgotten})
    else:
        say(f"Backup {made.stamp}: the database and {len(made.files):,} files.")
        if lost:
            say(f"{lost:,} files were missing from the store already; an older backup may have them.")


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder with backups.")],
    at: Annotated[str, typer.Option("--at", help="Which backup, by its stamp; the newest when left out.")] = "",
    files: Annotated[bool, typer.Option("--files", help="Only put back files that this installation lost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty installation. Nothing is sent afterwards until somebody lifts the hold."""
    with ExitStack() as stack:
        if not files:
            _demand_stopped()
        _have_database(stack)
        desk.set_up()
        from crosscut.site.safekeeping import bring_back  # Django is set up from here on

        if files:
            found = bring_back.bring_files_back(folder, tell=_teller(as_json=as_json))
            say_json(found) if as_json else say(", ".join(f"{count:,} {name}" for name, count in found.items()))
            return
        brought = bring_back.bring_back(folder, stamp=at, tell=_teller(as_json=as_json))
    if as_json:
        say_json({"stamp": brought.stamp, "files": len(brought.files), "has_secret_key": brought.has_secret_key})
        return
    say(f"Everything is as it was at {brought.stamp}. Posts are on hold: see what is out, then lift it.")
    if not brought.has_secret_key:
        say("The key of account logins was not kept: every account must be connected again.")


def export(
    workspace: Annotated[str, typer.Argument(help="The workspace's short name.")],
    to: Annotated[Path, typer.Option("--to", help="A folder that is not there yet, or a .zip file.")],
    as_json: AsJson = False,
) -> None:
    """Write a whole workspace as open files and JSON, for another installation or for the archive."""
    with ExitStack() as stack:
        _have_database(stack)
        desk.set_up()
        from crosscut.apps.accounts.models import Workspace  # Django is set up from here on
        from crosscut.site.portable.pack import export as write

        found = Workspace.objects.filter(slug=workspace).first()
        if found is None:
            known = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none yet"
            raise NotFound(f"There is no workspace {workspace!r}. There are: {known}.")
        manifest = write(found, to, tell=_teller(as_json=as_json))
    rows = sum(table["rows"] for table in manifest["tables"].values())
    if as_json:
        say_json({"place": str(to), "rows": rows, "files": len(manifest["files"])})
    else:
        say(f"{to}: {rows:,} rows and {len(manifest['files']):,} files.")


def bring_in(
    place: Annotated[Path, typer.Argument(help="A folder or .zip file that `crosscut export` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Bring a workspace in that another installation exported. Nothing of it sends by itself."""
    with ExitStack() as stack:
        _have_database(stack)
        desk.set_up()
        from crosscut.site.portable.unpack import bring_in as read  # Django is set up from here on

        made = read(place, tell=_teller(as_json=as_json))
    if as_json:
        say_json({"workspace": made.slug, "name": made.name})
    else:
        say(f"“{made.name}” is here as {made.slug}. Its accounts must be connected, and its people set passwords:")
        say("crosscut manage changepassword name@example.org")


def _demand_stopped() -> None:
    if state.running(home()) is not None:
        raise Conflict("Crosscut is running. Stop it, then bring the backup back: everything is replaced.")


def _have_database(stack: ExitStack) -> None:
    """The database that DATABASE_URL names or that runs; else our own, for as long as the command lasts."""
    if os.environ.get("DATABASE_URL") or state.running(home()) is not None:
        return
    from crosscut.site.embedded.place import place_of  # only here is a server started
    from crosscut.site.embedded.server import Server, serving

    os.environ["DATABASE_URL"] = stack.enter_context(serving(Server(place_of(home()))))


def _teller(*, as_json: bool) -> Callable[[str], None]:
    console = Console(stderr=True, highlight=False)
    return (lambda words: None) if as_json else (lambda words: console.print(words, style="dim"))
