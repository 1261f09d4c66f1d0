"""Files that are, or may be, the same thing; what people said about that, and what they made of it."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest, Least, Now

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset, Version
from crosscut.apps.library.models.metadata import ChangeSet


class TwinPair(models.Model):
    """Two versions of two assets that are alike. Which of them count is asked when they are shown."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    one = models.ForeignKey(Version, models.CASCADE, related_name="+")
    other = models.ForeignKey(Version, models.CASCADE, related_name="+")
    tier = models.PositiveSmallIntegerField()  # services.twins.Tier
    bits = models.PositiveSmallIntegerField(default=0)  # of 64 by which their hashes differ
    found_at = models.DateTimeField(db_default=Now())
    set_apart_at = models.DateTimeField(null=True, blank=True)  # somebody said that they are not the same
    set_apart_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(Least("one", "other"), Greatest("one", "other"), name="twin_pair_once")]
        indexes = [models.Index(F("workspace"), F("set_apart_at"), name="twin_pair_open")]

    def __str__(self) -> str:
        return f"{self.one} and {self.other}"


class Merge(models.Model):
    """Several assets that became one: what undoing needs."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="merges")
    kept = models.ForeignKey(Asset, models.CASCADE, related_name="merges")
    gone = models.JSONField(default=list)  # {id, title, to}: "bin", or "archive" where posts still need it
    change_set = models.ForeignKey(ChangeSet, models.SET_NULL, null=True, related_name="+")  # of the kept one's fields
    carried = models.JSONField(default=dict)  # rows that the kept one got: licences, consents, tracks, and the like
    moved = models.JSONField(default=list)  # what showed the others and shows the kept one now
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"])]

    def __str__(self) -> str:
        return f"{len(self.gone)} into {self.kept}"
