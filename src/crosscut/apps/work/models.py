"""Long work, as a person sees it. The queue's own tables are Procrastinate's."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace


class Job(models.Model):
    """One piece of long work. Survives restarts."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="jobs")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)  # "ingest", "render", "publish", "report"
    subject = models.CharField(max_length=60, blank=True)  # "piece:12"
    label = models.CharField(max_length=200)  # "Adding 14 files"
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done_permille = models.PositiveSmallIntegerField(default=0)  # 0 to 1000
    step = models.CharField(max_length=200, blank=True)  # what is being done now
    problem = models.CharField(max_length=1000, blank=True)
    result = models.JSONField(default=dict)
    is_cancel_requested = models.BooleanField(default=False)
    is_pause_requested = models.BooleanField(default=False)  # it rests, with its place among the running, until told
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)  # last sign of life of whoever works on it
    ended_at = models.DateTimeField(null=True, blank=True)

    PAUSABLE = frozenset({"render"})  # kinds whose work rests when it is asked to

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "-created_at"])]

    def __str__(self) -> str:
        return self.label
