"""`crosscut ingest`: files and folders into the library, here or elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say_json
from crosscut.kernel.errors import Invalid, NotFound

COLOURS = {"stored": "green", "duplicate": "dim", "quarantined": "yellow", "refused": "red"}
Row = dict[str, Any]  # a file with what became of it


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    to: Annotated[str, typer.Option(help="Send them to the installation at this address, piece by piece.")] = "",
    token: Annotated[str, typer.Option(envvar="CROSSCUT_TOKEN", help="With --to: an API token of yours there.")] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Take files and folders into the library, one by one; what is refused says why. Ends with 1 when some were."""
    if to:
        _tell(_sent_elsewhere(paths, to, token, is_quiet=as_json), {}, as_json=as_json)
        return
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library.services.arrive import ingest_paths  # Django is set up by acting_member

    job = desk.watch(by, ingest_paths(by, paths), quiet=as_json)
    rows = [_row(row.filename, row.state, row.problem, row.asset_id) for row in job.arrivals.order_by("id")]
    _tell(rows, {"job": job.pk, "state": job.state}, as_json=as_json)


def _sent_elsewhere(paths: Sequence[Path], to: str, token: str, *, is_quiet: bool) -> list[Row]:
    from crosscut.cli import sending, sending_parts  # what talks to the network is loaded only where it is asked for

    if not token:
        raise Invalid.at("--token", "Make an API token there, under your profile, and give it with --token.")
    files = _files_in(paths)
    console = Console(stderr=True, quiet=is_quiet)
    with sending.desk(to, token) as client, console.status("") as line:

        def show(name: str, done: int, size: int) -> None:
            line.update(f"{name}: {done / max(size, 1):.0%}")

        sent = [sending_parts.send(client, path, show) or sending.send(client, path, show) for path in files]
        line.update("All sent. They are being read there.")
        ended = list(sending.became(client, sent))
    return [_row(one.path.name, got["state"], got["problem"], got["asset_id"]) for one, got in ended]


def _files_in(paths: Sequence[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise NotFound(f"{path} is not there. Give the path of a file or a folder.")
    found = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
    return [file for file in found if file.is_file() and not file.name.startswith(".")]


def _row(file: str, state: str, problem: str, asset: int | None) -> Row:
    return {"file": file, "state": state, "problem": problem, "asset": asset}


def _tell(rows: list[Row], about: Row, *, as_json: bool) -> None:
    if as_json:
        say_json({**about, "files": rows})
    else:
        console = Console(highlight=False)
        for row in rows:
            colour = COLOURS.get(row["state"], "default")
            console.print(f"[{colour}]{row['state']:>11}[/]  {row['file']}  [dim]{row['problem']}[/]")
    if any(row["state"] in ("refused", "quarantined") for row in rows) or about.get("state") == "failed":
        raise typer.Exit(Exit.BLOCKED)
