"""The form with which metadata is brought in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.library.models import Intake


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Files(forms.FileField):
    """One file or more; each is checked as a file is."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        return [checked for one in given if (checked := super(_Files, self).clean(one, initial))]


class IntakeForm(forms.Form):
    """A file, or a site, and what it is."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Intake.Kind.choices)
    file = _Files(
        label=_("File"),
        required=False,
        widget=_SeveralFiles(attrs={"multiple": True}),
        help_text=_("CSV or XLSX as exported here; XMP files or a ZIP of them; a .lrcat; a CSV of the other system."),
    )
    address = forms.CharField(
        label=_("Or the address of the WordPress site"), required=False, help_text=_("https://example.org")
    )

    def clean(self) -> dict[str, Any]:
        """A site needs an address, everything else a file."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == Intake.Kind.WORDPRESS:
            if not data.get("address"):
                self.add_error("address", _("Give the address of the site."))
        elif not self.files:
            self.add_error("file", _("Choose a file."))
        return data
