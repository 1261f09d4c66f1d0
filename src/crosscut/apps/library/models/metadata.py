"""What is known about assets: a workspace's own fields, vocabularies, who stands where, and every change."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset
from crosscut.apps.library.models.rights import Subject
from crosscut.apps.work.models import Job


class Vocabulary(models.Model):
    """A list or tree of words that a workspace has agreed on."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="vocabularies")
    name = models.CharField(max_length=120)
    is_for_tags = models.BooleanField(default=False)  # tags come from here, and from nowhere else
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="vocabulary_once")]
        ordering = ["name"]
        verbose_name_plural = "vocabularies"

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One word of a vocabulary, beneath another or at the top."""

    vocabulary = models.ForeignKey(Vocabulary, models.CASCADE, related_name="terms")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    label = models.CharField(max_length=60)  # as tags are
    synonyms = ArrayField(models.CharField(max_length=60), default=list, blank=True)  # become the label when written
    code = models.CharField(max_length=500, blank=True)  # its address elsewhere, such as an IPTC media topic

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vocabulary", "label"], name="term_once")]
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class CustomField(models.Model):
    """A field that a workspace added to the catalogue's."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        LONG = "long", _("Text of several lines")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a list")
        CHOICES = "choices", _("Several of a list")
        FLAG = "flag", _("Yes or no")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="custom_fields")
    slug = models.SlugField(max_length=40)  # its key is "own." and this
    label = models.CharField(max_length=120)
    hint = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    vocabulary = models.ForeignKey(Vocabulary, models.PROTECT, null=True, blank=True, related_name="fields")
    is_required = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)  # no longer shown; its values stay

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="custom_field_once")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        """Its name among all fields."""
        return f"own.{self.slug}"


class FacePlace(models.Model):
    """A region of a picture with somebody in it, in shares of the picture from its upper left corner."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="faces")
    subject = models.ForeignKey(Subject, models.SET_NULL, null=True, related_name="faces")  # once somebody said so
    name = models.CharField(max_length=200, blank=True)  # as the file has it
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name or '?'} in {self.asset}"


class ChangeSet(models.Model):
    """Changes of fields that were made together and can be undone together."""

    class How(models.TextChoices):
        PAGE = "page", _("on its page")
        SEVERAL = "several", _("on several at once")
        SHEET = "sheet", _("by spreadsheet")
        SIDECAR = "sidecar", _("by XMP sidecar")
        IMPORT = "import", _("by import")
        API = "api", _("by a program")
        MERGE = "merge", _("by merging duplicates")
        UNDO = "undo", _("by undoing")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="change_sets")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    how = models.CharField(max_length=8, choices=How.choices)
    label = models.CharField(max_length=200, blank=True)  # the file it came from, for a person
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"])]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.label}".strip()


class FieldChange(models.Model):
    """One field of one asset, before and after."""

    change_set = models.ForeignKey(ChangeSet, models.CASCADE, related_name="changes")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="field_changes")
    field = models.CharField(max_length=60)  # a key
    before = models.JSONField(null=True)  # None: nothing
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asset", "-id"])]

    def __str__(self) -> str:
        return f"{self.field} of {self.asset_id}"


class Intake(models.Model):
    """Metadata that somebody brings in a file or from another system: read, shown, and only then applied."""

    class Kind(models.TextChoices):
        SHEET = "sheet", _("Spreadsheet")
        SIDECARS = "sidecars", _("XMP sidecars")
        LIGHTROOM = "lightroom", _("Lightroom catalogue")
        BYNDER = "bynder", _("Bynder export")
        RESOURCESPACE = "resourcespace", _("ResourceSpace export")
        WORDPRESS = "wordpress", _("WordPress media library")

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        READY = "ready", _("Waits for you")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        FAILED = "failed", _("Failed")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="intakes")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    name = models.CharField(max_length=255)  # of the file, or the address it came from
    path = models.CharField(max_length=1000, blank=True)  # where its bytes wait
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    mapping = models.JSONField(default=dict)  # column or field over there: key here; "" leaves it out
    columns = models.JSONField(default=list)  # what there is to map, each with an example
    takes_conflicts = models.BooleanField(default=False)  # overwrite what was changed meanwhile
    counts = models.JSONField(default=dict)  # rows by state
    problem = models.CharField(max_length=1000, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    change_set = models.ForeignKey(ChangeSet, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"])]

    def __str__(self) -> str:
        return self.name


class IntakeRow(models.Model):
    """What one row, sidecar or foreign asset would change here."""

    class State(models.TextChoices):
        CHANGE = "change", _("Changes")
        SAME = "same", _("Nothing to change")
        CONFLICT = "conflict", _("Changed here meanwhile")
        PROBLEM = "problem", _("Cannot be taken")
        UNKNOWN = "unknown", _("No such asset here")
        APPLIED = "applied", _("Applied")

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as the file counts them
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=255)  # what the row calls it
    state = models.CharField(max_length=8, choices=State.choices)
    changes = models.JSONField(default=list)  # {field, before, after, conflict}
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "number"], name="intake_row_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"
