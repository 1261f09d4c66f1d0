"""Readers of a newsletter, and the letters of its issues: a row for each, so that each is known to have left or not.

`letter_once_per_reader` lets one letter of an issue exist for each reader, whatever any process does.
"""

import secrets

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.publish.models import Target


def new_code() -> str:
    """What a link of one reader's carries: 144 bits that nobody guesses, good for as long as letters are kept."""
    return secrets.token_urlsafe(18)


class Reader(models.Model):
    """Somebody on the list of a newsletter, or who was."""

    class State(models.TextChoices):
        ASKED = "asked", _("Has not confirmed")  # gets nothing but the letter that asks
        READS = "reads", _("Reads")
        LEFT = "left", _("Left")  # only they themselves come back
        BARRED = "barred", _("Cannot be reached")  # the mail server said that there is no such mailbox

    class Way(models.TextChoices):
        FORM = "form", _("Signed up and confirmed")
        TABLE = "table", _("From a table")
        HAND = "hand", _("Entered by hand")

    account = models.ForeignKey(Account, models.CASCADE, related_name="readers")
    address = models.CharField(max_length=254)  # as it was given
    address_key = models.CharField(max_length=254)  # as it is compared
    name = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    came_by = models.CharField(max_length=8, choices=Way.choices)
    consent = models.CharField(max_length=300)  # how and when they agreed, in plain words
    code = models.CharField(max_length=64, unique=True, default=new_code)  # of the link to leave
    confirm_code = models.CharField(max_length=64, blank=True, db_index=True)  # of the link to confirm; empty: none
    confirm_until = models.DateTimeField(null=True, blank=True)
    question_at = models.DateTimeField(null=True, blank=True)  # when the letter that asks was handed over last
    added_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(db_default=Now())
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address_key"], name="reader_once_per_account")]
        indexes = [models.Index(fields=["account", "state", "address_key"])]

    def __str__(self) -> str:
        """Enough to recognise it by: history and logs keep no whole addresses, as they cannot be erased there."""
        local, _at, domain = self.address.partition("@")
        return f"{local[:1]}…@{domain}"


class Forgotten(models.Model):
    """An address that asked to be forgotten: no import brings it back, and nobody can read it here."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="forgotten")
    address_mark = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address_mark"], name="forgotten_once_per_account")]

    def __str__(self) -> str:
        return f"an address of {self.account}"


class ReaderTable(models.Model):
    """A table of readers that somebody brought: shown row by row, taken in when confirmed."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="reader_tables")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)  # of the file
    consent = models.CharField(max_length=300)
    rows = models.JSONField(default=list)  # [line, address, name]; emptied when it was taken in
    added = models.PositiveIntegerField(null=True)  # how many it added; null: not confirmed yet
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class JoinTry(models.Model):
    """That somebody asked to be signed up, counted to slow floods down and deleted after a day."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    address_hash = models.CharField(max_length=64)
    place = models.GenericIPAddressField(null=True)  # where the request came from
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["account", "at"]), models.Index(fields=["place", "at"])]

    def __str__(self) -> str:
        return f"{self.account} at {self.at}"


class ReturnsLook(models.Model):
    """How far the mailbox was read in which letters come back."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="returns_look")
    until = models.CharField(max_length=80, blank=True)  # the last message that was read, as the channel names it
    looked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)  # why it could not be read

    def __str__(self) -> str:
        return f"returns of {self.account}"


class Mailing(models.Model):
    """The letters of one issue."""

    class State(models.TextChoices):
        GOING = "going", _("Being sent")
        DONE = "done", _("Sent")
        STOPPED = "stopped", _("Stopped")  # the issue was taken down before all had left

    target = models.OneToOneField(Target, models.CASCADE, related_name="mailing")
    state = models.CharField(max_length=8, choices=State.choices, default=State.GOING)
    problem = models.CharField(max_length=1000, blank=True)  # why nothing leaves now, in plain words
    next_at = models.DateTimeField(db_default=Now())  # when to go on
    begun_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return f"letters of {self.target}"


class Letter(models.Model):
    """One issue to one reader."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        SENT = "sent", _("Being handed over")  # committed before the first byte leaves: from here on it may be out
        ACCEPTED = "accepted", _("Taken by the mail server")
        UNKNOWN = "unknown", _("Unknown")  # may or may not be on its way; never sent again by itself
        REFUSED = "refused", _("Refused")
        RETURNED = "returned", _("Came back")  # taken, and another mail server could not deliver it
        SKIPPED = "skipped", _("Not sent")  # the reader had left, or the issue was taken down

    OPEN_STATES = (State.WAITING, State.SENT)
    # It is with the reader, or may be: no other letter of this issue goes to them.
    MAYBE_THERE = (State.SENT, State.ACCEPTED, State.UNKNOWN)

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="letters")
    reader = models.ForeignKey(
        Reader, models.SET_NULL, null=True, related_name="letters"
    )  # null: asked to be forgotten
    key = models.CharField(max_length=40)  # the first half of its Message-ID, the same at every try
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    first_at = models.DateTimeField(null=True, blank=True)  # of the first try
    sent_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)  # after it nobody waits for an answer any more
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=400, blank=True)  # the mail server's words
    settled_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "reader"], name="letter_once_per_reader")]
        indexes = [
            models.Index(fields=["mailing", "state", "next_at"]),
            models.Index(fields=["state", "deadline_at"]),
            models.Index(fields=["reader"]),
        ]

    def __str__(self) -> str:
        return f"{self.mailing.target} to {self.reader or 'somebody forgotten'}"
