"""A workspace's own fields: what else it wants to know about its assets."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, CustomField
from crosscut.apps.library.queries import custom_field_for, custom_fields_for, vocabulary_for
from crosscut.kernel.errors import Conflict, Invalid, Problem
from crosscut.kernel.phrases import Phrase, phrase

MOST_FIELDS = 100
MOST_CHOICES = 500
_LISTS = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A field as a lead wants it."""

    label: str
    kind: str = CustomField.Kind.TEXT
    hint: str = ""
    choices: Sequence[str] = ()  # of a list; or
    vocabulary_id: int | None = None  # where they come from
    is_required: bool = False


@transaction.atomic
def create_field(by: Member, plan: Plan) -> CustomField:
    """A new field, after the others. Raises Invalid with all that is wrong, Conflict for a label that is taken."""
    demand(by, "workspace")
    values = _checked(by, plan)
    count = custom_fields_for(by).count()
    if count >= MOST_FIELDS:
        raise Conflict(phrase("A workspace has at most {most} fields of its own.", most=MOST_FIELDS))
    slug = slugify(plan.label)[:40] or f"field-{count + 1}"
    if custom_fields_for(by).filter(slug=slug).exists():
        raise Conflict(
            phrase("There is a field like “{label}” already, perhaps among those put away.", label=plan.label)
        )
    made = CustomField.objects.create(workspace_id=by.workspace_id, slug=slug, position=count, **values)
    record("field.created", made, by=by)
    return made


@transaction.atomic
def change_field(by: Member, field_id: int, plan: Plan) -> CustomField:
    """The field, changed. Its kind stays once an asset has a value, or values would lose their meaning."""
    demand(by, "workspace")
    row = custom_field_for(by, field_id)
    values = _checked(by, plan)
    if row.kind != plan.kind and Asset.objects.filter(workspace=by.workspace_id, about__has_key=row.key).exists():
        raise Conflict(phrase("Assets have values in this field: its kind must stay. Put it away and make another."))
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    if before != values:
        record("field.changed", row, by=by, before={name: str(value) for name, value in before.items()})
    return row


@transaction.atomic
def put_away(by: Member, field_id: int) -> CustomField:
    """The field is no longer shown or asked for; the values in it stay."""
    demand(by, "workspace")
    row = custom_field_for(by, field_id)
    row.archived_at = row.archived_at or timezone.now()
    row.save(update_fields=["archived_at"])
    record("field.archived", row, by=by)
    return row


@transaction.atomic
def bring_back(by: Member, field_id: int) -> CustomField:
    """The field is shown again, with the values it had."""
    demand(by, "workspace")
    row = custom_field_for(by, field_id)
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    record("field.restored", row, by=by)
    return row


def _checked(by: Member, plan: Plan) -> dict[str, object]:
    label, hint = (" ".join(text.replace("\0", " ").split()) for text in (plan.label, plan.hint))
    words = (" ".join(word.replace("\0", " ").split()) for word in plan.choices)
    choices = list(dict.fromkeys(word for word in words if word))
    problems = []

    def wrong(where: str, message: Phrase) -> None:
        problems.append(Problem(code=f"field.{where}", where=where, message=message))

    if not 0 < len(label) <= 120:
        wrong("label", phrase("Give it a name of at most 120 characters."))
    if plan.kind not in CustomField.Kind.values:
        wrong("kind", phrase("Say what sort of field it is."))
    if len(hint) > 300:
        wrong("hint", phrase("Use at most 300 characters."))
    if plan.kind in _LISTS and not choices and not plan.vocabulary_id:
        wrong("choices", phrase("Name what can be chosen, or a vocabulary that it comes from."))
    if len(choices) > MOST_CHOICES or any(len(word) > 200 for word in choices):
        wrong(
            "choices", phrase("At most {most} choices of 200 characters. Use a vocabulary for more.", most=MOST_CHOICES)
        )
    if problems:
        raise Invalid(problems=problems)
    is_list = plan.kind in _LISTS
    vocabulary = vocabulary_for(by, plan.vocabulary_id) if is_list and plan.vocabulary_id else None
    return {
        "label": label,
        "hint": hint,
        "kind": plan.kind,
        "choices": choices if is_list and not vocabulary else [],
        "vocabulary": vocabulary,
        "is_required": plan.is_required,
    }
