"""`crosscut by-hand`: what waits for a person to post it, taking it, and saying where it is."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from crosscut.cli import desk, showing
from crosscut.cli.answers import AsJson, say, say_json

if TYPE_CHECKING:
    from crosscut.apps.accounts.models import Member
    from crosscut.apps.publish.models import Target

app = typer.Typer(no_args_is_help=True, help="What waits for a person to post it; saying it is done.")
PostNumber = Annotated[int, typer.Argument(help="The post's number, as `crosscut by-hand list` says it.", min=1)]


@app.command("list")
def listed(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List what waits for a person, the first due first."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.queries import by_hand_for  # Django is set up by acting_member

    rows = [showing.as_row(target) for target in by_hand_for(by)]
    if as_json:
        say_json(rows)
    elif rows:
        Console().print(showing.table(rows))
    else:
        say("Nothing waits for a person.")


@app.command("show")
def show(
    post: PostNumber,
    files: Annotated[Path | None, typer.Option(help="Write its files and words into this ZIP file.")] = None,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Say what to paste, which files to take, and the steps."""
    _by, target = _post(post, member, workspace)
    from crosscut.apps.publish import sheets  # Django is set up by acting_member
    from crosscut.kernel.records import as_data

    todo = sheets.todo_of(target)
    if files is not None:
        with sheets.zipped(target) as box, files.open("wb") as kept:
            shutil.copyfileobj(box, kept)
    if as_json:
        say_json(as_data(todo))
        return
    say(f"{target.piece.title}, {target.account.name} ({todo.sheet.place})\n\n{sheets.words(todo)}")
    for number, step in enumerate(todo.sheet.steps, start=1):
        say(f"{number}. {step}")
    say(f"\n{todo.sheet.composer}")


@app.command("take")
def take(post: PostNumber, member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """Take a post, so that nobody else posts it."""
    by, target = _post(post, member, workspace)
    from crosscut.apps.publish.services import by_hand  # Django is set up by acting_member

    _tell(by, by_hand.take(by, target), as_json=as_json)


@app.command("done")
def done(
    post: PostNumber,
    url: Annotated[str, typer.Argument(help="The link that the place gives.")] = "",
    no_link: Annotated[str, typer.Option("--no-link", help="Why it has none: told by you, never proven.")] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Say that it is posted, and where."""
    by, target = _post(post, member, workspace)
    from crosscut.apps.publish.services import by_hand  # Django is set up by acting_member

    _tell(by, by_hand.confirm(by, target, url=url, why_no_link=no_link), as_json=as_json)


@app.command("back")
def back(
    post: PostNumber,
    note: Annotated[str, typer.Option(help="Why not.")] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Say that you did not post it: it waits for somebody again."""
    by, target = _post(post, member, workspace)
    from crosscut.apps.publish.services import by_hand  # Django is set up by acting_member

    _tell(by, by_hand.give_back(by, target, note=note), as_json=as_json)


def _post(number: int, member: str, workspace: str) -> "tuple[Member, Target]":
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.queries import target_for  # Django is set up by acting_member

    return by, target_for(by, number)


def _tell(by: "Member", target: "Target", *, as_json: bool) -> None:
    from crosscut.apps.publish.queries import target_for  # Django is set up by acting_member

    row: dict[str, Any] = showing.as_row(target_for(by, target.pk))
    if as_json:
        say_json(row)
    else:
        Console().print(showing.table([row]))
