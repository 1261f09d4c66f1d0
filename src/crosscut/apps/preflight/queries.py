"""Findings and waivers, as far as the asker may see them."""

from django.db.models import QuerySet

from crosscut.apps.preflight.models import Check, Waiver
from crosscut.apps.produce.models import Edition, Piece
from crosscut.kernel.findings import Finding, read_again
from crosscut.specs.sentences import said_again


def checks_of(edition: Edition) -> list[Check]:
    """What was found when the edition was last checked, per post type."""
    return list(edition.checks.order_by("post_type"))


def findings_of(check: Check) -> tuple[Finding, ...]:
    """The stored findings as records, worst first."""
    return tuple(said_again(finding) for finding in read_again(check.findings))


def waivers_of(piece: Piece) -> QuerySet[Waiver]:
    """The piece's exceptions, newest first. `piece` comes from `piece_for`."""
    return Waiver.objects.filter(piece=piece).select_related("member__user").order_by("-id")
