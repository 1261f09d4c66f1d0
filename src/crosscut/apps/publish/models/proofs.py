"""What the public saw of a post, and what a person must take down."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models import Placement
from crosscut.apps.publish.models.ledger import Target


class Proof(models.Model):
    """What the public saw at one time, compared with what was sent."""

    class Verdict(models.TextChoices):
        SAME = "same", "As sent"
        PARTLY = "partly", "As sent, as far as it can be read"
        DIFFERS = "differs", "Differs"
        MISSING = "missing", "Not there"
        UNREADABLE = "unreadable", "Could not be read"

    target = models.ForeignKey(Target, models.CASCADE, related_name="proofs")
    at = models.DateTimeField(db_default=Now())
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    url = models.URLField(max_length=1000, blank=True)
    parts = models.JSONField(default=list)  # one per compared part: see `prove.Part`

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target", "-at"])]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} at {self.at}"


class Takedown(models.Model):
    """Something a person must take down, by a deadline: its rights end or ended, and Crosscut cannot do it itself.

    A post that could not be recalled, or a place outside Crosscut that somebody noted.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="takedowns")
    target = models.ForeignKey(Target, models.CASCADE, null=True, related_name="takedowns")
    placement = models.ForeignKey(Placement, models.CASCADE, null=True, related_name="takedowns")
    reason = models.CharField(max_length=1000)  # in plain words
    due_at = models.DateTimeField()  # it must be gone by then
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")  # null: Crosscut
    note = models.CharField(max_length=1000, blank=True)  # what the person says they did

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(target=None) ^ models.Q(placement=None), name="takedown_of_post_or_place"
            ),
            models.UniqueConstraint(
                fields=["target"], condition=models.Q(closed_at=None), name="takedown_open_once_per_post"
            ),
            models.UniqueConstraint(
                fields=["placement"], condition=models.Q(closed_at=None), name="takedown_open_once_per_place"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "due_at"])]

    def __str__(self) -> str:
        return f"{self.target or self.placement} by {self.due_at}"
