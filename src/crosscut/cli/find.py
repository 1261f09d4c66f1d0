"""`crosscut find`: assets as the search box finds them; `crosscut meaning`: how far the search by meaning is."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json


def find(
    words: Annotated[str, typer.Argument(help="Words and filters, as in the search box: reef type:video")],
    literal: Annotated[bool, typer.Option("--literal", help="Not what is alike in meaning as well.")] = False,
    most: Annotated[int, typer.Option(help="How many are listed.", min=1, max=500)] = 50,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Find assets by words and filters; with a model of yours by meaning, too. The best match comes first."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.library import search, searchbox  # Django is set up by acting_member

    wanted = searchbox.parse(words)
    wanted = replace(wanted, is_literal=wanted.is_literal or literal)
    found = search.find(by, wanted)
    assets = search.read(by, found.assets(0, most))
    notes = [*wanted.notes, *found.notes]
    alike = {number: at_ms for number, at_ms in found.meant.items() if number not in found.said}
    if as_json:
        rows = [
            {"id": one.pk, "title": one.title, "kind": one.kind, "by": "meaning" if one.pk in alike else "words"}
            for one in assets
        ]
        say_json({"count": found.total, "notes": notes, "assets": rows})
        return
    for one in assets:
        at_ms = alike.get(one.pk)
        where = f" at {at_ms / 1000:.1f} s" if at_ms is not None and at_ms >= 0 else ""
        say(f"{one.pk:>8}  {one.kind:<8}  {one.title}{f'  (alike in meaning{where})' if at_ms is not None else ''}")
    for note in notes:
        say(note)
    say(f"{found.total:,} found" + (f", {len(assets)} listed" if found.total > len(assets) else ""))


def meaning(
    now: Annotated[bool, typer.Option("--now", help="Go on until everything is understood.")] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Say which model is in use and how much it understood. Ends with 3 when the named model cannot be used."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.accounts.permissions import demand  # Django is set up by acting_member
    from crosscut.apps.library.services.meaning import make_some, state_for

    if now:
        demand(by, "workspace")
        while made := make_some():
            if not as_json:
                say(f"{made:,} assets understood")
    state = state_for(by)
    if as_json:
        say_json(asdict(state))
    elif state.model:
        say(f"Model {state.model}: {state.understood:,} assets understood, {state.waiting:,} wait.")
    else:
        say(state.problem or "No model is named. “Search by meaning” in the documentation tells how to get one.")
    if state.problem:
        raise typer.Exit(Exit.OUTSIDE_FAILED)
