"""`crosscut storage`: what the files take, and whether everything is there; `crosscut takedowns`: what to take down."""

from typing import Annotated, Any

import typer

from crosscut.cli import desk
from crosscut.cli.answers import AsJson, Exit, say, say_json


def storage(
    check: Annotated[bool, typer.Option("--check", help="Look for files that are lost, changed or needless.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read every file and compare its fingerprint.")] = False,
    act: Annotated[bool, typer.Option("--act", help="Take away what is needless, have the broken made again.")] = False,
    member: desk.As = "",
    workspace: desk.InWorkspace = "",
    as_json: AsJson = False,
) -> None:
    """Say what the files take, by sort. With --check ends with 1 when a file is missing or changed."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.accounts.permissions import demand  # Django is set up by acting_member
    from crosscut.apps.library.queries.rooms import rooms_of
    from crosscut.apps.library.services.sweep import plan_check

    demand(by, "workspace")
    if check:
        job = desk.watch(by, plan_check(by, is_deep=deep, is_dry=not act), quiet=as_json)
        _tell_check(job.result, job.state, job.problem, as_json=as_json)
        return
    found = rooms_of(by.workspace)
    rows = [
        {
            "storage_class": room.storage_class.value,
            "size_bytes": room.size_bytes,
            "file_count": room.file_count,
            "limit_bytes": room.limit_bytes,
            "regenerable_bytes": room.regenerable_bytes,
        }
        for room in found
    ]
    if as_json:
        say_json({"rooms": rows})
        return
    for room in found:
        limit = f" of {room.limit_bytes:,}" if room.limit_bytes else ""
        say(f"{room.storage_class.label:>15}  {room.size_bytes:,} bytes{limit} in {room.file_count:,} files")


def takedowns(member: desk.As = "", workspace: desk.InWorkspace = "", as_json: AsJson = False) -> None:
    """List what must be taken down by hand because its rights end, the most urgent first."""
    by = desk.acting_member(member, workspace)
    from crosscut.apps.publish.queries import takedowns_for  # Django is set up by acting_member
    from crosscut.apps.publish.schemas.posts import TakedownOut

    rows = [TakedownOut.from_orm(row).model_dump(mode="json") for row in takedowns_for(by)]
    if as_json:
        say_json({"takedowns": rows})
        return
    for row in rows:
        say(f"{row['due_at'][:16]}  {row['place']}  {row['url']}  {row['reason']}")
    if not rows:
        say("Nothing is to be taken down by hand.")


def _tell_check(result: dict[str, Any], state: str, problem: str, *, as_json: bool) -> None:
    bad = bool(result.get("missing_count") or result.get("changed_count")) or state != "done"
    if as_json:
        say_json({"state": state, "problem": problem, **result})
    elif state != "done":
        say(problem or f"The look through ended as {state}.")
    else:
        say(
            f"{result['checked']:,} files checked: {result['missing_count']} missing, "
            f"{result['changed_count']} changed."
        )
        say(f"{result['orphans']:,} files that nothing names, {result['orphan_bytes']:,} bytes.")
        for name in ("missing", "changed"):
            for line in result[name]:
                say(f"{name}: {line}")
    if bad:
        raise typer.Exit(Exit.BLOCKED)
