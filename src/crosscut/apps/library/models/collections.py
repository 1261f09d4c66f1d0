"""Assets put together by hand or by a search, and the links by which guests look at them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset


class Collection(models.Model):
    """Assets that somebody put together, in an order: a lightbox. One with a search fills itself."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="collections")
    title = models.CharField(max_length=120)
    notes = models.TextField(blank=True)  # what it is for; guests read it too
    search = models.CharField(max_length=1000, blank=True)  # what fills it, as in the search box; empty: people do
    cover = models.ForeignKey(Asset, models.SET_NULL, null=True, blank=True, related_name="+")  # None: the first one
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)  # out of sight; its links show nothing meanwhile

    class Meta:
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"])]
        ordering = ["-updated_at", "-id"]

    def __str__(self) -> str:
        return self.title


class CollectionItem(models.Model):
    """One asset in a collection."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="collected")
    position = models.PositiveIntegerField()
    added_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "asset"], name="asset_once_per_collection")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.asset} in {self.collection}"


class CollectionLink(models.Model):
    """A collection shown to somebody outside. Of its secret only the hash is kept."""

    class Downloads(models.TextChoices):
        NONE = "none", _("Looking only")
        WEB = "web", _("In web size")
        ORIGINAL = "original", _("The originals too")

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="links")
    name = models.CharField(max_length=80)  # who the guest is, in the words of who shared it
    secret_hash = models.CharField(max_length=64, unique=True)
    password_hash = models.CharField(max_length=200, blank=True)  # empty: the link is enough
    watermark = models.CharField(max_length=60, blank=True)  # the words written across every preview; empty: none
    downloads = models.CharField(max_length=8, choices=Downloads.choices, default=Downloads.NONE)
    ends_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["collection", "-id"])]

    def __str__(self) -> str:
        return f"{self.collection} for {self.name}"


class LinkEvent(models.Model):
    """What a guest did behind a link. Nothing is kept of the guest's machine or network."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened the page")
        VIEWED = "viewed", _("looked at")
        DOWNLOADED = "downloaded", _("downloaded")

    link = models.ForeignKey(CollectionLink, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="+")
    label = models.CharField(max_length=200, blank=True)  # the asset's title and size then
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["link", "-id"])]

    def __str__(self) -> str:
        return f"{self.link}: {self.kind} {self.label}"
