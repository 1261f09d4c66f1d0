"""The ledger: what is to go where and when, every try, every answer, and what the public sees.

Three constraints carry the promise that a publication happens once, whatever any process does:
`target_once_per_account` lets one unfinished or live target exist per piece, account and occurrence, and
`attempt_one_open` lets one attempt per part of a target be anything but refused. Of all its attempts one at most is on
its way: `attempt_one_at_a_time`.
"""

from django.db import models
from django.db.models.functions import Now

from crosscut.apps.accounts.models import Account, Member, Workspace
from crosscut.apps.produce.models import Edition, Piece

_SEEN = ("sent", "proven", "partly", "unknown", "recalling")
# A target's state says another thing than the library was told; the same words make the index.
_LIVE_NEWS = models.Q(state__in=_SEEN, noted_live=False) | (~models.Q(state__in=_SEEN) & models.Q(noted_live=True))


class Target(models.Model):
    """One edition meant for one account at one time: the unit of publishing."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        STAGING = "staging", "Being made ready there"  # the channel has parts of it that nobody can see
        HANDED = "handed", "Waits for a person"  # due and cleared, on a channel where a person posts
        BLOCKED = "blocked", "Blocked"  # would go out, and something must be repaired first; `problem` says what
        SENDING = "sending", "Sending"
        PARTLY = "partly", "Partly out"  # some parts of a thread are out, and the next waits, or a person is asked
        SENT = "sent", "Sent"  # the channel says it has it
        PROVEN = "proven", "Proven live"  # and the public sees what was sent
        UNKNOWN = "unknown", "Unknown"  # may or may not be out: being settled by reading the channel
        REFUSED = "refused", "Refused"  # the channel will not take it
        CANCELLED = "cancelled", "Cancelled"
        RECALLING = "recalling", "Being taken down"
        RECALLED = "recalled", "Taken down"

    # Ended for good without being live: these leave room for another target of the same piece and account.
    CLOSED_STATES = (State.REFUSED, State.CANCELLED, State.RECALLED)
    LIVE_STATES = (State.SENT, State.PROVEN)
    SEEN_STATES = (*LIVE_STATES, State.PARTLY, State.UNKNOWN, State.RECALLING)  # the public sees it, or may
    # Nothing is out, and nothing is being sent: these can be moved and cancelled.
    WAITING_STATES = (State.SCHEDULED, State.STAGING, State.HANDED, State.BLOCKED)
    HAS_LIVE_NEWS = _LIVE_NEWS

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="targets")
    piece = models.ForeignKey(Piece, models.PROTECT, related_name="targets")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="targets")
    account = models.ForeignKey(Account, models.PROTECT, related_name="targets")
    occurrence = models.PositiveIntegerField(default=0)  # counts repeats of the same piece
    post_type = models.CharField(max_length=40)  # "images"; of a thread the first part's
    part_count = models.PositiveSmallIntegerField(default=1)  # how many posts it is: the parts of a thread
    has_comment = models.BooleanField(default=False)  # the last of its parts is a first comment
    parts_out = models.PositiveSmallIntegerField(default=0)  # how many of them are known to be out
    key = models.CharField(max_length=40, unique=True)  # names the target to the channel, for ever
    wall_time = models.CharField(max_length=19)  # "2026-11-24T09:00:00", what the person chose
    zone = models.CharField(max_length=64)  # IANA
    due_at = models.DateTimeField()  # the same moment in UTC, resolved anew when the zone's rules change: `clocks`
    state = models.CharField(max_length=12, choices=State.choices, default=State.SCHEDULED)
    problem = models.CharField(max_length=1000, blank=True)  # why it is blocked, unknown or refused, in plain words
    next_at = models.DateTimeField()  # when the ticker should look at it again: to send, settle, prove or recall
    needs_person = models.BooleanField(default=False)  # only a person can settle it
    remote_id = models.CharField(max_length=300, blank=True)  # empty while only a person has seen it: proving learns it
    url = models.URLField(max_length=1000, blank=True)  # where the public sees it
    sent_at = models.DateTimeField(null=True, blank=True)  # when the channel took it
    kept = models.JSONField(default=dict)  # what the channel has prepared already, for the next try
    staging_since = models.DateTimeField(null=True, blank=True)  # when the channel got the first part of what is kept
    staged_at = models.DateTimeField(null=True, blank=True)  # when all was there: only publishing is left
    stagings = models.PositiveSmallIntegerField(default=0)  # how often it was begun
    proof_tries = models.PositiveSmallIntegerField(default=0)
    noted_live = models.BooleanField(default=False)  # whether the library was told that the public sees it
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["piece", "account", "occurrence"],
                name="target_once_per_account",
                condition=~models.Q(state__in=["refused", "cancelled", "recalled"]),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_at"]),
            models.Index(fields=["workspace", "due_at"]),
            models.Index(fields=["account", "-sent_at"]),
            models.Index(fields=["id"], condition=_LIVE_NEWS, name="target_live_news"),
        ]

    def __str__(self) -> str:
        return f"{self.piece} on {self.account}"


class Attempt(models.Model):
    """One try to send a target."""

    class State(models.TextChoices):
        PREPARED = "prepared", "Prepared"  # nothing has left yet
        SENT = "sent", "Sent"  # committed before the first byte leaves: from here on it may be out
        ACCEPTED = "accepted", "Accepted"  # the channel answered with its name for the post
        CONFIRMED = "confirmed", "Confirmed by reading back"
        UNKNOWN = "unknown", "Unknown"
        REFUSED = "refused", "Not made"  # definitely: refused by the channel, or shown by reading back

    OUT_STATES = (State.ACCEPTED, State.CONFIRMED)
    UNDECIDED_STATES = (State.PREPARED, State.SENT, State.UNKNOWN)

    target = models.ForeignKey(Target, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    part = models.PositiveSmallIntegerField(default=1)  # which part of a thread it is to make, from 1
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREPARED)
    digest = models.CharField(max_length=64)  # of exactly what was handed to the channel
    files = models.JSONField(default=list)  # the SHA-256 of each file of it, in order
    worker = models.CharField(max_length=120)  # host and process, for the log
    job = models.BigIntegerField(null=True)  # the queue's number of the work that makes it; null: not by the queue
    by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")  # who posts it by hand
    deadline_at = models.DateTimeField()  # after this moment nothing of this attempt can still leave
    prepared_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    absences = models.PositiveSmallIntegerField(default=0)  # how often reading back did not find it
    remote_id = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    answer = models.JSONField(default=dict)  # the receipt
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["target", "part"], name="attempt_one_open", condition=~models.Q(state="refused")
            ),
            models.UniqueConstraint(
                fields=["target"],
                name="attempt_one_at_a_time",
                condition=models.Q(state__in=["prepared", "sent", "unknown"]),
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.target}"


class Copy(models.Model):
    """A second post of a target on its channel, as a late answer named it. The one that counts is in the target."""

    class State(models.TextChoices):
        OPEN = "open", "To be looked at"  # nobody has said yet which of the two is ours
        REMOVING = "removing", "Being taken down"
        REMOVED = "removed", "Taken down"
        LEFT = "left", "Left alone"  # gone already, or not ours

    PENDING_STATES = (State.OPEN, State.REMOVING)

    target = models.ForeignKey(Target, models.CASCADE, related_name="copies")
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="copies")  # whose answer or reading named it
    remote_id = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "remote_id"], name="copy_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"copy of {self.target} at {self.url or self.remote_id}"
