"""What is known of a post before its time, and what stops it: allowances, forecasts, holds."""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Account, Member, Workspace
from crosscut.apps.plan.models import Campaign
from crosscut.apps.publish.models.ledger import Target


class Allowance(models.Model):
    """How much an account may do on its channel within a rolling time, as the channel last told."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="allowances")
    name = models.CharField(max_length=40)  # "posts"
    used = models.PositiveIntegerField()  # also by others than us
    total = models.PositiveIntegerField()
    window_s = models.PositiveIntegerField()  # how long one counts
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="allowance_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.used} of {self.total} {self.name} of {self.account}"


class Forecast(models.Model):
    """What will become of a planned post at its time, as things were when it was last judged."""

    target = models.OneToOneField(Target, models.CASCADE, related_name="forecast")
    findings = models.JSONField(default=list)  # kernel Findings as data, worst first
    blocking_count = models.PositiveSmallIntegerField()
    judged_at = models.DateTimeField()
    due_at = models.DateTimeField()  # the time it was judged for
    account_state = models.CharField(max_length=16)  # its account's then
    specs = models.CharField(max_length=64)  # the digest of the rules it was judged by

    class Meta:
        indexes = [models.Index(fields=["judged_at"])]

    def __str__(self) -> str:
        return f"{self.target}: {self.blocking_count} in the way"


class Hold(models.Model):
    """A stop on everything not yet sent, by scope, until it is lifted."""

    class Scope(models.TextChoices):
        WORKSPACE = "workspace", "Everything"
        CAMPAIGN = "campaign", "One campaign"
        CHANNEL = "channel", "One channel"
        TOPIC = "topic", "One topic"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="holds")
    scope = models.CharField(max_length=12, choices=Scope.choices, default=Scope.WORKSPACE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, blank=True, related_name="holds")
    value = models.CharField(max_length=60, blank=True)  # a channel's slug or a tag
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    placed_at = models.DateTimeField(db_default=Now())
    lifted_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace"], condition=models.Q(lifted_at=None), name="hold_active")]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.reason}"


class Canary(models.Model):
    """A test post to nowhere, through the same ticker and queue as real ones: the only honest sign of health."""

    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-due_at"])]

    def __str__(self) -> str:
        return f"canary of {self.due_at}"
