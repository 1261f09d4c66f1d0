"""What the files take: how much each sort may, how much it took on each day, and what lies in the cold."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Workspace


class StorageClass(models.TextChoices):
    """Sorts of files, by what losing one would mean."""

    MASTERS = "masters", "Masters"  # what people brought; irreplaceable
    RENDITIONS = "renditions", "Files for posts"  # made for a channel; can be made again
    PREVIEWS = "previews", "Previews"  # what our own pages show; can be made again


class StorageBudget(models.Model):
    """How much one sort of a workspace's files may take."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="storage_budgets")
    storage_class = models.CharField(max_length=12, choices=StorageClass.choices)
    limit_bytes = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "storage_class"], name="storage_budget_once")]

    def __str__(self) -> str:
        return f"{self.get_storage_class_display()} of {self.workspace}"


class StorageDay(models.Model):
    """What one sort of a workspace's files took at the end of a day."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="storage_days")
    storage_class = models.CharField(max_length=12, choices=StorageClass.choices)
    day = models.DateField()
    size_bytes = models.BigIntegerField()
    file_count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "storage_class", "day"], name="storage_day_once")]
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.get_storage_class_display()} of {self.workspace} on {self.day}"


class ColdFile(models.Model):
    """A stored file that was moved to the second, slower place. Written when it is safely there."""

    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    moved_at = models.DateTimeField(db_default=Now())
    wanted_at = models.DateTimeField(null=True, blank=True)  # somebody asked for it: it is being brought back

    def __str__(self) -> str:
        return self.sha256
