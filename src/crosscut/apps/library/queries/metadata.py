"""Rows about what is known of assets: vocabularies, own fields, changes, and metadata on its way in."""

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import ChangeSet, CustomField, FieldChange, Intake, Vocabulary
from crosscut.apps.library.queries.assets import asset_for
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def vocabularies_for(member: Member) -> QuerySet[Vocabulary]:
    """The workspace's vocabularies by name; none for guests."""
    rows = Vocabulary.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def vocabulary_for(member: Member, vocabulary_id: int) -> Vocabulary:
    """One of them. Raises NotFound."""
    row = vocabularies_for(member).filter(pk=vocabulary_id).first()
    if row is None:
        raise NotFound(phrase("There is no such vocabulary in this workspace."))
    return row


def custom_fields_for(member: Member) -> QuerySet[CustomField]:
    """The workspace's own fields, those put away too; none for guests."""
    rows = CustomField.objects.filter(workspace=member.workspace_id).select_related("vocabulary")
    return rows.none() if member.role == Role.GUEST else rows


def custom_field_for(member: Member, field_id: int) -> CustomField:
    """One of them. Raises NotFound."""
    row = custom_fields_for(member).filter(pk=field_id).first()
    if row is None:
        raise NotFound(phrase("There is no such field in this workspace."))
    return row


def change_sets_for(member: Member) -> QuerySet[ChangeSet]:
    """The changes that were made together, newest first; none for guests."""
    rows = ChangeSet.objects.filter(workspace=member.workspace_id).select_related("by__user").order_by("-pk")
    return rows.none() if member.role == Role.GUEST else rows


def change_set_for(member: Member, change_set_id: int) -> ChangeSet:
    """One of them. Raises NotFound."""
    row = change_sets_for(member).filter(pk=change_set_id).first()
    if row is None:
        raise NotFound(phrase("There is no such change in this workspace."))
    return row


def changes_of(member: Member, asset_id: int) -> QuerySet[FieldChange]:
    """Every change of the asset's fields, newest first. Raises NotFound for the asset."""
    rows = FieldChange.objects.filter(asset=asset_for(member, asset_id)).order_by("-pk")
    return rows.select_related("change_set__by__user")


def intakes_for(member: Member) -> QuerySet[Intake]:
    """Metadata that was brought in, newest first; none for guests."""
    rows = Intake.objects.filter(workspace=member.workspace_id).select_related("job", "change_set").order_by("-pk")
    return rows.none() if member.role == Role.GUEST else rows


def intake_for(member: Member, intake_id: int) -> Intake:
    """One of them. Raises NotFound."""
    row = intakes_for(member).filter(pk=intake_id).first()
    if row is None:
        raise NotFound(phrase("There is no such import in this workspace."))
    return row
