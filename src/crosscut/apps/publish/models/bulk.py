"""Many posts at once: tables that are brought, and assets that are replaced."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models import Asset
from crosscut.apps.produce.models import Piece
from crosscut.apps.work.models import Job


class PostImport(models.Model):
    """A table of posts that somebody brought: read, shown row by row, made when confirmed, undone as a whole."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        READY = "ready", _("Waits for you")
        MAKING = "making", _("Being made")
        MADE = "made", _("Made")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    BUSY_STATES = (State.READING, State.MAKING, State.UNDOING)

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="post_imports")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)  # of the file
    path = models.CharField(max_length=1000)  # where its bytes wait
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    columns = models.JSONField(default=list)  # the file's, each with an example
    mapping = models.JSONField(default=dict)  # column: field here; "" leaves it out
    layout = models.CharField(max_length=40, blank=True)  # whose layout it looks like, by its columns
    choices = models.JSONField(default=dict)  # what a person said: zone, date_order, accounts, undated
    counts = models.JSONField(default=dict)  # rows by state
    problem = models.CharField(max_length=1000, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"])]

    def __str__(self) -> str:
        return self.name


class PostImportRow(models.Model):
    """What one row of the table becomes: a piece, and a post on each of its accounts."""

    class State(models.TextChoices):
        READY = "ready", _("Becomes a post")
        PROBLEM = "problem", _("Cannot be taken")
        SAME = "same", _("Was brought before")
        MADE = "made", _("Made")
        UNDONE = "undone", _("Undone")

    source = models.ForeignKey(PostImport, models.CASCADE, related_name="rows")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # as the file counts them
    key = models.CharField(max_length=64)  # of what it says: brought again, it is the same
    values = models.JSONField(default=dict)  # by field
    state = models.CharField(max_length=8, choices=State.choices)
    notes = models.JSONField(default=list)  # sentences: what is wrong, or what to know
    piece = models.ForeignKey(Piece, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="post_import_row_once"),
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=models.Q(state="made"), name="post_import_made_once"
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"row {self.number} of {self.source}"


class Replacement(models.Model):
    """One asset put in another's place in pieces and planned posts, as one step that can be undone."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="replacements")
    old = models.ForeignKey(Asset, models.CASCADE, related_name="replaced_by")
    new = models.ForeignKey(Asset, models.CASCADE, related_name="replaced")  # the same: its current version
    media = models.JSONField(default=list)  # how the old one stood in each piece: what undoing puts back
    posts = models.JSONField(default=list)  # each post with its edition before and after
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["old", "-id"])]

    def __str__(self) -> str:
        return f"{self.new} for {self.old}"
