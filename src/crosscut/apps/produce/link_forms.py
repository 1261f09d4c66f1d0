"""The forms of links. They shape what was typed; the services decide whether it is right."""

import re
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.linking import PARTS
from crosscut.apps.produce.services.link_rules import Wish
from crosscut.channels.icons import name_of
from crosscut.channels.registry import channels

_LISTED = {"rows": 3, "spellcheck": "false", "autocapitalize": "none"}
_LABELS = {"source": _("Source"), "medium": _("Medium"), "campaign": _("Campaign mark")}
_ADDRESS = {"placeholder": "https://", "autocomplete": "off"}


class ListField(forms.CharField):
    """Values with commas, spaces or lines between them."""

    widget = forms.Textarea(attrs=_LISTED)

    def clean(self, value: str) -> tuple[str, ...]:
        """Each once is the service's work."""
        return tuple(part for part in re.split(r"[,;\s]+", super().clean(value)) if part)


class RulesForm(forms.Form):
    """What links may be marked with."""

    hosts = ListField(
        label=_("Our own places"),
        required=False,
        help_text=_("Only links to these are marked: reef.example, and all below it."),
    )
    sources = ListField(label=_("Sources"), required=False, help_text=_("What utm_source may say. Empty: anything."))
    mediums = ListField(label=_("Media"), required=False, help_text=_("What utm_medium may say."))
    campaigns = ListField(label=_("Campaign marks"), required=False, help_text=_("What utm_campaign may say."))
    short_host = forms.CharField(
        label=_("Domain for short links"),
        required=False,
        max_length=253,
        help_text=_("go.reef.example, once it leads to this installation. A lead gives it."),
    )

    def wish(self) -> Wish:
        """What the service takes."""
        return Wish(**self.cleaned_data)


class DefaultForm(forms.Form):
    """What links are marked with where nobody says otherwise."""

    channel = forms.ChoiceField(label=_("Channel"), required=False)
    campaign_row = forms.ChoiceField(label=_("Campaign"), required=False)

    def __init__(self, *args: Any, by: Member, allowed: dict[str, tuple[str, ...]], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [("", _("All campaigns")), *((str(row.pk), row.name) for row in campaigns_for(by))]
        places = [("", _("All channels")), *((slug, name_of(slug)) for slug in channels())]
        self.fields["channel"].choices = places  # type: ignore[attr-defined]
        self.fields["campaign_row"].choices = rows  # type: ignore[attr-defined]
        _add_parts(self, allowed)

    def tags(self) -> dict[str, str]:
        """The marks by part."""
        return {part: self.cleaned_data[part] for part in PARTS}


class MarkForm(forms.Form):
    """An address to mark."""

    address = forms.CharField(label=_("Address"), max_length=2000, widget=forms.URLInput(attrs=_ADDRESS))

    def __init__(self, *args: Any, allowed: dict[str, tuple[str, ...]], **options: Any) -> None:
        super().__init__(*args, **options)
        _add_parts(self, allowed)

    def tags(self) -> dict[str, str]:
        """The marks by part."""
        return {part: self.cleaned_data[part] for part in PARTS}


class ShortForm(forms.Form):
    """A short link."""

    leads_to = forms.CharField(label=_("Leads to"), max_length=2000, widget=forms.URLInput(attrs=_ADDRESS))
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("What you call it here."))
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "max": "2199-12-31"}),
        help_text=_("Empty: without end. Afterwards it says that it is over."),
    )

    def ends_at(self, zone: str) -> datetime | None:
        """The end of the last day, where clocks show that zone."""
        day = self.cleaned_data["ends_on"]
        return datetime.combine(day, time.max, ZoneInfo(zone)) if day else None


class NewShortForm(ShortForm):
    """One that does not exist yet."""

    code = forms.CharField(
        label=_("Its last part"),
        max_length=40,
        required=False,
        help_text=_("Letters, digits and dashes. Empty: one is drawn."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    field_order = ("leads_to", "code", "name", "ends_on")


def _add_parts(form: forms.Form, allowed: dict[str, tuple[str, ...]]) -> None:
    """A field for each mark: a choice where values were agreed on, else a line."""
    for part in PARTS:
        if allowed[part]:
            choices = [("", "–"), *((value, value) for value in allowed[part])]
            form.fields[part] = forms.ChoiceField(label=_LABELS[part], choices=choices, required=False)
        else:
            form.fields[part] = forms.CharField(label=_LABELS[part], max_length=60, required=False)
