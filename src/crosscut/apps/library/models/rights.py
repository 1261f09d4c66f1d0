"""What may be done with assets: licences, consents of who is shown, and the answers that were given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset


class Licence(models.Model):
    """What may be done with an asset: who allows it, where, on which channels, from when until when."""

    class Right(models.TextChoices):
        WHOLE = "", _("The whole work")
        SYNC = "sync", _("The composition (sync)")
        MASTER = "master", _("The recording (master)")

    class Use(models.TextChoices):
        ORGANIC = "organic", _("Unpaid posts")
        PAID = "paid", _("Paid promotion")
        PRESS = "press", _("Press")

    class Edits(models.TextChoices):
        ANY = "any", _("May be changed")
        CROP = "crop", _("May be cropped, no other change")
        NONE = "none", _("Only as it is")

    class Renewal(models.TextChoices):
        NONE = "", _("Ends by itself")
        ASK = "ask", _("Can be renewed: ask in time")
        AUTOMATIC = "auto", _("Goes on unless it is ended in time")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="licences")
    holder = models.CharField(max_length=200)  # who owns the rights
    terms = models.CharField(max_length=200)  # "CC BY 4.0", "Model release and buy-out"
    terms_url = models.URLField(max_length=500, blank=True)
    credit_line = models.CharField(max_length=300, blank=True)  # what must be printed
    territories = ArrayField(models.CharField(max_length=2), default=list, blank=True)  # ISO 3166-1; empty: worldwide
    channels = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # channel slugs; empty: all
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day it may be live
    right = models.CharField(max_length=12, choices=Right.choices, default=Right.WHOLE, blank=True)
    uses = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # empty: every use
    edits = models.CharField(max_length=4, choices=Edits.choices, default=Edits.ANY)
    note = models.TextField(blank=True)
    cost_minor = models.BigIntegerField(null=True, blank=True)  # what it cost, in cents and the like; None: not entered
    currency = models.CharField(max_length=3, blank=True)  # ISO 4217 of the cost
    renewal = models.CharField(max_length=4, choices=Renewal.choices, default=Renewal.NONE, blank=True)
    notice_on = models.DateField(null=True, blank=True)  # the last day to renew or to end it
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ends_on"])]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.terms} by {self.holder}"


class Subject(models.Model):
    """A person who can be recognised, or a place or thing whose owner must agree, in this workspace's assets."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        PLACE = "place", _("Place")
        THING = "thing", _("Thing or work")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="subjects")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)  # how to reach them
    assets = models.ManyToManyField(Asset, related_name="subjects")  # in which they can be recognised
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="subject_once")]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Consent(models.Model):
    """What a person, or whoever answers for a place or thing, agreed to. Withdrawn, never deleted."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="consents")
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="consents")  # None: all that show them
    agreed = models.CharField(max_length=300)  # "Release signed on paper, folder 12"
    territories = ArrayField(models.CharField(max_length=2), default=list, blank=True)  # ISO 3166-1; empty: worldwide
    channels = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # channel slugs; empty: all
    uses = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # empty: every use
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day it may be live
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.agreed} ({self.subject})"


class Paper(models.Model):
    """A contract, release or invoice kept as a file: the evidence of a licence or a consent. Never deleted."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="papers")
    licence = models.ForeignKey(Licence, models.CASCADE, null=True, related_name="papers")
    consent = models.ForeignKey(Consent, models.CASCADE, null=True, related_name="papers")
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(licence=None) ^ models.Q(consent=None), name="paper_of_licence_or_consent"
            )
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.filename


class Placement(models.Model):
    """A place outside Crosscut where somebody used an asset: a print, a partner's page, a mailing. Noted by hand."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="placements")
    place = models.CharField(max_length=200)  # "Season brochure, 4,000 printed"
    url = models.URLField(max_length=1000, blank=True)
    noted_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    noted_at = models.DateTimeField(db_default=Now())
    gone_at = models.DateTimeField(null=True, blank=True)  # not there any more

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.place


class RightsAnswer(models.Model):
    """Evidence: what the rights said when somebody, or Crosscut, asked about an asset. Written when it changes."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="rights_answers")
    about = models.CharField(max_length=80)  # what was planned: "edition:7 bluesky/images"
    asked_at = models.DateTimeField(db_default=Now())
    use = models.JSONField()  # specs Use as data
    answer = models.JSONField()  # specs Answer as data
    grounds = models.JSONField()  # specs Holdings as data: what it was decided by

    class Meta:
        indexes = [models.Index(fields=["asset", "about", "-id"])]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.answer['verdict']} to {self.about}"
