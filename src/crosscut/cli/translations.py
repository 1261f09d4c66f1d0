"""`crosscut translations`: the languages of a piece, XLIFF for translators and back, the translation memory as TMX."""

from pathlib import Path
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.errors import Invalid

app = typer.Typer(
    no_args_is_help=True, help="Languages of a piece; XLIFF for translators and back; the translation memory as TMX."
)


@app.command("list")
def listed(
    piece: Annotated[int, typer.Argument(help="The number of the piece they are translated from.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """List the languages of a piece and how far each is. Ends with 1 when one is out of date."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.languages import languages  # Django is set up by acting_member
    from crosscut.apps.produce.queries import piece_for

    found = languages(piece_for(by, piece))
    rows = [(one.piece.pk, one.piece.language, one.state.value, one.done, len(one.passages)) for one in found]
    if as_json:
        names = ("piece", "language", "state", "done", "passages")
        say_json([dict(zip(names, row, strict=True)) for row in rows])
    for pk, language, state, done, count in () if as_json else rows:
        say(f"{pk:>8}  {language:<12} {state} ({done} of {count})")
    if any(state == "out-of-date" for _pk, _language, state, _done, _count in rows):
        raise typer.Exit(Exit.BLOCKED)


@app.command("add")
def add(
    piece: Annotated[int, typer.Argument(help="The piece's number.")],
    language: Annotated[str, typer.Argument(help="BCP 47: de-AT, ar.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Add a language to a piece and print the number of the piece in that language."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.queries import piece_for  # Django is set up by acting_member
    from crosscut.apps.produce.services.translate import add_language

    say(str(add_language(by, piece_for(by, piece), language).pk))


@app.command("export")
def export(
    piece: Annotated[int, typer.Argument(help="The number of the piece in the other language.")],
    out: Annotated[Path, typer.Argument(help="The .xlf file to write.")],
    version: Annotated[str, typer.Option("--xliff", help="2.1, or 1.2 for older tools.")] = "2.1",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Write a translation as XLIFF, with what is translated already."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.languages import language_for  # Django is set up by acting_member
    from crosscut.apps.produce.xliff import as_xliff

    out.write_bytes(as_xliff(language_for(by, piece), version))
    say(f"{out}: XLIFF {version}")


@app.command("import")
def bring_in(
    piece: Annotated[int, typer.Argument(help="The number of the piece in the other language.")],
    path: Annotated[Path, typer.Argument(help="The translated XLIFF file.")],
    is_applied: Annotated[bool, typer.Option("--apply", help="Take what is clean; without this nothing is.")] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Say what a translated file would change, passage by passage; --apply takes it. Ends with 1 when some is not."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.queries import piece_for  # Django is set up by acting_member
    from crosscut.apps.produce.services import returned

    try:
        data = path.read_bytes()
    except OSError as error:
        raise Invalid.at(str(path), f"This file cannot be read: {error}") from error
    row = piece_for(by, piece)
    rows = returned.look(by, row, data)
    if is_applied and any(one.is_clean for one in rows):
        returned.take(by, row, data)
    told = [
        {"key": one.key, "taken": is_applied and one.is_clean, "stale": one.is_stale, "problem": str(one.problem)}
        | {"warnings": [str(words) for words in one.warnings]}
        for one in rows
    ]
    if as_json:
        say_json(told)
    for one in () if as_json else rows:
        say(f"{one.key}: {_verdict(is_clean=one.is_clean, is_stale=one.is_stale, problem=str(one.problem))}")
        for words in one.warnings:
            say(f"    {words}")
    if not all(one.is_clean for one in rows):
        raise typer.Exit(Exit.BLOCKED)


@app.command("memory")
def memory(
    out: Annotated[Path, typer.Argument(help="The .tmx file to write.")],
    language: Annotated[str, typer.Option(help="Only what was translated into this language.")] = "",
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
) -> None:
    """Write the translation memory as TMX 1.4b."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.memory import exported  # Django is set up by acting_member
    from crosscut.apps.produce.tmx import as_tmx

    with out.open("wb") as file:
        file.writelines(as_tmx(exported(by, language=language)))
    say(f"The translation memory in {out}")


@app.command("remember")
def remember(
    file: Annotated[Path, typer.Argument(help="A .tmx file of a translators' tool.", exists=True, dir_okay=False)],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Bring a TMX file into the translation memory; what is known already stays as it is."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.services.remember import bring_in  # Django is set up by acting_member

    done = bring_in(by, file.read_bytes())
    told = {"added": done.added, "known": done.known, "left_out": done.left_out}
    if as_json:
        say_json(told)
    else:
        say("{added} brought in, {known} here already, {left_out} left out".format(**told))


def _verdict(*, is_clean: bool, is_stale: bool, problem: str) -> str:
    if is_clean:
        return "clean"
    return problem or ("the source was changed since; take it on the page" if is_stale else "")
