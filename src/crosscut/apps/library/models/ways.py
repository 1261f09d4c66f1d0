"""Places outside from which files come by themselves."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.work.models import Job


class WayIn(models.Model):
    """One place that is looked into again and again, on behalf of the member who set it up."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("Watched folder")
        MAIL = "mail", _("Mailbox")
        BUCKET = "bucket", _("S3 bucket")
        CARD = "card", _("Camera cards")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="ways_in")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict)  # nothing secret; each kind's `checked` says what is in it
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
        if self.kind == self.Kind.BUCKET:
            return f"{told['bucket']}/{told['prefix']}" + (f", {told['endpoint']}" if told["endpoint"] else "")
        return str(told.get("path") or f"{told.get('user')}, {told.get('host')}")


class WayItem(models.Model):
    """Something that was seen there, so that nothing is taken twice, whoever restarts when."""

    way = models.ForeignKey(WayIn, models.CASCADE, related_name="items")
    name = models.CharField(max_length=1100)  # the path inside the folder; the message's number; the object's name
    mark = models.CharField(max_length=100)  # what would differ if it were changed: size and time
    noticed_at = models.DateTimeField()  # when this mark was seen first
    is_taken = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "name"], name="way_item_once")]

    def __str__(self) -> str:
        return self.name


class Card(models.Model):
    """A camera card that was inserted, known again by its oldest shot until it is formatted."""

    way = models.ForeignKey(WayIn, models.CASCADE, related_name="cards")
    key = models.CharField(max_length=16)  # media.cards.Card.key
    label = models.CharField(max_length=200)  # its folder's name at the last insertion
    layout = models.CharField(max_length=200)  # the folders by which it was known
    count = models.PositiveIntegerField(default=0)  # shots on it at the last look
    size_bytes = models.BigIntegerField(default=0)  # of these
    first_seen_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField()  # the last look at which it was there
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")  # that compares it, or did last
    compared_at = models.DateTimeField(null=True)  # when all of it was read again and compared with the library
    lacking = models.JSONField(default=list)  # paths on it that the library did not have then, whole
    state = models.CharField(max_length=16, blank=True)  # media.cards.Card.state at the last look
    compared_state = models.CharField(max_length=16, blank=True)  # what it was when it was compared

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "key"], name="card_once")]
        ordering = ["-seen_at", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def may_be_formatted(self) -> bool:
        """Whether at the last comparison everything that is on it now was in the library, byte for byte."""
        return bool(self.compared_at) and not self.lacking and self.compared_state == self.state


class Together(models.Model):
    """Files of a card that belong together: a raw file and its picture, a burst, a recording in several files."""

    class Kind(models.TextChoices):
        PAIR = "pair", _("Raw file and picture")
        BURST = "burst", _("Burst")
        CLIP = "clip", _("One recording in several files")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="groups_of_shots")
    card = models.ForeignKey(Card, models.SET_NULL, null=True, related_name="groups")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = models.CharField(max_length=200)  # what the camera calls it
    is_sure = models.BooleanField(default=True)  # False where only size and number of the files hint at it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "kind", "name"], name="together_once")]

    def __str__(self) -> str:
        return self.name
