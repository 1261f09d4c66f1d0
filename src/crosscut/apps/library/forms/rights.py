"""The forms of licences, consents and questions about rights."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.forms.assets import words_in
from crosscut.apps.library.models import Asset, Licence, Subject
from crosscut.apps.library.services.clear import Terms
from crosscut.apps.library.services.consents import Agreement
from crosscut.apps.library.services.read import metadata_of, own_terms
from crosscut.channels import registry
from crosscut.kernel.money import parse_amount, plain_amount


def _channel_choices() -> list[tuple[str, str]]:
    return list(registry.places().items())


class ScopeForm(forms.Form):
    """Where, for what and when."""

    starts_on = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day it may be live. Empty: without end."),
    )
    territories = forms.CharField(
        label=_("Countries"), required=False, help_text=_("Two-letter codes with commas: DE, KE. Empty: worldwide.")
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        required=False,
        choices=_channel_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every channel."),
    )
    uses = forms.MultipleChoiceField(
        label=_("For what"),
        required=False,
        choices=Licence.Use.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every use."),
    )

    def values(self) -> dict[str, Any]:
        """What was entered, with the countries apart."""
        return {**self.cleaned_data, "territories": words_in(self.cleaned_data["territories"])}


class LicenceForm(ScopeForm):
    """A licence as a person enters it."""

    holder = forms.CharField(label=_("Who owns the rights"), max_length=200)
    terms = forms.CharField(
        label=_("What was agreed"), max_length=200, help_text=_("“CC BY 4.0”, “Own work”, a contract.")
    )
    terms_url = forms.URLField(label=_("Address of the terms"), required=False, max_length=500, assume_scheme="https")
    credit_line = forms.CharField(label=_("Credit that must be printed"), required=False, max_length=300)
    right = forms.ChoiceField(
        label=_("What it covers"),
        required=False,
        choices=Licence.Right.choices,
        help_text=_("Music has two rights: the composition and the recording."),
    )
    edits = forms.ChoiceField(label=_("Changes"), required=False, choices=Licence.Edits.choices)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    cost = forms.CharField(label=_("What it cost"), required=False, max_length=30)
    renewal = forms.ChoiceField(label=_("When it ends"), required=False, choices=Licence.Renewal.choices)
    notice_on = forms.DateField(
        label=_("Renew or end it by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("You are reminded on the first page."),
    )
    field_order = (
        "holder",
        "terms",
        "terms_url",
        "credit_line",
        "right",
        "edits",
        "starts_on",
        "ends_on",
        "renewal",
        "notice_on",
        "cost",
    )

    def __init__(self, *args: Any, currency: str = "EUR", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency = currency
        self.fields["cost"].help_text = currency

    @classmethod
    def proposed(cls, asset: Asset) -> "LicenceForm":
        """An empty form, or one with what the file says of itself when nobody has entered a licence yet."""
        terms = own_terms(metadata_of(asset.current)) if asset.current and not asset.licences.all() else None
        return cls.with_terms(asset, terms) if terms else cls(prefix="licence", currency=asset.workspace.currency)

    @classmethod
    def with_terms(cls, asset: Asset, terms: Terms) -> "LicenceForm":
        """The form with these terms filled in."""
        initial = {**asdict(terms), "territories": ", ".join(terms.territories)}
        return cls(initial=initial, prefix="licence", currency=asset.workspace.currency)

    @classmethod
    def of(cls, licence: Licence) -> "LicenceForm":
        """The form as the licence is now."""
        currency = licence.currency or licence.asset.workspace.currency
        cost = "" if licence.cost_minor is None else plain_amount(licence.cost_minor, currency)
        initial = {name: getattr(licence, name) for name in cls.base_fields if name != "cost"}
        initial |= {"territories": ", ".join(licence.territories), "cost": cost}
        return cls(initial=initial, prefix=f"licence-{licence.pk}", currency=currency)

    def entered(self) -> Terms:
        """What was entered. Raises Invalid for a cost that is no amount."""
        values = self.values()
        cost = values.pop("cost").strip()
        cost_minor = parse_amount(cost, self._currency, where="cost") if cost else None
        currency = self._currency if cost else ""
        edits = self.cleaned_data["edits"] or Licence.Edits.ANY
        return Terms(**{**values, "edits": edits, "cost_minor": cost_minor, "currency": currency})


class ConsentForm(ScopeForm):
    """What a person agreed to."""

    agreed = forms.CharField(
        label=_("What was agreed"),
        max_length=300,
        help_text=_("And where that is kept: “Release of 3 May, signed on paper, folder 12”."),
    )
    field_order = ("agreed", "starts_on", "ends_on")

    def entered(self) -> Agreement:
        """What was entered."""
        return Agreement(**self.values())


class SubjectForm(forms.Form):
    """Who or what can be recognised."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Who or what it is"), choices=Subject.Kind.choices)


class EmbargoForm(forms.Form):
    """Until when nobody may see it, by the clocks of the workspace."""

    until = forms.DateTimeField(
        label=_("Nobody may see it before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=_("In the workspace's time zone. Empty: no embargo."),
    )

    @classmethod
    def of(cls, asset: Asset) -> "EmbargoForm":
        """The form as the asset is now."""
        zone = ZoneInfo(asset.workspace.time_zone)
        until = asset.embargo_until.astimezone(zone).replace(tzinfo=None) if asset.embargo_until else None
        return cls(initial={"until": until}, prefix="embargo")

    def moment(self, workspace: Workspace) -> datetime | None:
        """What was entered, as a moment."""
        until: datetime | None = self.cleaned_data["until"]
        return until.replace(tzinfo=ZoneInfo(workspace.time_zone)) if until else None
