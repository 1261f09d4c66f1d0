"""What searching needs beside the assets: the words that occur, and searches that somebody kept."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace


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
