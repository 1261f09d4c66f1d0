"""Starting the work."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from pydantic import ValidationError

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import subject_of
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.queries import version_for
from crosscut.apps.library.services.remaking.operations import OPERATIONS, name_of
from crosscut.apps.library.services.remaking.records import Operation
from crosscut.apps.work.models import Job
from crosscut.apps.work.queries import jobs_for
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Conflict, Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, from_data

REMAKE = "library.make_other"  # the task's name; tasks.py holds the task
KIND = "remake"  # of the job


@transaction.atomic
def order(by: Member, version_id: int, operation: Operation) -> Job:
    """The job that does it soon. Raises Invalid or Unsupported when it cannot be done to this version."""
    demand(by, "draft")
    version = version_for(by, version_id)
    operation.check(version.asset, version)
    _refuse_forbidden(version.asset)
    label = operation.label(version.filename)
    job = plan_job(by, kind=KIND, label=label, subject=subject_of(version.asset))
    task = app.configure_task(REMAKE, queue="media", lock=f"remake:{version.asset_id}")
    task.defer(job_id=job.pk, version_id=version.pk, operation=as_written(operation))
    return job


def _refuse_forbidden(asset: Asset) -> None:
    """Raises Conflict when there are licences and none of them lets anybody change the work beyond cropping it."""
    edits = set(asset.licences.filter(withdrawn_at=None).values_list("edits", flat=True))
    if edits and Licence.Edits.ANY not in edits:
        raise Conflict(phrase("Its licence allows it only as it is, or cropped: ask for one that allows changes."))


def jobs_of(member: Member, asset: Asset) -> QuerySet[Job]:
    """The work that makes something of the asset, newest first."""
    return jobs_for(member, kind=KIND).filter(subject=subject_of(asset))


def as_written(operation: Operation) -> dict[str, Any]:
    """The operation as a job keeps it."""
    return {"name": name_of(operation), "settings": as_data(operation)}


def as_read(written: Mapping[str, Any]) -> Operation:
    """The operation of that name with those settings. Raises Invalid with everything that is wrong with them."""
    found = OPERATIONS.get(str(written.get("name")))
    if found is None:
        known = ", ".join(sorted(OPERATIONS))
        raise Invalid.at(
            "name", phrase("There is no such operation. Use one of: {known}.", known=known), code="remake.unknown"
        )
    try:
        return from_data(found, written.get("settings") or {})
    except ValidationError as fault:
        raise Invalid(problems=[_problem(error) for error in fault.errors()]) from fault


def _problem(error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    return Problem(code="remake.settings", where=where, message=str(error["msg"]))
