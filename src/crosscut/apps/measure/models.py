"""Measured values. A missing value is not zero: there is simply no row."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.publish.models import Target


class Sample(models.Model):
    """One value of one metric of one target, as its source told it at one time."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="samples")
    metric = models.CharField(max_length=60)  # a definition's key: "bluesky.likes"
    value = models.BigIntegerField()  # the running total at that time
    sampled_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["target", "metric", "-sampled_at"])]

    def __str__(self) -> str:
        return f"{self.metric} = {self.value}"


class DaySalt(models.Model):
    """What the hashes of one day's listeners are made with. Deleted with them on the next day."""

    day = models.DateField(unique=True)
    salt = models.BinaryField()

    def __str__(self) -> str:
        return f"The salt of {self.day}"


class Listener(models.Model):
    """That somebody had an episode today: a salted hash that nobody can trace back, for a day at most."""

    day = models.DateField(db_index=True)
    mark = models.BinaryField(unique=True)

    def __str__(self) -> str:
        return f"A listener of {self.day}"


class PageCount(models.Model):
    """Visits to one page of our own on one day: a number and nothing about the visitor."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="page_counts")
    path = models.CharField(max_length=300)
    day = models.DateField()
    metric = models.CharField(max_length=60)  # "site.page_views", "podcast.downloads"
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "path", "day", "metric"], name="page_count_once")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.path} on {self.day}: {self.value}"
