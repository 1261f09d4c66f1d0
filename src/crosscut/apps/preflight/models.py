"""Findings as they were when an edition was checked, and signed exceptions."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.models import Edition, Piece


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
