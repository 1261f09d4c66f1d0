"""What searching needs beside the assets: where words occur, which there are, and searches that somebody kept."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library.models.assets import Asset


class Word(models.Model):
    """A word that occurs in a workspace's assets, to find what a misspelt one meant. May stand here twice: nobody waits
    for anybody in order to write it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    word = models.CharField(max_length=40)  # as the text search keeps it: lower case, without accents

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "word"]),
            GinIndex(fields=["word"], name="word_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class Posting(models.Model):
    """Which assets of a block say a word: as `services.postings` read them when it last made the block."""

    pk = models.CompositePrimaryKey("workspace_id", "word", "block")
    workspace_id = models.BigIntegerField()
    word = models.TextField(db_collation="C")  # as the text search keeps it
    block = models.BigIntegerField()  # the assets' number divided by `postings.BLOCK`
    assets = models.BinaryField()  # what is left of each number: two bytes, big-endian, ascending

    def __str__(self) -> str:
        return f"{self.word} in block {self.block}"


class Unposted(models.Model):
    """An asset whose words changed since its block of postings was made. Triggers of the database write it."""

    asset_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    written_in = models.BigIntegerField()  # the number of the transaction

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "asset_id"])]

    def __str__(self) -> str:
        return f"Asset {self.asset_id}, changed in {self.written_in}"


class LiveOn(models.Model):
    """A channel on which the public sees an asset now, or may. The app that posts keeps it."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="live_on")
    channel = models.CharField(max_length=40)  # a slug

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "channel"], name="live_on_once")]

    def __str__(self) -> str:
        return f"{self.asset} on {self.channel}"


class SavedSearch(models.Model):
    """A search that somebody kept under a name. Shared ones are everybody's in the workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="saved_searches")
    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)  # as it stands in the search box
    sort = models.CharField(max_length=12, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="saved_search_once")]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class RowsFile(models.Model):
    """A file on some machine of what its processes have in memory of a workspace's rows (`in_memory.keeping`).

    A file of which the database knows nothing is not believed: the database may be older than it.
    """

    name = models.CharField(max_length=32, primary_key=True)  # drawn by chance
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)  # of the rows
    place = models.CharField(max_length=500)  # the machine and its folder
    size_bytes = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} of workspace {self.workspace_id} at {self.place}"
