"""People, workspaces and the channel accounts they publish through."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now


class Role(models.TextChoices):
    """What a member may do, as career tiers; each includes the one before, guests excepted."""

    GUEST = "guest", "Guest"
    JUNIOR = "junior", "Junior"
    SPECIALIST = "specialist", "Specialist"
    SENIOR = "senior", "Senior"
    LEAD = "lead", "Lead"


class UserManager(BaseUserManager["User"]):
    """Makes users. An e-mail address is compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user who can sign in when a password is given."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who can sign in."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, blank=True)  # IANA; empty: the workspace's
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_without_case")]

    def __str__(self) -> str:
        return self.name or self.email


class ApprovalRule(models.TextChoices):
    """Whose work needs a senior's approval before it can be scheduled."""

    JUNIORS = "juniors", "Juniors, and specialists outside their own campaigns"
    EVERYONE = "everyone", "Everyone"


class Workspace(models.Model):
    """One organisation's own space: nothing crosses its border."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA
    language = models.CharField(max_length=12, default="en")  # BCP 47, of its content
    territory = models.CharField(max_length=2, default="", blank=True)  # ISO 3166-1; empty: worldwide
    currency = models.CharField(max_length=3, default="EUR")  # ISO 4217
    approval_rule = models.CharField(max_length=12, choices=ApprovalRule.choices, default=ApprovalRule.JUNIORS)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person in a workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    joined_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)  # removed members keep their name in the history

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="member_once_per_workspace")]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """A link that makes somebody a member. Only the hash of its secret is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role.choices)
    email = models.EmailField(blank=True)  # empty: whoever has the link
    secret_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation to {self.workspace} as {self.role}"


class ApiToken(models.Model):
    """A member's key for programs. Only the hash is kept; `hint` is what a person recognises it by."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    secret_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class SignInFailure(models.Model):
    """One failed sign-in, counted to slow guessing down and deleted after a day."""

    email = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["email", "at"]), models.Index(fields=["address", "at"])]

    def __str__(self) -> str:
        return f"{self.email} at {self.at}"


class AuditEvent(models.Model):
    """Who did what. Rows are only ever added."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audit_events")
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # null: Crosscut itself
    at = models.DateTimeField(db_default=Now())
    verb = models.CharField(max_length=60)  # "piece.approved"
    subject = models.CharField(max_length=60)  # "piece:12"
    label = models.CharField(max_length=200)  # the subject's name at that time
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"]), models.Index(fields=["workspace", "subject"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.label}"


class Account(models.Model):
    """One login or site on a channel."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        RECONNECT = "reconnect", "Needs connecting again"
        DISCONNECTED = "disconnected", "Disconnected"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="accounts")
    channel = models.CharField(max_length=40)  # a slug of the channel registry
    name = models.CharField(max_length=120)
    handle = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True)
    remote_id = models.CharField(max_length=300, blank=True)
    settings = models.JSONField(default=dict)  # what the channel's settings model holds
    sealed_secrets = models.BinaryField(default=bytes)  # encrypted JSON; see services.secrets
    limits = models.JSONField(default=dict)  # what the channel itself tells
    can = models.JSONField(default=list)  # what this login may do, in plain words
    scopes = models.JSONField(default=list)  # what the channel granted, in its own words; empty where it does not say
    token_expires_at = models.DateTimeField(null=True, blank=True)  # null: not before somebody takes it back
    renew_at = models.DateTimeField(null=True, blank=True)  # when to renew the login next; null: never
    login_ends_at = models.DateTimeField(null=True, blank=True)  # from then on it must be given again; null: not known
    renewing_since = models.DateTimeField(null=True, blank=True)  # committed before a login that rotates is renewed
    state = models.CharField(max_length=16, choices=State.choices, default=State.CONNECTED)
    problem = models.CharField(max_length=500, blank=True)  # the channel's last words when something is wrong
    connected_at = models.DateTimeField(null=True, blank=True)
    last_exchange_at = models.DateTimeField(null=True, blank=True)  # the last real answer, good or bad
    last_success_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "channel", "name"], name="account_name_once")]

    def __str__(self) -> str:
        return self.name


class Trip(models.Model):
    """Somebody on the way to a channel's own login page and back. Used once, and for an hour at most."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=40)  # a slug of the channel registry
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="+")  # connected again
    state_hash = models.CharField(max_length=64, unique=True)  # of what comes back with the person
    session_hash = models.CharField(max_length=64, blank=True)  # of the browser session it began in; empty: a program
    sealed = models.BinaryField()  # encrypted JSON: what was asked, what proves the answer, what came of it
    began_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    back_at = models.DateTimeField(null=True, blank=True)  # the state is used up, whatever came of it
    ended_at = models.DateTimeField(null=True, blank=True)  # connected, or given up
    problem = models.CharField(max_length=500, blank=True)  # why nothing came of it

    class Meta:
        indexes = [models.Index(fields=["expires_at"])]

    def __str__(self) -> str:
        return f"trip to {self.channel} of {self.member}"
