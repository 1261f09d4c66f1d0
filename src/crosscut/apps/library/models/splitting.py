"""Long renders that several workers make in parts."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.library.models.assets import Version


class SplitRender(models.Model):
    """One long film on its way, in parts. It is gone when the film is whole; its made parts survive any death."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="split_renders")
    name = models.CharField(max_length=64, unique=True)  # of the source and the division: the same work has one row
    source_sha256 = models.CharField(max_length=64)  # what is decoded: the master, or the film in another shape
    division = models.JSONField()  # media Division as data
    is_stopped = models.BooleanField(default=False)  # whoever asked for it asked for an end
    is_paused = models.BooleanField(default=False)  # or for a rest
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.version} in parts"


class SplitPart(models.Model):
    """One part, made by one worker at a time."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    render = models.ForeignKey(SplitRender, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()  # media Part.number
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    token = models.CharField(max_length=32, blank=True)  # of the worker who has it; another's result does not count
    tries = models.PositiveSmallIntegerField(default=0)
    done_permille = models.PositiveSmallIntegerField(default=0)  # 0 to 1000
    beat_at = models.DateTimeField(null=True)  # last sign of life of who has it
    sha256 = models.CharField(max_length=64, blank=True)  # of the made part, in the store
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["render", "number"], name="split_part_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"part {self.number} of {self.render}"
