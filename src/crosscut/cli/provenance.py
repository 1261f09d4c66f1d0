"""`crosscut provenance`: who made a file, and whether what it says of that holds."""

from pathlib import Path
from typing import Annotated

import typer

from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.records import as_data
from crosscut.media.provenance import Manifest, State, read

WORDS = {
    State.NONE: "It carries no content credentials.",
    State.TRUSTED: "Unchanged since it was signed, by a signer you trust.",
    State.VALID: "Unchanged since it was signed; the signer is not on a list of those you trust.",
    State.BROKEN: "What it says of its origin does not hold.",
}


def provenance(
    file: Annotated[Path, typer.Argument(help="A picture, film or sound.")],
    anchors: Annotated[Path | None, typer.Option("--trust", help="PEM file of certificates that you trust.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say who made a file and how, and whether that holds. Ends with 1 when it is broken. Needs no database."""
    found = read(file, anchors=anchors)
    if as_json:
        say_json(as_data(found))
    else:
        say(WORDS[found.state])
        for problem in found.problems:
            say(f"  · {problem.message}")
        for manifest in found.manifests:
            _show(manifest)
    if found.state is State.BROKEN:
        raise typer.Exit(int(Exit.BLOCKED))


def _show(manifest: Manifest) -> None:
    say(f"\n{manifest.title or manifest.label}")
    for name, value in (
        ("signed by", manifest.signer),
        ("signed at", str(manifest.signed_at or "")),
        ("made with", manifest.tool),
        ("authors", ", ".join(manifest.authors)),
        ("done", ", ".join(action.removeprefix("c2pa.") for action in manifest.actions)),
        ("by a model", "yes" if manifest.is_ai else ""),
        ("made from", ", ".join(part.title for part in manifest.ingredients)),
    ):
        if value:
            say(f"  {name}: {value}")
