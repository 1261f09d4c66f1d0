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
    as_json: AsJson = False,
) -> None:
    """Fill a workspace of its own with assets, pieces, posts and samples, to see and measure how full pages behave."""
    desk.set_up()
    from crosscut.apps.accounts.models import Workspace  # Django is set up from here on
    from crosscut.site.seed.filling import EMAIL, SLUG, Amounts, fill

    if Workspace.objects.filter(slug=SLUG).exists():
        raise Conflict("The full workspace is there already. Sign in as its lead, or start with an empty installation.")
    password, console = f"full-{secrets.token_hex(6)}", Console(stderr=True)
    fill(Amounts(assets=assets, pieces=pieces, days=days), password=password, say=console.print)
    if as_json:
        say_json({"workspace": SLUG, "email": EMAIL, "password": password})
    else:
        Console().print(f"Sign in as {EMAIL} with {password}")
