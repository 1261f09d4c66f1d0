"""What a lead changes about the workspace."""

import re
from dataclasses import dataclass

from django.db import transaction

from crosscut.apps.accounts.models import ApprovalRule, Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.channels.fields import LANGUAGE_PATTERN
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import zone_names


@dataclass(frozen=True, kw_only=True)
class WorkspaceSettings:
    """Everything a lead may change."""

    name: str
    time_zone: str  # IANA
    language: str  # BCP 47, of its content
    territory: str  # ISO 3166-1 alpha-2; empty: worldwide
    currency: str  # ISO 4217
    approval_rule: str  # an ApprovalRule


@transaction.atomic
def change_workspace(by: Member, wanted: WorkspaceSettings) -> Workspace:
    """The member's workspace with these settings. Raises Invalid naming every field that does not fit."""
    demand(by, "workspace")
    if problems := _problems(wanted):
        raise Invalid(problems=problems)
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace_id)
    changed = {name: value for name, value in vars(wanted).items() if getattr(workspace, name) != value}
    for name, value in changed.items():
        setattr(workspace, name, value)
    if changed:
        workspace.save(update_fields=list(changed))
        record("workspace.changed", workspace, by=by, **changed)
    return workspace


def _problems(wanted: WorkspaceSettings) -> list[Problem]:
    checks = {
        "name": (0 < len(wanted.name.strip()) <= 120, phrase("Give the workspace a name of at most 120 letters.")),
        "time_zone": (wanted.time_zone in zone_names(), phrase("Use an IANA time zone such as Europe/Berlin.")),
        "language": (
            bool(re.match(LANGUAGE_PATTERN, wanted.language)) and len(wanted.language) <= 12,
            phrase("Use a language code such as en or pt-BR."),
        ),
        "territory": (
            bool(re.fullmatch(r"([A-Z]{2})?", wanted.territory)),
            phrase("Use a two-letter country code such as DE, or leave it empty for the whole world."),
        ),
        "currency": (bool(re.fullmatch(r"[A-Z]{3}", wanted.currency)), phrase("Use a currency code such as EUR.")),
        "approval_rule": (wanted.approval_rule in ApprovalRule.values, phrase("Choose one of the rules.")),
    }
    return [
        Problem(code=f"workspace.{where}", where=where, message=message)
        for where, (is_right, message) in checks.items()
        if not is_right
    ]
