"""Posts by a calendar rule."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Account, Member, Workspace
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.publish.models.ledger import Target


class Series(models.Model):
    """Posts of a piece on an account by a calendar rule: made some weeks ahead, each a post like any other.

    Its posts show the edition that was approved for it, whatever becomes of the piece, until somebody takes over the
    piece as it is then.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="series")
    piece = models.ForeignKey(Piece, models.PROTECT, related_name="series")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="series")  # what its next posts show
    account = models.ForeignKey(Account, models.PROTECT, related_name="series")
    rule = models.CharField(max_length=300)  # RFC 5545, without an end: "FREQ=WEEKLY;BYDAY=MO,TH"
    wall_time = models.CharField(max_length=19)  # from when on, as clocks show it; its dates have this time of day
    zone = models.CharField(max_length=64)  # IANA
    ends_on = models.DateField(null=True, blank=True)  # the last day that may have a date; null: no end
    made_through = models.CharField(max_length=19, blank=True)  # the last date that was written down
    next_at = models.DateTimeField(null=True, blank=True)  # when the ticker looks at it again; null: no dates are left
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")  # whose posts these are
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)  # when somebody ended it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["piece", "account", "rule", "wall_time", "zone"],
                name="series_running_once",
                condition=models.Q(ended_at=None),
            )
        ]
        indexes = [models.Index(fields=["next_at"]), models.Index(fields=["workspace", "ended_at"])]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.piece} on {self.account}, {self.rule}"


class SeriesDate(models.Model):
    """One date of a series and what became of it. A date is written down once, with its post or the reason for none."""

    class Why(models.TextChoices):
        LEFT_OUT = "left_out", _("Left out")
        CLOCKS = "clocks", _("Clocks skip this time")
        CLOSED = "closed", _("Nothing may go out then")
        PASSED = "passed", _("Passed before it could be made")

    series = models.ForeignKey(Series, models.CASCADE, related_name="dates")
    wall_time = models.CharField(max_length=19)  # as the rule says; the post may have been moved since
    target = models.OneToOneField(Target, models.PROTECT, null=True, related_name="series_date")
    why_none = models.CharField(max_length=8, choices=Why.choices, blank=True)  # why there is no post

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "wall_time"], name="series_date_once")]
        ordering = ["wall_time"]

    def __str__(self) -> str:
        return f"{self.wall_time} of {self.series}"
