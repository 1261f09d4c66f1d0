"""What versions mean, so that they are found by what they show and say in whatever words."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.models.assets import Version
from crosscut.apps.library.models.likeness import now_writing


class Meaning(models.Model):
    """The vectors of what a version shows and of what is said about it and in it, by one model.

    Vectors are kept as bytes from -127 to 127, of whatever length: only their direction counts.
    """

    version = models.OneToOneField(Version, models.CASCADE, primary_key=True, related_name="meaning")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    model = models.CharField(max_length=64)  # the SHA-256 of the model that made them
    seen = models.BinaryField(default=bytes)  # of the still, or of the film at some moments
    seen_at_ms = ArrayField(models.IntegerField(), default=list)  # which these are; -1 of a still
    told = models.BinaryField(default=bytes)  # of its descriptions, and of what is spoken in it stretch by stretch
    told_at_ms = ArrayField(models.IntegerField(), default=list)  # when each begins; -1 of a description
    told_sha256 = models.CharField(max_length=64, blank=True)  # of the texts that `told` was made of
    is_told = models.BooleanField(default=False)  # nothing was written about it since
    written_in = models.BigIntegerField(db_default=now_writing())

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "model", "written_in"], name="meaning_written"),
            models.Index(fields=["version"], condition=models.Q(is_told=False), name="meaning_not_told"),
        ]

    def __str__(self) -> str:
        return f"Meaning of {self.version}"
