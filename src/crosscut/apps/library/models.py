"""Assets and what is known about them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.work.models import Job


class Asset(models.Model):
    """A thing in the library. Its files are versions."""

    class Kind(models.TextChoices):
        VIDEO = "video", "Video"
        AUDIO = "audio", "Audio"
        IMAGE = "image", "Picture"
        CAPTIONS = "captions", "Captions"
        DOCUMENT = "document", "Document"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="assets")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    description = models.TextField(blank=True)
    alt_text = models.TextField(blank=True)
    credit = models.CharField(max_length=300, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    current = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)  # out of sight, nothing lost
    rights_needed = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # each needs a licence
    embargo_until = models.DateTimeField(null=True, blank=True)  # nobody may see it before
    rights_changed_at = models.DateTimeField(null=True)  # when anything was written that decides what may be done
    rights_enforced_at = models.DateTimeField(null=True)  # posts were held against what was written up to then
    search = SearchVectorField(null=True)  # kept by services.describe

    class Meta:
        indexes = [
            GinIndex(fields=["search"]),
            GinIndex(fields=["tags"]),
            GinIndex(fields=["title"], name="asset_title_trigram", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["workspace", "-created_at", "-id"]),
            models.Index(fields=["workspace", "kind", "-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One immutable file of an asset, named by its content."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    filename = models.CharField(max_length=255)
    facts = models.JSONField(default=dict)  # kernel MediaFacts as data
    metadata = models.JSONField(default=dict)  # media Metadata as data
    screening = models.JSONField(null=True)  # kernel Screening as data; None until somebody has looked through it
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "number"], name="version_number_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.filename} (version {self.number})"


class Rendition(models.Model):
    """A file derived from a version by a recipe. Can be made again at any time."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="renditions")
    purpose = models.CharField(max_length=40)  # "thumbnail", "proxy", "waveform", or a post type: "bluesky/images"
    recipe = models.JSONField()
    recipe_digest = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)  # kernel MediaFacts as data
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "purpose", "recipe_digest"], name="rendition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.version}"


class Track(models.Model):
    """Words that belong to a version: captions, transcript, chapters."""

    class Kind(models.TextChoices):
        CAPTIONS = "captions", "Captions"
        TRANSCRIPT = "transcript", "Transcript"
        CHAPTERS = "chapters", "Chapters"

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="tracks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    language = models.CharField(max_length=12, default="en")  # BCP 47
    media_type = models.CharField(max_length=60, default="text/vtt")
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "kind", "language"], name="track_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language}) of {self.asset}"


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


class Arrival(models.Model):
    """One file on its way in and what became of it. A refused one stays with its reason and is no asset."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        READING = "reading", "Being read"
        STORED = "stored", "In the library"
        DUPLICATE = "duplicate", "Already in the library"
        QUARANTINED = "quarantined", "Set aside"
        REFUSED = "refused", "Refused"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="arrivals")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="arrivals")
    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=1000)  # where the bytes wait; empty once stored or refused
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=1000, blank=True)  # in plain words
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="arrivals")
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.filename}: {self.get_state_display()}"
