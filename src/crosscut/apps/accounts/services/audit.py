"""The audit trail."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from crosscut.apps.accounts.models import AuditEvent, Member, Workspace


def record(verb: str, thing: models.Model, *, by: Member | Workspace, **detail: Any) -> AuditEvent:
    """Notes who did what to which thing. `by` a workspace: Crosscut did it by itself.

    Call it inside the transaction that does the thing, so that both happen or neither.
    """
    event = _event(verb, thing, by, detail)
    event.save()
    return event


def record_all(verb: str, told: Iterable[tuple[models.Model, Member | Workspace, dict[str, Any]]]) -> None:
    """The same for many things in one go: each with by whom, and the detail."""
    AuditEvent.objects.bulk_create(_event(verb, thing, by, detail) for thing, by, detail in told)


def _event(verb: str, thing: models.Model, by: Member | Workspace, detail: dict[str, Any]) -> AuditEvent:
    member, workspace_id = (by, by.workspace_id) if isinstance(by, Member) else (None, by.pk)
    return AuditEvent(
        workspace_id=workspace_id,
        member=member,
        verb=verb,
        subject=subject_of(thing),
        label=str(thing)[:200],
        detail=detail,
    )


def subject_of(thing: models.Model) -> str:
    """The thing's name in the trail: `piece:12`."""
    return f"{thing._meta.model_name}:{thing.pk}"
