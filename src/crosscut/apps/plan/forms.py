"""The forms of campaigns. They shape what was typed; the services decide whether it is right."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.plan import queries
from crosscut.apps.plan.meanings import metric_choices
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.services.campaigns import Plan
from crosscut.apps.plan.services.figures import Aim, Expense
from crosscut.kernel.errors import Invalid
from crosscut.kernel.money import parse_amount, plain_amount

_DAY = {"type": "date"}


class CampaignForm(forms.Form):
    """What a planner decides about a campaign."""

    name = forms.CharField(label=_("Name"), max_length=160)
    objective = forms.CharField(
        label=_("Objective"),
        required=False,
        max_length=2000,
        help_text=_("One sentence: what changes when this works?"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    starts_on = forms.DateField(label=_("Starts"), required=False, widget=forms.DateInput(attrs=_DAY))
    ends_on = forms.DateField(label=_("Ends"), required=False, widget=forms.DateInput(attrs=_DAY))
    budget_minor = forms.CharField(label=_("Budget"), required=False, max_length=30)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, help_text=_("A code: EUR, USD."))
    audiences = forms.TypedMultipleChoiceField(
        label=_("Audiences"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int)
    brief = forms.CharField(
        label=_("Brief"),
        required=False,
        help_text=_("What is wanted, for whoever makes it. Markdown works: **bold**, lists, links."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = members_for(by).exclude(role=Role.GUEST)
        self.fields["owner"].choices = [(row.pk, str(row.user)) for row in people]  # type: ignore[attr-defined]
        known = queries.audiences_for(by)
        self.fields["audiences"].choices = [(row.pk, row.name) for row in known]  # type: ignore[attr-defined]

    @staticmethod
    def now(by: Member, campaign: Campaign | None = None) -> dict[str, Any]:
        """What stands in the form before anybody types."""
        if campaign is None:
            return {"currency": by.workspace.currency, "owner": by.pk}
        names = ("name", "objective", "starts_on", "ends_on", "currency", "brief")
        return {
            **{name: getattr(campaign, name) for name in names},
            "budget_minor": plain_amount(campaign.budget_minor, campaign.currency) if campaign.budget_minor else "",
            "owner": campaign.owner_id,
            "audiences": list(campaign.audiences.values_list("pk", flat=True)),
        }

    def clean(self) -> dict[str, Any]:
        """The budget in the currency's smallest unit."""
        cleaned = super().clean() or {}
        cleaned["currency"] = cleaned.get("currency", "").upper()
        return {**cleaned, "budget_minor": _amount(self, "budget_minor", cleaned["currency"])}

    def differences(self, by: Member, theirs: Campaign) -> list[tuple[str, str]]:
        """Where the campaign as it is now says something else than the form: the field's label and its words there."""
        kept = self.now(by, theirs)
        typed = {**self.cleaned_data, "budget_minor": self.data.get("budget_minor", "")}
        return [
            (str(field.label), self._in_words(name, kept[name]))
            for name, field in self.fields.items()
            if _comparable(kept[name]) != _comparable(typed.get(name))
        ]

    def _in_words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        chosen = value if isinstance(value, list) else [value]
        words = [str(choices.get(one, "" if one is None else one)) for one in chosen]
        return ", ".join(filter(None, words)) or "–"

    def plan(self) -> Plan:
        """What was typed, for the service."""
        return Plan(**{**self.cleaned_data, "audiences": tuple(self.cleaned_data["audiences"])})


def _comparable(value: Any) -> Any:
    """The value without what a browser changes on its way: ends of lines, order, spaces around."""
    if isinstance(value, list):
        return sorted(value)
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


class KeyResultForm(forms.Form):
    """A number to reach."""

    name = forms.CharField(label=_("What is to be reached"), max_length=160)
    metric = forms.ChoiceField(label=_("Counted as"))
    goal = forms.DecimalField(label=_("Goal"), min_value=0, max_digits=16, decimal_places=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, f"{one.name} ({one.key.partition('.')[0]})") for one in metric_choices()]
        self.fields["metric"].choices = choices  # type: ignore[attr-defined]

    def aim(self) -> Aim:
        """What was typed, for the service."""
        return Aim(**self.cleaned_data)


class CostForm(forms.Form):
    """Money or hours that were spent."""

    label = forms.CharField(label=_("What for"), max_length=160)
    amount_minor = forms.CharField(label=_("Amount"), required=False, max_length=30)
    hours = forms.DecimalField(label=_("Hours"), required=False, min_value=0, max_digits=8, decimal_places=2)
    spent_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs=_DAY))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"spent_on": timezone.localdate()}, **kwargs})
        self._currency = currency
        self.fields["amount_minor"].help_text = currency

    def clean(self) -> dict[str, Any]:
        """The amount in the currency's smallest unit."""
        cleaned = super().clean() or {}
        return {**cleaned, "amount_minor": _amount(self, "amount_minor", self._currency)}

    def expense(self) -> Expense:
        """What was typed, for the service."""
        return Expense(**{**self.cleaned_data, "hours": self.cleaned_data["hours"] or Decimal(0)})


class AudienceForm(forms.Form):
    """For whom."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("Who they are"),
        required=False,
        max_length=5000,
        help_text=_("What they care about, where they are, what they know already."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _amount(form: forms.Form, name: str, currency: str) -> int:
    text = form.cleaned_data.get(name) or ""
    if not text.strip():
        return 0
    try:
        return parse_amount(text, currency, where=name)
    except Invalid as error:
        form.add_error(name, error.problems_in(translation)[0].message)
        return 0
