"""The forms of publishing times: slots, blackout dates, quiet hours. The services decide whether they are right."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.rights import territory_names
from crosscut.apps.preflight.closed_times import Closing
from crosscut.apps.preflight.models import ClosedTime, ForeignCalendar, HolidayCalendar
from crosscut.apps.produce.markets import markets_for
from crosscut.apps.publish.models import Timetable
from crosscut.apps.publish.services.timetables import Weekly
from crosscut.kernel.zones import zone_names
from crosscut.specs.holidays import countries

WEEKDAYS = (
    ("monday", _("Monday")),
    ("tuesday", _("Tuesday")),
    ("wednesday", _("Wednesday")),
    ("thursday", _("Thursday")),
    ("friday", _("Friday")),
    ("saturday", _("Saturday")),
    ("sunday", _("Sunday")),
)
_ZONES = [(name, name.replace("_", " ")) for name in sorted(zone_names())]
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_TIME = {"type": "time"}
_OFF = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_DATE = {"type": "date", "min": "1970-01-01", "max": "2200-01-01"}


class TimesField(forms.CharField):
    """Times of one day: “9:00, 13.30”."""

    def clean(self, value: str) -> list[time]:
        """Them, whole minutes. Raises ValidationError naming the one that is none."""
        return [_clock(part) for part in re.split(r"[,;\s]+", super().clean(value)) if part]


class TimetableForm(forms.Form):
    """The slots of a week."""

    zone = forms.ChoiceField(label=_("Time zone"), choices=_ZONES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in WEEKDAYS:
            attributes = {"inputmode": "text", "autocomplete": "off", "placeholder": "–"}
            self.fields[name] = TimesField(
                label=label, required=False, max_length=400, widget=forms.TextInput(attrs=attributes)
            )
        self.fields["monday"].help_text = _("Times with commas between them: 9:00, 13:30, 18:00")

    @staticmethod
    def initial_of(table: Timetable | None, zone: str) -> dict[str, str]:
        """What stands in the form before anybody changes it."""
        days: dict[str, list[str]] = {name: [] for name, _label in WEEKDAYS}
        for slot in table.slots.all() if table else ():
            days[WEEKDAYS[slot.weekday][0]].append(f"{slot.at:%H:%M}")
        return {"zone": table.zone if table else zone, **{name: ", ".join(times) for name, times in days.items()}}

    def slots(self) -> list[Weekly]:
        """What was entered."""
        return [
            Weekly(weekday=number, at=at)
            for number, (name, _label) in enumerate(WEEKDAYS)
            for at in self.cleaned_data[name]
        ]


class HolidayForm(forms.Form):
    """Whose holidays are kept in sight, and what they mean."""

    country = forms.ChoiceField(label=_("Country"))
    part = forms.CharField(
        label=_("Part of it"),
        max_length=10,
        required=False,
        help_text=_("Its code, such as BY for Bavaria; empty for what holds in the whole country."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    market = forms.ChoiceField(label=_("For"), required=False)
    effect = forms.ChoiceField(label=_("What they mean"), choices=HolidayCalendar.Effect.choices, initial="show")

    def __init__(self, *args: Any, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        names = territory_names()
        known = sorted(((code, names.get(code, code)) for code in countries()), key=lambda one: one[1])
        self.fields["country"].choices = known  # type: ignore[attr-defined]
        markets = markets_for(by).exclude(language="")
        self.fields["market"].choices = [("", _("all posts")), *((str(row.pk), row.language) for row in markets)]  # type: ignore[attr-defined]
        self.fields["country"].initial = by.workspace.territory


class ForeignForm(forms.Form):
    """A calendar kept elsewhere."""

    name = forms.CharField(label=_("What it is called here"), max_length=80)
    kind = forms.ChoiceField(label=_("What it is"), choices=ForeignCalendar.Kind.choices)
    address = forms.CharField(
        label=_("Its address"),
        max_length=2000,
        help_text=_("Beginning with https:// or webcal://. It is kept encrypted, and shown to nobody again."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "none"}),
    )
    user = forms.CharField(label=_("User"), max_length=300, required=False, widget=forms.TextInput(attrs=_OFF))
    password = forms.CharField(
        label=_("Password"),
        max_length=300,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Where the calendar asks for one; best one made for Crosscut alone."),
    )
    effect = forms.ChoiceField(
        label=_("What its events mean"), choices=ForeignCalendar.Effect.choices, initial=ForeignCalendar.Effect.SHOW
    )


class BlackoutForm(forms.Form):
    """Whole days."""

    name = forms.CharField(label=_("What for"), max_length=80, help_text=_("Such as: Election day"))
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=_DATE))
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs=_DATE))
    is_strict = forms.BooleanField(label=_("Nothing can be scheduled then (else one is warned)"), required=False)

    def closing(self) -> Closing:
        """What was entered."""
        return Closing(kind=ClosedTime.Kind.DAYS, **self.cleaned_data)


class QuietForm(forms.Form):
    """Hours of days."""

    name = forms.CharField(label=_("What for"), max_length=80, help_text=_("Such as: Nights"))
    from_time = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs=_TIME))
    until_time = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(attrs=_TIME), help_text=_("On the next day when that is earlier.")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Beginning on"),
        choices=[(number, label) for number, (_name, label) in enumerate(WEEKDAYS)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every day."),
    )
    is_strict = forms.BooleanField(label=_("Nothing can be scheduled then (else one is warned)"), required=False)

    def closing(self) -> Closing:
        """What was entered."""
        data = {**self.cleaned_data, "weekdays": tuple(self.cleaned_data["weekdays"])}
        return Closing(kind=ClosedTime.Kind.HOURS, **data)


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise forms.ValidationError(_now("“%(text)s” is no time. Write it as 9:00.") % {"text": text}) from None
