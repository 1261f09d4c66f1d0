"""Findings as they were when an edition was checked, and signed exceptions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.produce.models import Edition, Market, Piece


class Check(models.Model):
    """What preflight said about an edition for one post type, at one time."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="checks")
    post_type = models.CharField(max_length=80)  # "bluesky/images"
    for_at = models.DateTimeField()  # the publishing time the rights were judged for
    findings = models.JSONField(default=list)  # kernel Findings as data, worst first
    blocking_count = models.PositiveSmallIntegerField()
    checked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "post_type"], name="check_once")]

    def __str__(self) -> str:
        return f"{self.post_type}: {self.blocking_count} blocking"


class Waiver(models.Model):
    """A senior's signed exception from one blocking finding, with its reason and end."""

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="waivers")
    code = models.CharField(max_length=60)  # a finding's code
    where = models.CharField(max_length=120, blank=True)  # a finding's where; empty: anywhere in the piece
    reason = models.TextField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="waivers")
    at = models.DateTimeField(db_default=Now())
    ends_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.code} waived by {self.member} until {self.ends_on}"


class ClosedTime(models.Model):
    """When nothing is meant to go out, as clocks in the workspace's zone show it: whole days, or hours of days."""

    class Kind(models.TextChoices):
        DAYS = "days", "Blackout dates"
        HOURS = "hours", "Quiet hours"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="closed_times")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80)  # "Election day", "Nights"
    starts_on = models.DateField(null=True, blank=True)  # days: the first
    ends_on = models.DateField(null=True, blank=True)  # days: the last
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)  # hours: 0 Monday; empty: all
    from_time = models.TimeField(null=True, blank=True)  # hours: when they begin
    until_time = models.TimeField(null=True, blank=True)  # hours: when they end, on the next day if that is earlier
    is_strict = models.BooleanField(default=False)  # nothing can be scheduled there; else one is warned
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="days", starts_on__isnull=False, ends_on__gte=models.F("starts_on"))
                | models.Q(kind="hours", from_time__isnull=False, until_time__isnull=False),
                name="closed_time_whole",
            )
        ]
        ordering = ["kind", "starts_on", "from_time", "id"]

    def __str__(self) -> str:
        return self.name


class HolidayCalendar(models.Model):
    """The holidays of a country or a part of it that a workspace keeps in sight, and what they mean for its posts."""

    class Effect(models.TextChoices):
        SHOW = "show", _("shown on the calendar")
        WARN = "warn", _("one is warned")
        CLOSE = "close", _("nothing can be scheduled")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="holiday_calendars")
    market = models.ForeignKey(Market, models.CASCADE, null=True, blank=True, related_name="holiday_calendars")
    country = models.CharField(max_length=2)  # ISO 3166-1
    part = models.CharField(max_length=10, blank=True)  # ISO 3166-2 without the country: "BY"; empty: the whole country
    effect = models.CharField(max_length=5, choices=Effect.choices, default=Effect.SHOW)
    set_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "country", "part"], name="holidays_once_per_market"),
            models.UniqueConstraint(
                fields=["workspace", "country", "part"],
                condition=models.Q(market=None),
                name="holidays_once_per_workspace",
            ),
        ]
        ordering = ["country", "part", "id"]

    def __str__(self) -> str:
        return "-".join(name for name in (self.country, self.part) if name)


class ForeignCalendar(models.Model):
    """A calendar kept elsewhere whose events stand beside the posts: an address of a file, or a CalDAV collection."""

    class Kind(models.TextChoices):
        FILE = "file", _("an address of a calendar file")
        CALDAV = "caldav", _("a calendar on a CalDAV server")

    Effect = HolidayCalendar.Effect

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="foreign_calendars")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    host = models.CharField(max_length=260)  # of its address, which itself is a secret: many carry one
    sealed = models.BinaryField()  # address, user, password
    effect = models.CharField(max_length=5, choices=Effect.choices, default=Effect.SHOW)
    next_at = models.DateTimeField()  # when the ticker has it read again
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    problem = models.CharField(max_length=1000, blank=True)  # why it could not be read last time, in plain words
    read_at = models.DateTimeField(null=True, blank=True)  # when it was read last
    changed_at = models.DateTimeField(db_default=Now())  # when its events, or what they mean, changed last
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["next_at"])]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class ForeignEvent(models.Model):
    """One time of an event in such a calendar, as it was read last."""

    calendar = models.ForeignKey(ForeignCalendar, models.CASCADE, related_name="events")
    title = models.CharField(max_length=300, blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()  # the first moment after it
    is_all_day = models.BooleanField(default=False)  # whole days, by the workspace's clocks
    is_busy = models.BooleanField(default=True)  # it takes time: only such an event can close it

    class Meta:
        indexes = [models.Index(fields=["calendar", "start_at"])]
        ordering = ["start_at", "id"]

    def __str__(self) -> str:
        return f"{self.title} at {self.start_at}"
