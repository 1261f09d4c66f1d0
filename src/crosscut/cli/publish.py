"""`crosscut publish`: a piece file into the workspace and on its way."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crosscut.cli import desk, showing
from crosscut.cli.answers import AsJson, Exit, say_json
from crosscut.kernel.errors import Damaged
from crosscut.kernel.piece_file import CampaignFile, PieceFile, parse

if TYPE_CHECKING:
    from crosscut.apps.accounts.models import Member

CAMPAIGN = "campaign.yaml"


def publish(
    piece_file: Annotated[Path, typer.Argument(help="A piece file (.yaml).")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for proofs.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Bring a piece file into the workspace and schedule it. Ends with 1 when checks block it."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.produce.services.from_file import apply_piece_file, read_piece_file  # Django is set up now
    from crosscut.apps.publish.services.from_file import schedule_from_file

    file = read_piece_file(piece_file)
    _campaign(by, piece_file.parent / CAMPAIGN)
    _library(by, file, piece_file.parent, quiet=as_json)
    piece = apply_piece_file(by, file, piece_file)
    stopped = showing.blocking_of(piece, file)
    if stopped:
        showing.print_findings(stopped, as_json=as_json)
        raise typer.Exit(Exit.BLOCKED)
    targets = schedule_from_file(by, piece, file)
    showing.wait_for(targets, seconds=wait)
    rows = [showing.as_row(target) for target in targets]
    if as_json:
        say_json({"piece": piece.pk, "posts": rows})
    else:
        Console().print(showing.table(rows))


def _campaign(by: "Member", path: Path) -> None:
    from crosscut.apps.plan.services.from_file import apply_campaign_file  # Django is set up by now

    if path.is_file():
        apply_campaign_file(by, parse(path.read_text(encoding="utf-8"), CampaignFile, name=path.name))


def _library(by: "Member", file: PieceFile, folder: Path, *, quiet: bool) -> None:
    from crosscut.apps.library.services.arrive import ingest_paths  # Django is set up by now
    from crosscut.apps.produce.services.from_file import asset_of, media_paths

    missing = [path for path in media_paths(file, folder) if asset_of(by, path) is None]
    if not missing:
        return
    job = desk.watch(by, ingest_paths(by, missing), quiet=quiet)
    for arrival in job.arrivals.filter(state__in=["refused", "quarantined"]):
        raise Damaged(arrival.filename, arrival.problem)
