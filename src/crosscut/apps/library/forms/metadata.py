"""The forms of fields, vocabularies and a workspace's own fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries
from crosscut.apps.library.models import CustomField
from crosscut.apps.library.services.custom import Plan
from crosscut.media.fields import Field, Kind, said

_LINES = 3


def input_for(field: Field, *, is_required: bool) -> forms.Field:
    """The input of a form in which the field's value is written."""
    settings: dict[str, Any] = {
        "label": translated(field.label),
        "help_text": translated(field.hint) if field.hint else "",
        "required": is_required,
    }
    choices = [(stored, translated(label)) for stored, label in (field.choices or {}).items()]
    match field.kind:
        case Kind.LONG:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": _LINES}), strip=True, **settings)
        case Kind.LIST:
            hint = settings.pop("help_text") or translated("One a line.")
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), help_text=hint, **settings)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "–"), *choices], **settings)
        case Kind.CHOICES:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **settings)
        case Kind.FLAG:
            yes_no = [("", "–"), ("yes", translated("Yes")), ("no", translated("No"))]
            return forms.ChoiceField(choices=yes_no, **settings)
    return forms.CharField(**settings)


class FieldsForm(forms.Form):
    """Fields of one group as a form; the services check what is written."""

    def __init__(self, fields: Iterable[Field], required: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.described = {field.key: field for field in fields if not field.is_fixed}
        for key, field in self.described.items():
            self.fields[key] = input_for(field, is_required=key in set(required))
            self._keep_strange_choice(key, field)

    def _keep_strange_choice(self, key: str, field: Field) -> None:
        """A value that is on no list, as files have them, stays a choice until somebody takes another."""
        value = self.initial.get(key)
        if field.kind is Kind.CHOICE and value and value not in (field.choices or {}):
            choices: Any = self.fields[key]
            choices.choices = [*choices.choices, (value, value)]

    @classmethod
    def of(cls, fields: Iterable[Field], required: Iterable[str], values: Mapping[str, Any]) -> "FieldsForm":
        """The form with the values that are there."""
        return cls(fields, required, initial={key: initial_of(value) for key, value in values.items()})

    def changes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What was written, of the fields that differ from what was there."""
        found = {}
        for key in self.described:
            written: Any = self.cleaned_data.get(key) or ""
            if said(initial_of(values.get(key, ""))).split() != said(written).split():
                found[key] = written.splitlines() if self.described[key].kind is Kind.LIST else written
        return found


def initial_of(value: Any) -> Any:
    """The value as an input shows it."""
    if isinstance(value, bool):
        return said(value)
    return value if isinstance(value, str) else "\n".join(value) if isinstance(value, list) else said(value)


class CustomFieldForm(forms.Form):
    """A field of the workspace's own."""

    label = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("What sort"), choices=CustomField.Kind.choices)
    hint = forms.CharField(label=_("What belongs in it"), required=False, max_length=300)
    choices = forms.CharField(
        label=_("What can be chosen"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line; for “one of a list” and “several of a list”."),
    )
    vocabulary = forms.ChoiceField(
        label=_("Or from a vocabulary"), required=False, help_text=_("Its words are the choices.")
    )
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(row.pk), row.name) for row in queries.vocabularies_for(member)]
        choice: Any = self.fields["vocabulary"]
        choice.choices = [("", "–"), *names]

    @classmethod
    def of(cls, member: Member, row: CustomField) -> "CustomFieldForm":
        """The form as the field is now."""
        names = ("label", "kind", "hint", "is_required")
        initial = {name: getattr(row, name) for name in names}
        lists = {"choices": "\n".join(row.choices), "vocabulary": str(row.vocabulary_id or "")}
        return cls(member, initial=initial | lists)

    def plan(self) -> Plan:
        """What was entered."""
        data = dict(self.cleaned_data)
        vocabulary = data.pop("vocabulary")
        return Plan(**{**data, "choices": data["choices"].splitlines(), "vocabulary_id": int(vocabulary or 0) or None})


class VocabularyForm(forms.Form):
    """A new vocabulary."""

    name = forms.CharField(label=_("Name"), max_length=120)


class WordsForm(forms.Form):
    """Words for a vocabulary, written or from a file."""

    words = forms.CharField(
        label=_("Words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. “Animals > Fish > Shark” puts it in its place in the tree."),
    )
    file = forms.FileField(
        label=_("Or a file"), required=False, help_text=_("CSV with term, synonyms and code, or JSON in SKOS's words.")
    )
