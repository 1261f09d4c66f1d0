"""Forms of collections and of the links to them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.models import CollectionLink
from crosscut.apps.library.services.showing_guests import Showing


class AboutForm(forms.Form):
    """What a collection is called and for."""

    title = forms.CharField(label=_("Title"), max_length=120)
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it is for. Guests read it too."),
    )
    search = forms.CharField(
        label=_("Filled by a search"),
        required=False,
        max_length=1000,
        help_text=_("As in the search box, such as tag:reef rights:valid. Empty: you put assets in by hand."),
    )


class ShowForm(forms.Form):
    """How a guest is to see a collection."""

    name = forms.CharField(label=_("Who is the guest?"), max_length=80)
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Until its end, at most half a year ahead."),
    )
    downloads = forms.ChoiceField(label=_("Downloads"), choices=CollectionLink.Downloads.choices)
    watermark = forms.CharField(
        label=_("Words across every preview"),
        required=False,
        max_length=60,
        help_text=_("Such as the guest's name. Downloads are without them."),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=200,
        help_text=_("Tell it the guest by another way than the link."),
    )

    def wish(self, workspace: Workspace) -> Showing:
        """What was entered; the last day ends by the workspace's clocks."""
        data = dict(self.cleaned_data)
        after = datetime.combine(data.pop("ends_on") + timedelta(days=1), time(0), ZoneInfo(workspace.time_zone))
        return Showing(ends_at=after - timedelta(seconds=1), **data)
