"""Files on their way in."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset
from crosscut.apps.work.models import Job


class Arrival(models.Model):
    """One file on its way in and what became of it. A refused one stays with its reason and is no asset."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        READING = "reading", "Being read"
        STORED = "stored", "In the library"
        DUPLICATE = "duplicate", "Already in the library"
        QUARANTINED = "quarantined", "Set aside"
        REFUSED = "refused", "Refused"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="arrivals")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="arrivals")
    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=1000)  # where the bytes wait; empty once stored or refused
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=1000, blank=True)  # in plain words
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="arrivals")
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.filename}: {self.get_state_display()}"
