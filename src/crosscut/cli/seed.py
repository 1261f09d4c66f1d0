"""`crosscut seed`: a full workspace to look at and to measure with."""

import secrets
from typing import Annotated

import typer
from rich.console import Console

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, say_json
from crosscut.kernel.errors import Conflict


def seed(
    assets: Annotated[int, typer.Option(min=1, max=1_000_000)] = 10_000,
    pieces: Annotated[int, typer.Option(min=1, max=100_000)] = 5_000,
    days: Annotated[int, typer.Option(min=1, max=3650)] = 365,
    archive: Annotated[
        int,
        typer.Option(
            min=0,
            max=10_000_000,
            help="Instead of all this: a library alone, with so many assets and no files, to see and measure large"
            " ones.",
        ),
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Fill a workspace of its own with assets, pieces, posts and samples, to see and measure how full pages behave."""
    desk.set_up()
    from crosscut.apps.accounts.models import Workspace  # Django is set up from here on
    from crosscut.site.seed import filling, library

    slug, email = (library.SLUG, library.EMAIL) if archive else (filling.SLUG, filling.EMAIL)
    if Workspace.objects.filter(slug=slug).exists():
        raise Conflict("The full workspace is there already. Sign in as its lead, or start with an empty installation.")
    password, console = f"full-{secrets.token_hex(6)}", Console(stderr=True)
    if archive:
        lead = library.fill_library(archive, password=password, say=console.print)
        library.settle_library(lead.workspace_id)
    else:
        amounts = filling.Amounts(assets=assets, pieces=pieces, days=days)
        filling.fill(amounts, password=password, say=console.print)
    if as_json:
        say_json({"workspace": slug, "email": email, "password": password})
    else:
        Console().print(f"Sign in as {email} with {password}")
