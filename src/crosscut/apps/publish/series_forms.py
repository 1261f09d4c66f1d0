"""The form of a series: how often, on which days, from when, until when. What it says becomes a calendar rule."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.publish.forms import WallTimeField
from crosscut.apps.publish.models import Series
from crosscut.apps.publish.services.series import Plan
from crosscut.apps.publish.time_forms import WEEKDAYS as NAMED_WEEKDAYS
from crosscut.kernel.calendar_rules import MOST_DATES, WEEKDAYS, parse_rule
from crosscut.kernel.zones import zone_names

_MINUTE = "%Y-%m-%dT%H:%M"
_ZONES = [(name, name.replace("_", " ")) for name in sorted(zone_names())]
_DATE = {"type": "date", "min": "1970-01-01", "max": "2200-01-01"}
_UNITS = (("DAILY", _("days")), ("WEEKLY", _("weeks")), ("MONTHLY", _("months")), ("YEARLY", _("years")))
_DAYS = [(code, label) for code, (_name, label) in zip(WEEKDAYS, NAMED_WEEKDAYS, strict=True)]
_IN_MONTH = (
    ("day", _("the same day of the month, such as the 15th")),
    ("weekday", _("the same weekday, such as the third Tuesday")),
    ("last_weekday", _("the last of that weekday")),
    ("last_day", _("the last day of the month")),
)


class RepeatForm(forms.Form):
    """When something repeats."""

    at = WallTimeField(
        label=_("First on"),
        input_formats=[_MINUTE, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE),
        help_text=_("All of them go out at this time of day."),
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=_ZONES)
    every = forms.IntegerField(
        label=_("Every"), min_value=1, max_value=99, initial=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=_UNITS, initial="WEEKLY")
    weekdays = forms.MultipleChoiceField(
        label=_("On"),
        choices=_DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of weeks. None chosen: the weekday of the first one."),
    )
    in_month = forms.ChoiceField(label=_("In a month"), choices=_IN_MONTH, initial="day", help_text=_("Of months."))
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs=_DATE))
    times = forms.IntegerField(
        label=_("Or this many times"),
        required=False,
        min_value=1,
        max_value=MOST_DATES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Neither: it goes on until somebody ends it."),
    )

    def plan(self) -> Plan:
        """What was entered."""
        told = self.cleaned_data
        rule = ";".join(part for part in (f"FREQ={told['unit']}", f"INTERVAL={told['every']}", *self._days()) if part)
        if told["times"]:
            rule += f";COUNT={told['times']}"
        return Plan(rule=rule, wall_time=told["at"], zone=told["zone"], ends_on=told["ends_on"])

    def _days(self) -> list[str]:
        told, first = self.cleaned_data, self.cleaned_data["at"]
        if told["unit"] == "WEEKLY":
            return [f"BYDAY={','.join(told['weekdays'] or [WEEKDAYS[first.weekday()]])}"]
        return [_day_in_month(told["in_month"], first)] if told["unit"] == "MONTHLY" else []


def initial_of(series: Series, wall_time: str) -> dict[str, Any]:
    """What stands in the form before somebody changes the series from that date on."""
    parts = parse_rule(series.rule).parts
    frequency, days = parts["FREQ"][0], parts.get("BYDAY", ())
    in_month = "day"
    if frequency == "MONTHLY" and days:
        in_month = "last_weekday" if days[0].startswith("-1") else "weekday"
    elif frequency == "MONTHLY" and parts.get("BYMONTHDAY") == ("-1",):
        in_month = "last_day"
    return {
        "at": datetime.fromisoformat(wall_time),
        "zone": series.zone,
        "every": int(parts.get("INTERVAL", ("1",))[0]),
        "unit": frequency,
        "weekdays": days if frequency == "WEEKLY" else (),
        "in_month": in_month,
        "ends_on": series.ends_on,
    }


def _day_in_month(which: str, first: datetime) -> str:
    weekday = WEEKDAYS[first.weekday()]
    number = (first.day - 1) // 7 + 1
    return {
        "day": f"BYMONTHDAY={first.day}",
        "weekday": f"BYDAY={number if number < 5 else -1}{weekday}",
        "last_weekday": f"BYDAY=-1{weekday}",
        "last_day": "BYMONTHDAY=-1",
    }[which]
