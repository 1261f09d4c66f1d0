"""`crosscut report`: a campaign's report as a file."""

from pathlib import Path
from typing import Annotated

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, say, say_json
from crosscut.kernel.errors import Invalid, NotFound


def report(
    campaign: Annotated[str, typer.Argument(help="The campaign's short name.")],
    out: Annotated[Path, typer.Option("--out", help="A .pdf or .json file.")],
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Write what a campaign planned, published, proved, cost and brought."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.plan.queries import campaigns_for  # Django is set up by acting_member
    from crosscut.apps.report.services import write_report

    found = campaigns_for(by).filter(slug=campaign).first()
    if found is None:
        known = ", ".join(campaigns_for(by).values_list("slug", flat=True)) or "none yet"
        raise NotFound(f"There is no campaign {campaign!r}. There are: {known}.")
    content = write_report(by, found, form=out.suffix.lower().lstrip("."))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Invalid.at("--out", f"{out} cannot be written: {error.strerror}.") from error
    if as_json:
        say_json({"file": str(out), "size_bytes": len(content)})
    else:
        say(f"{out} ({len(content):,} bytes)")
