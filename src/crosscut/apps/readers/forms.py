"""The forms of a newsletter's list. They shape what was typed; the services decide whether it is right."""

from django import forms
from django.utils.translation import gettext_lazy as _

_HOW = _("For example: “Signed up at our stand in Sandtown, 12 May 2026”. It is kept with each of them.")


class ReaderForm(forms.Form):
    """One reader by hand."""

    address = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    consent = forms.CharField(label=_("How they agreed"), max_length=300, help_text=_HOW)


class TableForm(forms.Form):
    """Many from a table."""

    file = forms.FileField(
        label=_("The table"),
        help_text=_("CSV or Excel, at most 20,000 rows, with a column “E-mail” and perhaps “Name”."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx", "class": "form-control"}),
    )
    consent = forms.CharField(label=_("How they agreed"), max_length=300, help_text=_HOW)
