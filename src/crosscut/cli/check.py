"""`crosscut check`: what would stop a file or a piece from being published, and why."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscut.apps.preflight.threads import of_part
from crosscut.cli import drafts
from crosscut.cli.answers import AsJson, Exit, say_json
from crosscut.cli.language import translator
from crosscut.kernel.findings import Finding, Level, blocking, once_rendered, worst_first
from crosscut.kernel.records import as_data
from crosscut.specs.accessibility import check_flashes
from crosscut.specs.checks import check as judge
from crosscut.specs.media_checks import check_media

Judged = dict[str, tuple[Finding, ...]]


def check(
    path: Annotated[Path, typer.Argument(help="A media file, or a piece file (.yaml).")],
    wanted: Annotated[str, typer.Option("--for", help="Post types: bluesky/images,site/article")] = "",
    is_deep: Annotated[
        bool, typer.Option("--deep", help="Measure a file's loudness and look through a whole film for flashes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a file or a piece for post types. Ends with 1 when something blocks. Needs no database."""
    judged = _spoken(_piece(path, wanted) if drafts.is_piece(path) else _file(path, wanted, is_deep=is_deep))
    if as_json:
        say_json({post_type: as_data(findings) for post_type, findings in judged.items()})
    else:
        _print(judged)
    if any(blocking(findings) for findings in judged.values()):
        raise typer.Exit(Exit.BLOCKED)


def _spoken(judged: Judged) -> Judged:
    return {
        post_type: tuple(finding.said_in(translator()) for finding in findings)
        for post_type, findings in judged.items()
    }


def _piece(path: Path, wanted: str) -> Judged:
    piece = drafts.read_piece(path)
    at = drafts.publishing_time(piece)
    found: Judged = {}
    for post_type in drafts.post_types(wanted, piece):
        posts = drafts.drafts_of_piece(piece, path.parent, post_type)
        said = [judge(draft, kind, at=at) for kind, draft in posts]
        named = [of_part(one, part) for part, findings in enumerate(said, start=1) for one in findings]
        found[post_type] = worst_first(once_rendered(named if len(posts) > 1 else said[0]))
    return found


def _file(path: Path, wanted: str, *, is_deep: bool) -> Judged:
    draft = drafts.draft_of_file(path, is_deep=is_deep)
    return {
        post_type: worst_first((*check_media(draft.media, post_type), *check_flashes(draft.media, post_type)))
        for post_type in drafts.post_types(wanted, None)
    }


def _print(judged: Judged) -> None:
    console = Console(highlight=False)
    for post_type, findings in judged.items():
        stopping = len(blocking(findings))
        verdict = "[red]blocked[/]" if stopping else "[green]fine[/]"
        console.print(f"[bold]{post_type}[/]  {verdict}")
        for finding in findings:
            mark = "[red]✗[/]" if finding.level is Level.BLOCK else "[yellow]·[/]"
            where = f"[dim]{finding.where}[/] " if finding.where else ""
            console.print(f"  {mark} {where}{finding.message}", soft_wrap=True)
            if finding.repair:
                console.print(f"      → {finding.repair}", soft_wrap=True, markup=False)
            if finding.source:
                console.print(f"      {finding.source}", style="dim", soft_wrap=True, markup=False)
