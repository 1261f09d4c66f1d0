"""Campaigns: why content is made, for whom, until when, and for how much."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Member, Workspace


class Audience(models.Model):
    """For whom."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audiences")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="audience_name_once")]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """A reason to publish, with dates and a budget."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=160)
    slug = models.SlugField(max_length=80)
    objective = models.TextField(blank=True)  # one sentence: what changes when this works
    brief = models.TextField(blank=True)  # what is wanted, in Markdown
    audiences = models.ManyToManyField(Audience, blank=True, related_name="campaigns")
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="owned_campaigns")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    budget_minor = models.BigIntegerField(default=0)  # in `currency`'s smallest unit
    currency = models.CharField(max_length=3, default="EUR")  # ISO 4217
    revision = models.PositiveIntegerField(default=1)  # counts plans; a change of an older one is a conflict
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="campaign_slug_once"),
            models.CheckConstraint(condition=models.Q(budget_minor__gte=0), name="campaign_budget_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class KeyResult(models.Model):
    """A number the campaign wants to reach, tied to a metric definition."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="key_results")
    name = models.CharField(max_length=160)
    metric = models.CharField(max_length=60)  # a definition's key: "site.page_views"
    goal = models.DecimalField(max_digits=16, decimal_places=2)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Cost(models.Model):
    """Money or hours spent on a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="costs")
    label = models.CharField(max_length=160)
    amount_minor = models.BigIntegerField(default=0)  # in `currency`'s smallest unit
    currency = models.CharField(max_length=3)  # ISO 4217
    hours = models.DecimalField(max_digits=8, decimal_places=2, default=0)  # people's time behind it
    spent_on = models.DateField()
    entered_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["spent_on", "id"]

    def __str__(self) -> str:
        return self.label
