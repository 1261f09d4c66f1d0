"""`crosscut readers`: a newsletter's list, as a script wants it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, say, say_json
from crosscut.kernel.errors import NotFound

if TYPE_CHECKING:
    from crosscut.apps.accounts.models import Account, Member

app = typer.Typer(no_args_is_help=True, help="A newsletter's readers: list them, enter some, write them as a table.")
Newsletter = Annotated[str, typer.Option("--newsletter", help="Its name; only needed where there are several.")]
_HOW = "How and when they agreed: it is kept with each of them."


@app.command("list")
def listed(
    state: Annotated[str, typer.Option(help="Only these: asked, reads, left, barred.")] = "",
    newsletter: Newsletter = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """List readers by address."""
    by, account = _newsletter(newsletter, member, workspace)
    from crosscut.apps.readers.queries import newsletter_for, readers_of  # Django is set up by acting_member

    rows = readers_of(newsletter_for(by, account.pk), state=state)
    if as_json:
        say_json([{"id": row.pk, "address": row.address, "name": row.name, "state": row.state} for row in rows])
    for row in () if as_json else rows:
        say(f"{row.state:8}  {row.address}  {row.name}".rstrip())


@app.command("add")
def add(
    address: Annotated[str, typer.Argument(help="The e-mail address.")],
    consent: Annotated[str, typer.Option(help=_HOW)],
    name: Annotated[str, typer.Option(help="What they are called.")] = "",
    newsletter: Newsletter = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Enter one reader. Whoever has left comes back only by themselves."""
    by, account = _newsletter(newsletter, member, workspace)
    from crosscut.apps.readers.services.lists import add_reader  # Django is set up by acting_member

    say(add_reader(by, account.pk, address=address, name=name, consent=consent).address)


@app.command("import")
def bring(
    table: Annotated[Path, typer.Argument(help="A CSV or XLSX file with a column “E-mail”.")],
    consent: Annotated[str, typer.Option(help=_HOW)],
    yes: Annotated[bool, typer.Option("--yes", help="Take it in; without it only what would happen is said.")] = False,
    newsletter: Newsletter = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Say what would become of each row; with --yes, take the table in."""
    by, account = _newsletter(newsletter, member, workspace)
    from crosscut.apps.readers.services import tables  # Django is set up by acting_member

    row = tables.begin_path(by, account.pk, table, consent=consent)
    rows = tables.judged(row)
    for key, count in tables.counts_of(rows).items():
        say(f"{count:>7}  {tables.BECOMES[key]}")
    for one in rows:
        if one.becomes == "wrong":
            say(f"Line {one.line}: {one.address}: {one.note}")
    if yes:
        say(f"{tables.confirm(by, row.pk).added} added.")
    else:
        tables.discard(by, row.pk)
        say("Nothing was taken in. Say --yes to do it.")


@app.command("export")
def export(
    table: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    newsletter: Newsletter = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Write the list as a table that can be brought back."""
    by, account = _newsletter(newsletter, member, workspace)
    from crosscut.apps.readers.services.lists import as_csv  # Django is set up by acting_member

    with table.open("wb") as kept:
        kept.writelines(as_csv(by, account.pk))
    say(str(table))


@app.command("take-out")
def take_out(
    address: Annotated[str, typer.Argument(help="Whose.")],
    newsletter: Newsletter = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Take a reader off the list; no table brings them back."""
    by, account = _newsletter(newsletter, member, workspace)
    from crosscut.apps.readers.addresses import key_of  # Django is set up by acting_member
    from crosscut.apps.readers.queries import newsletter_for, readers_of
    from crosscut.apps.readers.services import lists

    row = readers_of(newsletter_for(by, account.pk)).filter(address_key=key_of(address.strip())).first()
    if row is None:
        raise NotFound(f"{address} is not on the list.")
    say(lists.take_out(by, row.pk).state)


def _newsletter(name: str, member: str, workspace: str) -> "tuple[Member, Account]":
    by = desk.acting_member(member, workspace)
    from crosscut.apps.readers.queries import newsletters_for  # Django is set up by acting_member

    rows = newsletters_for(by)
    found = list((rows.filter(name=name) if name else rows)[:2])
    if len(found) != 1:
        raise NotFound("Name one newsletter of this workspace: --newsletter NAME.")
    return by, found[0]
