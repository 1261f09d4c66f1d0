"""Posts and findings on the terminal."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from crosscut.cli.answers import say_json
from crosscut.cli.language import translator
from crosscut.kernel.findings import Finding, blocking
from crosscut.kernel.piece_file import PieceFile
from crosscut.kernel.records import as_data

if TYPE_CHECKING:
    from crosscut.apps.produce.models import Piece
    from crosscut.apps.publish.models import Target

COLOURS = {
    "proven": "green",
    "sent": "green",
    "scheduled": "cyan",
    "unknown": "magenta",
    "partly": "magenta",
    "blocked": "yellow",
    "refused": "red",
}
_UNSETTLED = {"scheduled", "staging", "sending", "partly", "sent", "unknown"}


def as_row(target: "Target") -> dict[str, object]:
    """A post as plain data."""
    return {
        "id": target.pk,
        "piece": target.piece.title,
        "account": target.account.name,
        "channel": target.account.channel,
        "due_at": target.due_at.isoformat(timespec="seconds"),
        "wall_time": target.wall_time,
        "zone": target.zone,
        "state": target.state,
        "url": target.url,
        "problem": target.problem,
    }


def table(rows: Sequence[dict[str, object]]) -> Table:
    """The posts as a table."""
    drawn = Table("Post", "Account", "Due", "State", "Where", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        state = str(row["state"])
        drawn.add_row(
            str(row["piece"]),
            str(row["account"]),
            f"{row['wall_time']} {row['zone']}",
            f"[{COLOURS.get(state, 'default')}]{state}[/]",
            str(row["url"] or row["problem"]),
        )
    return drawn


def wait_for(targets: Sequence["Target"], *, seconds: float) -> None:
    """Waits until each post is proven or in trouble, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(target.state in _UNSETTLED for target in targets):
        time.sleep(0.25)
        for target in targets:
            target.refresh_from_db()


def blocking_of(piece: "Piece", file: PieceFile) -> dict[str, tuple[Finding, ...]]:
    """What stops the piece on the channels its file names."""
    from crosscut.apps.preflight.services import check_piece, is_passing  # Django is set up by the command

    found = {
        slug: [finding for finding in blocking(findings) if not is_passing(finding)]
        for slug, findings in check_piece(piece).items()
        if slug in file.channels
    }
    return {slug: tuple(one.said_in(translator()) for one in findings) for slug, findings in found.items() if findings}


def print_findings(stopped: dict[str, tuple[Finding, ...]], *, as_json: bool) -> None:
    """Says what blocks."""
    if as_json:
        say_json({"blocked": {slug: as_data(findings) for slug, findings in stopped.items()}})
        return
    console = Console(highlight=False)
    for slug, findings in stopped.items():
        console.print(f"[bold]{slug}[/] [red]blocked[/]")
        for finding in findings:
            console.print(f"  ✗ {finding.where} {finding.message} {finding.repair}", soft_wrap=True, markup=False)
