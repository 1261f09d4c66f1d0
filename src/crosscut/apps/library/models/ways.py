"""Places outside from which files come by themselves."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace


class WayIn(models.Model):
    """One place that is looked into again and again, on behalf of the member who set it up."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("Watched folder")
        MAIL = "mail", _("Mailbox")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="ways_in")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict)  # nothing secret: path; or host, port, user, folder, senders
    secrets = models.BinaryField(default=bytes)  # sealed as accounts' are
    created_by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    is_on = models.BooleanField(default=True)
    looked_at = models.DateTimeField(null=True)  # the last look that went well
    problem = models.CharField(max_length=1000, blank=True)  # of the last look, in plain words
    taken = models.PositiveIntegerField(default=0)  # files that came this way

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where it is, for a person."""
        told = self.settings
        return str(told.get("path") or f"{told.get('user')}, {told.get('host')}")


class WayItem(models.Model):
    """Something that was seen there, so that nothing is taken twice, whoever restarts when."""

    way = models.ForeignKey(WayIn, models.CASCADE, related_name="items")
    name = models.CharField(max_length=1000)  # the path inside the folder; the message's number
    mark = models.CharField(max_length=100)  # what would differ if it were changed: size and time
    noticed_at = models.DateTimeField()  # when this mark was seen first
    is_taken = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "name"], name="way_item_once")]

    def __str__(self) -> str:
        return self.name
