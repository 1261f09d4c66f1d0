"""Commands that work in a running installation: who asks, and how long work is watched."""

import os
import time
from typing import TYPE_CHECKING, Annotated

import django
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from crosscut.kernel.errors import Invalid, NotFound, Unavailable
from crosscut.site.home import home
from crosscut.site.supervisor import state

if TYPE_CHECKING:
    from crosscut.apps.accounts.models import Member
    from crosscut.apps.work.models import Job

As = Annotated[str, typer.Option("--as", envvar="CROSSCUT_AS", help="The e-mail address of the member who acts.")]
InWorkspace = Annotated[
    str, typer.Option("--workspace", envvar="CROSSCUT_WORKSPACE", help="The workspace's short name.")
]
_LOOK_EVERY_S = 0.25


def set_up() -> None:
    """Makes the apps importable. Asks no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    running = state.last(home())
    if running and running.desk_url:
        os.environ.setdefault("CROSSCUT_URL", running.desk_url)
        os.environ.setdefault("CROSSCUT_PUBLIC_URL", running.public_url)
    django.setup()


def acting_member(email: str, workspace: str) -> "Member":
    """Who acts: the member named, else the only lead there is. Raises Invalid when it must be said."""
    set_up()
    from django.db import OperationalError  # Django is set up from here on

    from crosscut.apps.accounts.models import Member, Role

    rows = Member.objects.filter(left_at=None).select_related("user", "workspace")
    rows = rows.filter(workspace__slug=workspace) if workspace else rows
    rows = rows.filter(user__email__iexact=email) if email else rows.filter(role=Role.LEAD)
    try:
        found = list(rows[:2])
    except OperationalError as error:
        raise Unavailable("The database does not answer. Start Crosscut first: crosscut up") from error
    if not found:
        raise NotFound("There is no such member. Name one with --as and the workspace with --workspace.")
    if len(found) > 1:
        raise Invalid.at("--as", "Several people could be meant. Say who acts: --as name@example.org --workspace name")
    return found[0]


def watch(by: "Member", job: "Job", *, quiet: bool) -> "Job":
    """Shows the job's progress until it has ended, and returns its last state. Ctrl-C asks it to stop."""
    from crosscut.apps.work.services import cancel_job  # Django is set up by acting_member

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[step]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        bar = progress.add_task(job.label, total=1000, step="")
        while job.ended_at is None:
            try:
                time.sleep(_LOOK_EVERY_S)
            except KeyboardInterrupt:
                cancel_job(by, job.pk)
            job.refresh_from_db()
            progress.update(bar, completed=job.done_permille, step=job.step[:60])
    return job
