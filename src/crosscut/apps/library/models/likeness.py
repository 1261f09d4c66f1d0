"""What versions look like, so that the same picture is found again in another file."""

from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Cast

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.models.assets import Version


def now_writing() -> Cast:
    """The number of the transaction that writes: who keeps a copy of the rows reads those that may be newer by it."""
    return Cast(Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField())


class Fingerprint(models.Model):
    """What a version looks like (media `Fingerprint`), and when and by which camera it was taken.

    Every version gets a row, one with nothing to see an empty one: so that what is missing is what nobody looked at.
    """

    version = models.OneToOneField(Version, models.CASCADE, primary_key=True, related_name="fingerprint")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    maker = models.PositiveSmallIntegerField()  # which way of looking it was made by
    is_film = models.BooleanField(default=False)
    whole = models.BigIntegerField(default=0)  # 64 bits as a signed number; 0: nothing to see
    parts = models.BinaryField(default=bytes)  # 16 hashes of 8 bytes, big-endian
    sketch = models.BinaryField(default=bytes)
    colours = models.JSONField(default=list)  # media Swatches as data, the largest first
    hues = models.IntegerField(default=0)  # bits of `colours.HUES`
    seen_text = models.TextField(blank=True)  # words that stand in the picture
    reader = models.PositiveSmallIntegerField(default=0, db_default=0)  # who read them; 0: nobody yet
    pixels_sha256 = models.CharField(max_length=64, blank=True)  # empty until somebody had to know
    camera = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)
    is_compared = models.BooleanField(default=False, db_default=False)  # with all that was here
    written_in = models.BigIntegerField(db_default=now_writing())

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "written_in"]),
            models.Index(F("workspace"), F("camera"), F("taken_at"), name="fingerprint_taken"),
            models.Index(fields=["version"], condition=models.Q(is_compared=False), name="fingerprint_not_compared"),
            models.Index(fields=["reader", "-version"], name="fingerprint_unread"),
        ]

    def __str__(self) -> str:
        return f"Looks of {self.version}"
