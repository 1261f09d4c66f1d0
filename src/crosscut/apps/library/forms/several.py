"""The form that changes the same field of many assets."""

from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from crosscut.apps.library.services.fields import FieldSet
from crosscut.apps.library.services.several import Action, Edit

_ACTIONS = (
    (Action.SET.value, _("Write this, whatever is there")),
    (Action.APPEND.value, _("Add this to what is there")),
    (Action.REMOVE.value, _("Take this out of what is there")),
    (Action.REPLACE.value, _("Write this in place of something else")),
)


class SeveralForm(forms.Form):
    """One field, what to do with it, and the words."""

    field = forms.ChoiceField(label=_("Field"))
    action = forms.ChoiceField(label=_("What to do"), choices=_ACTIONS)
    find = forms.CharField(label=_("What is there now"), required=False, help_text=_("Only for “in place of”."))
    value = forms.CharField(
        label=_("Words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Several with “;” between them. Nothing empties the field."),
    )

    def __init__(self, known: FieldSet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["field"]
        choice.choices = [(key, translated(one.label)) for key, one in known.fields.items() if not one.is_fixed]

    def edits(self) -> list[Edit]:
        """What was entered."""
        data = self.cleaned_data
        edit = Edit(field=data["field"], action=Action(data["action"]), value=data["value"], find=data["find"])
        return [edit]
