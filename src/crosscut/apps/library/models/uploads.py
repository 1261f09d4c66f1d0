"""Files that are being sent piece by piece."""

import uuid

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.arrivals import Arrival
from crosscut.apps.library.models.assets import Asset


class Upload(models.Model):
    """A file on its way over the network. How much of it is here, only the file on disk or the store tells."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # in its address; cannot be guessed
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="uploads")
    created_by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="+")  # it becomes a version of this one
    filename = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)  # of the whole file, as its sender says; hex
    proven_bytes = models.BigIntegerField(null=True)  # while a piece with a checksum arrives: what came before it
    part_bytes = models.BigIntegerField(null=True)  # of each part of one that goes into the store; else it comes by tus
    multipart = models.CharField(max_length=1024, blank=True)  # the store's own name for what arrives there in parts
    listed_bytes = models.BigIntegerField(default=0)  # how much the store held when it was last asked
    arrival = models.ForeignKey(Arrival, models.SET_NULL, null=True, related_name="+")  # once all is here
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()  # forgotten after it; every piece puts it off

    class Meta:
        indexes = [models.Index(fields=["created_by", "-created_at"]), models.Index(fields=["expires_at"])]

    def __str__(self) -> str:
        return self.filename
