"""The forms of posts and holds. They shape what was typed; the services decide whether it is right."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.forms.fields import BaseTemporalField
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.publish.models import Copy, Hold, Target
from crosscut.apps.publish.services.keep_one import Others
from crosscut.channels.icons import name_of
from crosscut.kernel.zones import resolve

_MINUTE = "%Y-%m-%dT%H:%M"
_KNOWN = "known"


class WallTimeField(forms.DateTimeField):
    """A time as clocks show it, without a zone: the service resolves it, and says when it does not exist."""

    def to_python(self, value: str | None) -> datetime | None:  # type: ignore[override]  # no zone is put on
        moment: datetime | None = BaseTemporalField.to_python(self, value) if value else None
        if moment and not 1970 <= moment.year < 2200:
            raise forms.ValidationError(_("Choose a time that somebody living may see."))
        return moment


class MoveForm(forms.Form):
    """When a post goes out, as clocks show it in the zone that stands beside the field."""

    at = WallTimeField(
        label=_("New time"),
        input_formats=[_MINUTE, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE),
    )


class TakeDownForm(forms.Form):
    """Why something goes off the public's screens."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Kept in the post's story, for whoever asks later."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SettleForm(forms.Form):
    """What a person saw with their own eyes."""

    is_there = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[("yes", _("It is there, once")), ("no", _("It is not there"))],
        widget=forms.RadioSelect,
    )
    url = forms.URLField(
        label=_("Its address"),
        help_text=_("Open the post where the public sees it and copy the address."),
        required=False,
        max_length=300,
        assume_scheme="https",
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def clean(self) -> None:
        """What is there has an address; without it nobody could prove it."""
        if self.cleaned_data.get("is_there") == "yes" and not self.cleaned_data.get("url") and not self.errors:
            self.add_error("url", _("Give the address of the post that you found."))


class PostedForm(forms.Form):
    """Where a person posted something, or why nobody can be sent there."""

    url = forms.URLField(
        label=_("Its link"),
        help_text=_("In the app or page: Share, then Copy link."),
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off", "inputmode": "url"}),
    )
    why_no_link = forms.CharField(
        label=_("Or why it has no link"),
        help_text=_("Then it is shown as told by you, never as proven."),
        required=False,
        max_length=300,
    )


class KeepOneForm(forms.Form):
    """Which of the posts that were found is ours, and what becomes of the others."""

    keep = forms.ChoiceField(label=_("Which one is ours?"), widget=forms.RadioSelect)
    others = forms.ChoiceField(
        label=_("And the other one?"),
        choices=[(Others.TAKE_DOWN, _("Take it down")), (Others.LEAVE, _("It is gone already, or it is not ours"))],
        initial=Others.LEAVE,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: object, target: Target, copies: Iterable[Copy], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # what Django's form takes
        known = target.url or target.remote_id or _("The planned one, at its time")
        found = [("", known), *((copy.pk, copy.url or copy.remote_id) for copy in copies)]
        self.fields["keep"].choices = [(str(key or _KNOWN), words) for key, words in found]  # type: ignore[attr-defined]
        self.fields["keep"].initial = _KNOWN

    def kept(self) -> int | None:
        """The id of the copy that is ours; None for the post that is known already."""
        return None if self.cleaned_data["keep"] == _KNOWN else int(self.cleaned_data["keep"])


class HoldForm(forms.Form):
    """What to stop, and why."""

    scope = forms.ChoiceField(label=_("What is stopped"), choices=Hold.Scope.choices, widget=forms.RadioSelect)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    topic = forms.CharField(
        label=_("Topic"), help_text=_("A tag that posts carry, such as: reef"), required=False, max_length=60
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Everybody here reads this in a red bar until the hold is lifted."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, by: Member, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # what Django's form takes
        slugs = sorted(set(accounts_for(by).order_by().values_list("channel", flat=True)))
        self.fields["campaign"].choices = [("", "–"), *((str(row.pk), row.name) for row in campaigns_for(by))]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", "–"), *((slug, name_of(slug)) for slug in slugs)]  # type: ignore[attr-defined]

    def value(self) -> str:
        """The channel or topic that is held; empty for the other scopes."""
        values = {Hold.Scope.CHANNEL: "channel", Hold.Scope.TOPIC: "topic"}
        field = values.get(Hold.Scope(self.cleaned_data["scope"]))
        return str(self.cleaned_data[field]) if field else ""


def in_own_zone(target: Target, wall_time: datetime, zone: str) -> tuple[datetime, str]:
    """The same moment as clocks show it in the zone the post was planned in: moving it does not change its zone.

    Raises Invalid for a time that clocks in `zone` skip.
    """
    moment = resolve(wall_time, zone)
    own = moment.astimezone(ZoneInfo(target.zone)).replace(tzinfo=None)
    is_shown_twice = resolve(own, target.zone) != moment
    return (wall_time, zone) if is_shown_twice else (own, target.zone)
