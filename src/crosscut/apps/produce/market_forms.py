"""The form of a market. It shapes what was typed; the service decides whether it is right."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.produce.models import Market
from crosscut.apps.produce.services.markets import Wish
from crosscut.channels.icons import name_of
from crosscut.kernel.zones import zone_names

_ZONES = [("", _("The workspace's")), *((name, name.replace("_", " ")) for name in sorted(zone_names()))]


class MarketForm(forms.Form):
    """What posts in a language are held to."""

    language = forms.CharField(
        label=_("Language"),
        required=False,
        max_length=12,
        help_text=_("A code: de-AT. Empty: every language; only lines can be said for all."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    legal_lines = forms.CharField(
        label=_("Lines that have to stand in every text"),
        required=False,
        help_text=_("One a line: Anzeige, or who is responsible. A post without them does not go out."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    territory = forms.CharField(
        label=_("Country"),
        required=False,
        max_length=2,
        help_text=_("A code: AT. Rights are asked for there. Empty: the workspace's."),
    )
    time_zone = forms.ChoiceField(label=_("By whose clocks posts are planned"), required=False, choices=_ZONES)
    accounts = forms.TypedMultipleChoiceField(
        label=_("Accounts that speak it"),
        required=False,
        coerce=int,
        help_text=_(
            "These are ticked when a piece in this language is scheduled, and those of other languages are not."
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        accounts = [(row.pk, f"{row.name} ({name_of(row.channel)})") for row in accounts_for(by)]
        self.fields["accounts"].choices = accounts  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: Market) -> dict[str, Any]:
        """What stands in the form before anybody changes it."""
        said = {name: getattr(row, name) for name in ("language", "territory", "time_zone")}
        return {**said, "legal_lines": "\n".join(row.legal_lines), "accounts": [one.pk for one in row.accounts.all()]}

    def wish(self) -> Wish:
        """What the service takes."""
        said = self.cleaned_data
        return Wish(
            language=said["language"],
            territory=said["territory"].upper(),
            time_zone=said["time_zone"],
            legal_lines=tuple(said["legal_lines"].splitlines()),
            accounts=tuple(said["accounts"]),
        )
