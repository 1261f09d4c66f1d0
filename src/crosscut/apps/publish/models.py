"""The ledger: what is to go where and when, every try, every answer, and what the public sees.

Three constraints carry the promise that a publication happens once, whatever any process does:
`target_once_per_account` lets one unfinished or live target exist per piece, account and occurrence, and
`attempt_one_open` lets one attempt per part of a target be anything but refused. Of all its attempts one at most is on
its way: `attempt_one_at_a_time`.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Account, Member, Workspace
from crosscut.apps.library.models import Asset, Placement
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.work.models import Job

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
    part_count = models.PositiveSmallIntegerField(default=1)  # how many posts it is: more than one is a thread
    parts_out = models.PositiveSmallIntegerField(default=0)  # how many of them are known to be out
    key = models.CharField(max_length=40, unique=True)  # names the target to the channel, for ever
    wall_time = models.CharField(max_length=19)  # "2026-11-24T09:00:00", what the person chose
    zone = models.CharField(max_length=64)  # IANA
    due_at = models.DateTimeField()  # the same moment in UTC, resolved again when the zone's rules change
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


class Takedown(models.Model):
    """Something a person must take down, by a deadline: its rights end or ended, and Crosscut cannot do it itself.

    A post that could not be recalled, or a place outside Crosscut that somebody noted.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="takedowns")
    target = models.ForeignKey(Target, models.CASCADE, null=True, related_name="takedowns")
    placement = models.ForeignKey(Placement, models.CASCADE, null=True, related_name="takedowns")
    reason = models.CharField(max_length=1000)  # in plain words
    due_at = models.DateTimeField()  # it must be gone by then
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")  # null: Crosscut
    note = models.CharField(max_length=1000, blank=True)  # what the person says they did

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(target=None) ^ models.Q(placement=None), name="takedown_of_post_or_place"
            ),
            models.UniqueConstraint(
                fields=["target"], condition=models.Q(closed_at=None), name="takedown_open_once_per_post"
            ),
            models.UniqueConstraint(
                fields=["placement"], condition=models.Q(closed_at=None), name="takedown_open_once_per_place"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "due_at"])]

    def __str__(self) -> str:
        return f"{self.target or self.placement} by {self.due_at}"


class Proof(models.Model):
    """What the public saw at one time, compared with what was sent."""

    class Verdict(models.TextChoices):
        SAME = "same", "As sent"
        PARTLY = "partly", "As sent, as far as it can be read"
        DIFFERS = "differs", "Differs"
        MISSING = "missing", "Not there"
        UNREADABLE = "unreadable", "Could not be read"

    target = models.ForeignKey(Target, models.CASCADE, related_name="proofs")
    at = models.DateTimeField(db_default=Now())
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    url = models.URLField(max_length=1000, blank=True)
    parts = models.JSONField(default=list)  # one per compared part: see `prove.Part`

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target", "-at"])]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} at {self.at}"


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


class Timetable(models.Model):
    """When an account publishes each week, or every account without a timetable of its own."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="timetables")
    account = models.OneToOneField(Account, models.CASCADE, null=True, related_name="timetable")  # null: the others'
    zone = models.CharField(max_length=64)  # IANA: where its slots' clock hangs

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(account=None), name="timetable_once_per_workspace"
            )
        ]

    def __str__(self) -> str:
        return f"timetable of {self.account or self.workspace}"


class Slot(models.Model):
    """One weekly place of a timetable that a post can take."""

    timetable = models.ForeignKey(Timetable, models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    at = models.TimeField()  # as clocks in the timetable's zone show it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["timetable", "weekday", "at"], name="slot_once"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="slot_weekday"),
        ]
        ordering = ["weekday", "at"]

    def __str__(self) -> str:
        return f"{self.weekday} {self.at:%H:%M}"


class Series(models.Model):
    """Posts of a piece on an account by a calendar rule: made some weeks ahead, each a post like any other.

    Its posts show the edition that was approved for it, whatever becomes of the piece, until somebody takes over the
    piece as it is then.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="series")
    piece = models.ForeignKey(Piece, models.PROTECT, related_name="series")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="series")  # what its next posts show
    account = models.ForeignKey(Account, models.PROTECT, related_name="series")
    rule = models.CharField(max_length=300)  # RFC 5545, without an end: "FREQ=WEEKLY;BYDAY=MO,TH"
    wall_time = models.CharField(max_length=19)  # from when on, as clocks show it; its dates have this time of day
    zone = models.CharField(max_length=64)  # IANA
    ends_on = models.DateField(null=True, blank=True)  # the last day that may have a date; null: no end
    made_through = models.CharField(max_length=19, blank=True)  # the last date that was written down
    next_at = models.DateTimeField(null=True, blank=True)  # when the ticker looks at it again; null: no dates are left
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")  # whose posts these are
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)  # when somebody ended it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["piece", "account", "rule", "wall_time", "zone"],
                name="series_running_once",
                condition=models.Q(ended_at=None),
            )
        ]
        indexes = [models.Index(fields=["next_at"]), models.Index(fields=["workspace", "ended_at"])]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.piece} on {self.account}, {self.rule}"


class SeriesDate(models.Model):
    """One date of a series and what became of it. A date is written down once, with its post or the reason for none."""

    class Why(models.TextChoices):
        LEFT_OUT = "left_out", _("Left out")
        CLOCKS = "clocks", _("Clocks skip this time")
        CLOSED = "closed", _("Nothing may go out then")
        PASSED = "passed", _("Passed before it could be made")

    series = models.ForeignKey(Series, models.CASCADE, related_name="dates")
    wall_time = models.CharField(max_length=19)  # as the rule says; the post may have been moved since
    target = models.OneToOneField(Target, models.PROTECT, null=True, related_name="series_date")
    why_none = models.CharField(max_length=8, choices=Why.choices, blank=True)  # why there is no post

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "wall_time"], name="series_date_once")]
        ordering = ["wall_time"]

    def __str__(self) -> str:
        return f"{self.wall_time} of {self.series}"


class PostImport(models.Model):
    """A table of posts that somebody brought: read, shown row by row, made when confirmed, undone as a whole."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        READY = "ready", _("Waits for you")
        MAKING = "making", _("Being made")
        MADE = "made", _("Made")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    BUSY_STATES = (State.READING, State.MAKING, State.UNDOING)

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="post_imports")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)  # of the file
    path = models.CharField(max_length=1000)  # where its bytes wait
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    columns = models.JSONField(default=list)  # the file's, each with an example
    mapping = models.JSONField(default=dict)  # column: field here; "" leaves it out
    layout = models.CharField(max_length=40, blank=True)  # whose layout it looks like, by its columns
    choices = models.JSONField(default=dict)  # what a person said: zone, date_order, accounts, undated
    counts = models.JSONField(default=dict)  # rows by state
    problem = models.CharField(max_length=1000, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"])]

    def __str__(self) -> str:
        return self.name


class PostImportRow(models.Model):
    """What one row of the table becomes: a piece, and a post on each of its accounts."""

    class State(models.TextChoices):
        READY = "ready", _("Becomes a post")
        PROBLEM = "problem", _("Cannot be taken")
        SAME = "same", _("Was brought before")
        MADE = "made", _("Made")
        UNDONE = "undone", _("Undone")

    source = models.ForeignKey(PostImport, models.CASCADE, related_name="rows")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # as the file counts them
    key = models.CharField(max_length=64)  # of what it says: brought again, it is the same
    values = models.JSONField(default=dict)  # by field
    state = models.CharField(max_length=8, choices=State.choices)
    notes = models.JSONField(default=list)  # sentences: what is wrong, or what to know
    piece = models.ForeignKey(Piece, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="post_import_row_once"),
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=models.Q(state="made"), name="post_import_made_once"
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"row {self.number} of {self.source}"


class CalendarView(models.Model):
    """A layout and filters of the calendar that somebody kept under a name. Shared ones are everybody's here."""

    class Layout(models.TextChoices):
        MONTH = "dayGridMonth", _("Month")
        WEEK = "timeGridWeek", _("Week")
        DAY = "timeGridDay", _("Day")
        LIST = "listWeek", _("List")
        BOARD = "board", _("Board")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="calendar_views")
    member = models.ForeignKey(Member, models.CASCADE, related_name="calendar_views")
    name = models.CharField(max_length=80)
    layout = models.CharField(max_length=12, choices=Layout.choices)
    filters = models.JSONField(default=dict)  # as the address says them: {"channel": "bluesky", "campaign": "7"}
    is_shared = models.BooleanField(default=False)
    begun_by = models.ManyToManyField(Member, related_name="first_views", blank=True)  # whose calendar begins with it
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="calendar_view_once")]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """A secret address at which a member's calendar program reads the workspace's posts."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="calendar_feed")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)  # when a program last asked

    def __str__(self) -> str:
        return f"calendar of {self.member}"


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


class Replacement(models.Model):
    """One asset put in another's place in pieces and planned posts, as one step that can be undone."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="replacements")
    old = models.ForeignKey(Asset, models.CASCADE, related_name="replaced_by")
    new = models.ForeignKey(Asset, models.CASCADE, related_name="replaced")  # the same: its current version
    media = models.JSONField(default=list)  # how the old one stood in each piece: what undoing puts back
    posts = models.JSONField(default=list)  # each post with its edition before and after
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["old", "-id"])]

    def __str__(self) -> str:
        return f"{self.new} for {self.old}"
