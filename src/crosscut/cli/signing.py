"""`crosscut signer`, and signing what the command makes."""

from pathlib import Path
from typing import Annotated

import typer

from crosscut.cli.answers import AsJson, say, say_json
from crosscut.media.provenance import make_authority

Sign = Annotated[
    Path | None,
    typer.Option("--sign", help="A signer's folder, see crosscut signer: the result gets content credentials."),
]


def signer(
    folder: Annotated[Path, typer.Argument(help="The folder to make: keep it where nobody else can read.")],
    name: Annotated[str, typer.Option("--name", help="Who signs: the organisation's name.")],
    as_json: AsJson = False,
) -> None:
    """Make a key and certificates of your own, to sign what you make. Needs no database.

    Others see that a file is unchanged since you signed it; who is given anchors.pem also sees that it was you.
    """
    made = make_authority(folder, organisation=name)
    anchors = made.certificates.with_name("anchors.pem")
    if as_json:
        say_json({"certificates": str(made.certificates), "key": str(made.key), "anchors": str(anchors)})
        return
    say(f"→ {folder}: sign with --sign {folder}")
    say(f"  · Give {anchors.name} to whoever is to trust you, and {made.key.name} to nobody.")
