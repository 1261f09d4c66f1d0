"""What a house looks and sounds like: its brand kits, and the files in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset


class BrandKit(models.Model):
    """The logos, colours, fonts, templates, words and rules of one brand. Posts are checked by the kit they go by."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="brand_kits")
    name = models.CharField(max_length=80)
    voice = models.TextField(blank=True)  # how it speaks, for people
    colours = models.JSONField(default=list)  # specs.brand.Colour as data, in order
    words = models.JSONField(default=list)  # specs.brand.Word as data
    musts = models.JSONField(default=list)  # specs.brand.Must as data
    least_contrast = models.FloatField(default=4.5)  # of words of any size on their ground
    logo_kinds = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # media that must show a logo
    logo_clear_percent = models.PositiveSmallIntegerField(default=0)  # of the logo's height, kept free around it
    logo_least_px = models.PositiveSmallIntegerField(default=0)  # its least width on a phone 360 px wide
    is_usual = models.BooleanField(default=False)  # every post goes by it whose campaign chose no other
    revision = models.PositiveIntegerField(default=1)  # counts changes; a change of an older one is a conflict
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)  # checks nothing any more

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=models.Q(archived_at=None), name="brand_kit_once"
            ),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(archived_at=None, is_usual=True), name="brand_kit_usual_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BrandFile(models.Model):
    """A file of the library in a kit. Its newest version is the one to use; an older logo is still the logo."""

    class Role(models.TextChoices):
        LOGO = "logo", _("Logo")
        FONT = "font", _("Font")
        TEMPLATE = "template", _("Template")
        PICTURE = "picture", _("Made with its logo")  # from a template; nobody puts one in by hand

    kit = models.ForeignKey(BrandKit, models.CASCADE, related_name="files")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="brand_files")
    role = models.CharField(max_length=8, choices=Role.choices)
    note = models.CharField(max_length=200, blank=True)  # when to take this one: "on dark grounds"
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["role", "id"]
        constraints = [models.UniqueConstraint(fields=["kit", "asset", "role"], name="brand_file_once")]

    def __str__(self) -> str:
        return f"{self.asset} in {self.kit}"
