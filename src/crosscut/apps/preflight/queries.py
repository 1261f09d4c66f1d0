"""Findings and waivers, as far as the asker may see them."""

from crosscut.apps.accounts.models import Member
from crosscut.apps.preflight.models import Check, Waiver
from crosscut.apps.produce.models import Edition, Piece
from crosscut.kernel.findings import Finding
from crosscut.kernel.records import from_data


def checks_of(edition: Edition) -> list[Check]:
    """What was found when the edition was last checked, per post type."""
    return list(edition.checks.order_by("post_type"))


def findings_of(check: Check) -> tuple[Finding, ...]:
    """The stored findings as records, worst first."""
    return from_data(tuple[Finding, ...], check.findings)


def waivers_for(member: Member, piece: Piece) -> list[Waiver]:
    """The piece's exceptions, newest first."""
    rows = Waiver.objects.filter(piece=piece, piece__workspace=member.workspace_id)
    return list(rows.select_related("member__user").order_by("-id"))
