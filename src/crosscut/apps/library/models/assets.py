"""Things, their files, what is made of them, and the words that belong to them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace


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
    about = models.JSONField(default=dict, blank=True)  # every other field by its key: media.fields, or "own.…"
    origins = models.JSONField(default=dict, blank=True)  # where each value came from: "XMP dc:rights", "page", "sheet"
    current = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)  # out of sight, nothing lost
    binned_at = models.DateTimeField(null=True, blank=True)  # in the bin, from which it goes for good later
    binned_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
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
            models.Index(fields=["binned_at"], condition=models.Q(binned_at__isnull=False), name="asset_binned"),
        ]

    def __str__(self) -> str:
        return self.title


def _fact(template: str) -> models.GeneratedField:
    """A number that PostgreSQL takes out of the facts whenever they are written."""
    expression = models.Func(models.F("facts"), template=template, output_field=models.IntegerField())
    return models.GeneratedField(expression=expression, output_field=models.IntegerField(null=True), db_persist=True)


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
    used_on = models.DateField(null=True, blank=True)  # the last day somebody or a job asked for the file
    heard = models.JSONField(null=True)  # media SoundAnalysis as data, without its peaks; None without sound
    screening = models.JSONField(null=True)  # kernel Screening as data; None until somebody has looked through it
    provenance = models.JSONField(null=True)  # media Provenance as data; None until somebody has read it
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    # What the search asks of every version at once, kept beside the facts that they are taken from.
    width_px = _fact("(coalesce(%(expressions)s->'picture', %(expressions)s->'video'->0)->>'width_px')::int")
    height_px = _fact("(coalesce(%(expressions)s->'picture', %(expressions)s->'video'->0)->>'height_px')::int")
    duration_ms = _fact(
        "CASE WHEN %(expressions)s->>'duration_s' IS NOT NULL"
        " THEN least(split_part(%(expressions)s->>'duration_s', '/', 1)::numeric * 1000"
        " / coalesce(nullif(split_part(%(expressions)s->>'duration_s', '/', 2), '')::numeric, 1), 2147483647)::int END"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "number"], name="version_number_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.filename} (version {self.number})"


class OtherLook(models.Model):
    """What a look through a film found by another rule for flashes than WCAG's, which is kept with the version."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="other_looks")
    profile = models.CharField(max_length=20)  # a name in media/screens/profiles.toml
    screening = models.JSONField()  # kernel Screening as data

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "profile"], name="other_look_once")]

    def __str__(self) -> str:
        return f"{self.profile} on {self.version}"


class Framing(models.Model):
    """What a person wants kept when a version is shown in another shape than its own."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="framings")
    aspect = models.CharField(max_length=20)  # width over height: "9/16"; empty is a still's one point for every shape
    points = models.JSONField()  # films: media KeyPoints as data; a still: one pair of parts of its width and height
    changed_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "aspect"], name="framing_once")]
        ordering = ["aspect"]

    def __str__(self) -> str:
        return f"{self.aspect or 'every shape'} of {self.version}"


class Rendition(models.Model):
    """A file derived from a version by a recipe. Can be made again at any time."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="renditions")
    purpose = models.CharField(max_length=40)  # "thumbnail", "proxy", "waveform", or a post type: "bluesky/images"
    recipe = models.JSONField()
    recipe_digest = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)  # kernel MediaFacts as data
    used_on = models.DateField(null=True, blank=True)  # the last day somebody or a job asked for the file
    freed_at = models.DateTimeField(null=True, blank=True)  # its room was given back; it is made again when asked for
    said = models.JSONField(default=dict, blank=True)  # fields written into it that its master does not say, by key
    signed_by = models.CharField(max_length=64, blank=True)  # fingerprint of the Signer; empty where it is unsigned
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
