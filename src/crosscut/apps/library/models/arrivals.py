"""Files on their way in."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        UNPACKED = "unpacked", "Unpacked"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="arrivals")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="arrivals")
    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=1000)  # where the bytes wait; empty once stored or refused
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)  # as its sender says, hex: other bytes are not taken in
    inside_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="inside")  # the archive it was in
    tries = models.PositiveSmallIntegerField(default=0)  # how often reading it was begun; see services.ingest
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=1000, blank=True)  # in plain words
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="arrivals")
    together = models.ForeignKey("Together", models.SET_NULL, null=True, related_name="arrivals")  # on its card
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.filename}: {self.get_state_display()}"


class ArrivalEvent(models.Model):
    """One step of a file on its way: what happened to it, and when."""

    class Step(models.TextChoices):
        RECEIVED = "received", _("Received")
        READING = "reading", _("Reading begun")
        STORED = "stored", _("In the library")
        PREVIEWED = "previewed", _("Preview made")
        DUPLICATE = "duplicate", _("Already in the library")
        SET_ASIDE = "quarantined", _("Set aside")
        REFUSED = "refused", _("Refused")
        UNPACKED = "unpacked", _("Unpacked")
        RETRIED = "retried", _("Tried again")
        SENT_AGAIN = "sent_again", _("Was stuck, sent again")

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="events")
    step = models.CharField(max_length=12, choices=Step.choices)
    words = models.CharField(max_length=300, blank=True)  # what else there is to say
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.arrival_id}"
