"""The forms of pieces. They shape what was typed; the services decide whether it is right."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.plan.queries import campaigns_for
from crosscut.channels.icons import name_of


class NewPieceForm(forms.Form):
    """What a piece begins with."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("What you call it here. Articles and episodes show it, other posts do not."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    channels = forms.MultipleChoiceField(
        label=_("Where it goes"),
        required=False,
        help_text=_("You can add and remove channels at any time."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, by: Member, connected: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = [("", _("None")), *((str(row.pk), row.name) for row in campaigns_for(by))]
        self.fields["campaign"].choices = campaigns  # type: ignore[attr-defined]
        self.fields["channels"].choices = [(slug, name_of(slug)) for slug in connected]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A few words for the others."""

    note = forms.CharField(label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
