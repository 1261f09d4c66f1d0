"""Which assets changed, and when: for those that keep a copy of what is known about them."""

from django.db import models


class Touched(models.Model):
    """The last change of an asset or of what hangs on it: file, licences, people, looks. Triggers of the database write
    it, so nothing that changes an asset can forget to. A row outlives its asset: that it is gone is a change too.
    """

    asset_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    written_in = models.BigIntegerField()  # the number of the transaction

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "written_in"])]

    def __str__(self) -> str:
        return f"Asset {self.asset_id}, changed in {self.written_in}"
