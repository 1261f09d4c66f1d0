"""The calendar: weekly slots, layouts kept under a name, and its address for other programs."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Account, Member, Workspace


class Timetable(models.Model):
    """When an account publishes each week, or every account without a timetable of its own."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="timetables")
    account = models.OneToOneField(Account, models.CASCADE, null=True, related_name="timetable")  # null: the others'
    zone = models.CharField(max_length=64)  # IANA: where its slots' clock hangs

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(account=None), name="timetable_once_per_workspace"
            )
        ]

    def __str__(self) -> str:
        return f"timetable of {self.account or self.workspace}"


class Slot(models.Model):
    """One weekly place of a timetable that a post can take."""

    timetable = models.ForeignKey(Timetable, models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    at = models.TimeField()  # as clocks in the timetable's zone show it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["timetable", "weekday", "at"], name="slot_once"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="slot_weekday"),
        ]
        ordering = ["weekday", "at"]

    def __str__(self) -> str:
        return f"{self.weekday} {self.at:%H:%M}"


class CalendarView(models.Model):
    """A layout and filters of the calendar that somebody kept under a name. Shared ones are everybody's here."""

    class Layout(models.TextChoices):
        MONTH = "dayGridMonth", _("Month")
        WEEK = "timeGridWeek", _("Week")
        DAY = "timeGridDay", _("Day")
        LIST = "listWeek", _("List")
        BOARD = "board", _("Board")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="calendar_views")
    member = models.ForeignKey(Member, models.CASCADE, related_name="calendar_views")
    name = models.CharField(max_length=80)
    layout = models.CharField(max_length=12, choices=Layout.choices)
    filters = models.JSONField(default=dict)  # as the address says them: {"channel": "bluesky", "campaign": "7"}
    is_shared = models.BooleanField(default=False)
    begun_by = models.ManyToManyField(Member, related_name="first_views", blank=True)  # whose calendar begins with it
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="calendar_view_once")]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """A secret address at which a member's calendar program reads the workspace's posts."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="calendar_feed")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)  # when a program last asked

    def __str__(self) -> str:
        return f"calendar of {self.member}"
