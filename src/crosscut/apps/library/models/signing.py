"""With what a workspace signs the files it makes."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace


class Signer(models.Model):
    """A workspace's own certificate and key for content credentials (C2PA)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="signer")
    name = models.CharField(max_length=200)  # of whom the certificate speaks, for a person
    certificates = models.TextField()  # PEM: the signer's first, then each that vouches for the one before
    sealed_key = models.BinaryField()  # encrypted with the installation's key; PEM, PKCS 8
    algorithm = models.CharField(max_length=10)  # "es256"
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the signer's certificate, hex
    expires_at = models.DateTimeField()  # the signer's certificate; nothing is signed from then on
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
