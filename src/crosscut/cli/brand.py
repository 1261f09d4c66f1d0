"""`crosscut brand`: brand kits as folders, out and in."""

from pathlib import Path
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.errors import NotFound

app = typer.Typer(no_args_is_help=True, help="Write a brand kit as a folder with its files; bring one in.")


@app.command("export")
def export(
    kit: Annotated[str, typer.Argument(help="The kit's name, or its number.")],
    out: Annotated[Path, typer.Argument(help="The folder to write: new or empty.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Write a kit: kit.yaml, its logos, and its templates with their fonts as `crosscut graphics` takes them."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library.queries import brand_kits_for  # Django is set up by acting_member
    from crosscut.apps.library.services.brand_folder import write_folder

    wanted = {"pk": int(kit)} if kit.isascii() and kit.isdigit() and len(kit) < 19 else {"name": kit}
    row = brand_kits_for(by).filter(**wanted).first()
    if row is None:
        raise NotFound(f"There is no brand kit {kit} in use in this workspace.")
    written = write_folder(by, row.pk, out)
    if as_json:
        say_json({"kit": row.pk, "files": [entry.file for entry in written]})
    else:
        say(f"{row.name} in {out}: kit.yaml and {len(written)} files")


@app.command("import")
def bring_in(
    folder: Annotated[Path, typer.Argument(help="A folder with kit.yaml, as export writes it.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Make a kit of a folder, or change the one of its name; files go into the library. Ends with 1 if some failed."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library.services import brand_folder  # Django is set up by acting_member

    row, job = brand_folder.bring_in(by, folder)
    lacking = brand_folder.put_files(by, row.pk, folder, desk.watch(by, job, quiet=as_json)) if job else []
    if as_json:
        say_json({"kit": row.pk, "name": row.name, "files": row.files.count(), "problems": lacking})
    else:
        say(f"{row.name}: {row.files.count()} files in the kit")
        for line in lacking:
            say(line)
    if lacking:
        raise typer.Exit(Exit.BLOCKED)
