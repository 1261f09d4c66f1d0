"""Calendar rules in words: “every Monday and Thursday at 09:00, until 24 December 2026”."""

from datetime import date, datetime

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crosscut.apps.publish.models import Series
from crosscut.kernel import calendar_rules
from crosscut.kernel.calendar_rules import Parts, parse_rule


def rule_in_words(rule: str, wall_time: datetime, ends_on: date | None) -> str:
    """What the canonical rule says, with its time of day and its end."""
    parts = parse_rule(rule).parts
    told = {"days": _days(parts, wall_time) or _("by the rule %(rule)s") % {"rule": rule}, "time": f"{wall_time:%H:%M}"}
    if ends_on is None:
        return _("%(days)s at %(time)s") % told
    return _("%(days)s at %(time)s, until %(day)s") % {**told, "day": date_format(ends_on, "j F Y")}


def words_of(series: Series | None) -> str:
    """The same of a series; empty for none."""
    if series is None:
        return ""
    return rule_in_words(series.rule, datetime.fromisoformat(series.wall_time), series.ends_on)


def _days(parts: Parts, wall_time: datetime) -> str:
    """On which days; empty where no plain sentence says it."""
    says = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}
    number = int(parts.get("INTERVAL", ("1",))[0])
    allowed = {"FREQ", "INTERVAL", "WKST", "BYDAY", "BYMONTHDAY"}
    return says[parts["FREQ"][0]](parts, wall_time, number) if set(parts) <= allowed else ""


def _daily(parts: Parts, wall_time: datetime, number: int) -> str:
    if "BYDAY" in parts:
        return _("every %(days)s") % {"days": _joined([_weekday(day) for day in parts["BYDAY"]])}
    return ngettext("every day", "every %(n)d days", number) % {"n": number}


def _weekly(parts: Parts, wall_time: datetime, number: int) -> str:
    days = parts.get("BYDAY") or (calendar_rules.WEEKDAYS[wall_time.weekday()],)
    ordered = sorted(days, key=calendar_rules.WEEKDAYS.index)
    told = {"n": number, "days": _joined([_weekday(day) for day in ordered])}
    return ngettext("every %(days)s", "every %(n)d weeks on %(days)s", number) % told


def _monthly(parts: Parts, wall_time: datetime, number: int) -> str:
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        return ""
    if "BYDAY" in parts:
        days = [_of_month(day) for day in parts["BYDAY"]]
        if not all(days):
            return ""
        on = _joined(days)
    else:
        on = _joined([_day_of_month(int(day)) for day in parts.get("BYMONTHDAY", (str(wall_time.day),))])
    return ngettext("every month on %(on)s", "every %(n)d months on %(on)s", number) % {"n": number, "on": on}


def _yearly(parts: Parts, wall_time: datetime, number: int) -> str:
    if "BYDAY" in parts or "BYMONTHDAY" in parts:
        return ""
    on = pgettext("day and month", "%(day)d %(month)s") % {"day": wall_time.day, "month": MONTHS[wall_time.month]}
    return ngettext("every year on %(on)s", "every %(n)d years on %(on)s", number) % {"n": number, "on": on}


def _of_month(day: str) -> str:
    """“the second Tuesday”; empty for what is every one of the month."""
    ordinal, name = day[:-2].lstrip("+"), _weekday(day[-2:])
    words = {
        "1": _("the first %(day)s"),
        "2": _("the second %(day)s"),
        "3": _("the third %(day)s"),
        "4": _("the fourth %(day)s"),
        "5": _("the fifth %(day)s"),
        "-1": _("the last %(day)s"),
        "-2": _("the last %(day)s but one"),
    }
    return words[ordinal] % {"day": name} if ordinal in words else ""


def _day_of_month(day: int) -> str:
    if day > 0:
        return _("day %(day)d") % {"day": day}
    return _("the last day") if day == -1 else _("day %(day)d from its end") % {"day": -day}


def _weekday(day: str) -> str:
    return str(WEEKDAYS[calendar_rules.WEEKDAYS.index(day[-2:])])


def _joined(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
