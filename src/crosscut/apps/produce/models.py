"""Pieces, what each channel shows of them, the states they were frozen in, who approved which, and their links."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper

from crosscut.apps.accounts.models import Account, Member, Role, Workspace
from crosscut.apps.library.models import Asset, BrandKit, Version
from crosscut.apps.plan.models import Campaign


class Piece(models.Model):
    """One unit of content on its way to an audience."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="pieces")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="pieces")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)  # shared by all channels until one differs; Markdown
    summary = models.CharField(max_length=500, blank=True)
    link = models.URLField(max_length=1000, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    language = models.CharField(max_length=12, default="en")  # BCP 47
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="pieces")
    revision = models.PositiveIntegerField(default=1)  # counts saves; a save of an older one is a conflict
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)
    source_file = models.CharField(max_length=300, blank=True)  # the piece file it came from
    wished_at = models.DateTimeField(null=True, blank=True)  # when somebody would like it out; nothing goes out by this
    shortens_links = models.BooleanField(default=False)  # posts show the workspace's short links in their place

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-updated_at", "-id"]),
            models.Index(fields=["campaign", "-updated_at"]),
            GinIndex(fields=["title"], name="piece_title_trigram", opclasses=["gin_trgm_ops"]),
            GinIndex(  # what `icontains` asks for
                OpClass(Upper("title"), name="gin_trgm_ops"),
                OpClass(Upper("text"), name="gin_trgm_ops"),
                name="piece_words_trigram",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CampaignBrand(models.Model):
    """The brand kit a campaign chose for its pieces; without one they go by the workspace's usual one."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="brand")
    kit = models.ForeignKey(BrandKit, models.CASCADE, null=True, related_name="campaigns")  # None: none, on purpose

    def __str__(self) -> str:
        return f"{self.kit or 'no brand'} for {self.campaign}"


class Outlet(models.Model):
    """What one channel shows of a piece, where it differs from what all share."""

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="outlets")
    channel = models.CharField(max_length=40)
    post_type = models.CharField(max_length=40)  # "images"
    text = models.TextField(null=True, blank=True)  # noqa: DJ001 - null: the shared text; empty: no text on purpose
    title = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001 - null: the piece's title
    extra = models.JSONField(default=dict, blank=True)  # what only this channel has
    further = ArrayField(models.TextField(), default=list, blank=True)  # of a thread: the parts after the first
    is_numbered = models.BooleanField(default=False)  # each part of a thread ends with its number: "2/4"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "channel"], name="outlet_once_per_channel")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.channel}/{self.post_type} of {self.piece}"


class PieceMedia(models.Model):
    """An asset in a piece."""

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="media")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)
    alt_text = models.TextField(blank=True)  # empty: the asset's own
    is_decorative = models.BooleanField(default=False)
    focus_x = models.FloatField(null=True, blank=True)  # 0 left to 1 right: what a crop keeps
    focus_y = models.FloatField(null=True, blank=True)  # 0 top to 1 bottom
    channels = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # empty: all
    parts = models.JSONField(default=dict, blank=True)  # by channel: the part of its thread, from 2; else the first

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "asset"], name="asset_once_per_piece")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.asset} in {self.piece}"


class Edition(models.Model):
    """A frozen state of a piece, named by the hash of all it will publish. Never changes."""

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="editions")
    digest = models.CharField(max_length=64)
    content = models.JSONField()  # what `services.freeze` wrote: text, media and outlets
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "digest"], name="edition_once")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.piece} as of {self.digest[:8]}"


class EditionMedia(models.Model):
    """Which versions an edition uses: the arrow from a frozen state to the library."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="media")
    version = models.ForeignKey(Version, models.PROTECT, related_name="edition_uses")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "position"], name="edition_media_position_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.version} in {self.edition}"


class ApprovalStep(models.Model):
    """One of the yeses that the pieces of a campaign need, in their order. Without any, the workspace's rule holds."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="approval_steps")
    position = models.PositiveSmallIntegerField()  # from 0
    name = models.CharField(max_length=80)  # "Legal"
    people = models.ManyToManyField(Member, blank=True, related_name="+")  # none: whoever is senior enough
    needs_all = models.BooleanField(default=False)  # of the people; else one of them is enough
    four_eyes = models.BooleanField(default=True)  # who wrote the piece cannot say yes to it

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Approval(models.Model):
    """A word on one edition by who is asked. The latest one counts, as long as who said it may still say it.

    Where a campaign has steps, each yes is one step's, and all of them are needed.
    """

    class Decision(models.TextChoices):
        REQUESTED = "requested", "Approval asked for"
        APPROVED = "approved", "Approved"
        CHANGES = "changes", "Changes wanted"
        WITHDRAWN = "withdrawn", "Approval withdrawn"

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="approvals")
    member = models.ForeignKey(Member, models.PROTECT, related_name="approvals")
    decision = models.CharField(max_length=12, choices=Decision.choices)
    role = models.CharField(max_length=12, choices=Role.choices)  # what the member was when they said it
    step = models.ForeignKey(ApprovalStep, models.SET_NULL, null=True, related_name="approvals")  # in which it was said
    note = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["edition", "-id"])]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} by {self.member}"


class GuestLink(models.Model):
    """A piece shown to somebody outside, with or without an account. Of its secret only the hash is kept."""

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="guest_links")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="guest_links")  # what the guest is shown
    name = models.CharField(max_length=80)  # who the guest is, in the words of who shared it
    guest = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="shared_with")
    secret_hash = models.CharField(max_length=64, unique=True)
    password_hash = models.CharField(max_length=200, blank=True)  # empty: the link is enough
    may_comment = models.BooleanField(default=True)
    may_approve = models.BooleanField(default=False)  # then nothing goes out without their yes to exactly that
    ends_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_visit_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["piece", "-id"])]

    def __str__(self) -> str:
        return f"{self.piece} for {self.name}"


class GuestMessage(models.Model):
    """A line of the talk with a guest: a comment, or their yes or no to one edition."""

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        CHANGES = "changes", "Changes wanted"

    link = models.ForeignKey(GuestLink, models.CASCADE, related_name="messages")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+")  # what was on the screen
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")  # null: the guest
    is_by_guest = models.BooleanField()
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True)  # empty: a comment
    text = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["link", "id"])]

    def __str__(self) -> str:
        return f"{self.link}: {self.decision or self.text[:40]}"


class LinkRules(models.Model):
    """How a workspace marks links to its own places, and where its short links live. Without one nothing is marked."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="link_rules")
    hosts = ArrayField(models.CharField(max_length=253), default=list, blank=True)  # ours; what is below them too
    sources = ArrayField(models.CharField(max_length=60), default=list, blank=True)  # allowed; empty: any
    mediums = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    campaigns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    short_host = models.CharField(max_length=253, blank=True)  # "go.reef.example"; empty: below the public address

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["short_host"], condition=~models.Q(short_host=""), name="short_host_of_one_workspace"
            )
        ]

    def __str__(self) -> str:
        return f"The link rules of {self.workspace}"


class LinkDefault(models.Model):
    """What links are marked with where nobody says otherwise: everywhere, on a channel, in a campaign, or both."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="link_defaults")
    channel = models.CharField(max_length=40, blank=True)  # empty: all
    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, blank=True, related_name="link_defaults")
    utm_source = models.CharField(max_length=60, blank=True)  # empty: says nothing of it
    utm_medium = models.CharField(max_length=60, blank=True)
    utm_campaign = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "campaign"], name="link_default_once", nulls_distinct=False
            )
        ]
        ordering = ["channel", "campaign_id", "id"]

    def __str__(self) -> str:
        return f"{self.channel or 'all channels'}, {self.campaign or 'all campaigns'}"


class ShortLink(models.Model):
    """A short address of ours that leads to one a member gave. What it leads to can change; the address stays."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="short_links")
    code = models.CharField(max_length=40)  # the last part of the address
    leads_to = models.CharField(max_length=2000)
    name = models.CharField(max_length=120, blank=True)  # what people call it here
    piece = models.ForeignKey(Piece, models.SET_NULL, null=True, blank=True, related_name="short_links")
    channel = models.CharField(max_length=40, blank=True)  # of a piece: where it stands
    made_for = models.CharField(max_length=2000, blank=True)  # of a piece: the address it was made for
    ends_at = models.DateTimeField(null=True, blank=True)  # from then on it answers 410
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="short_link_code_once")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name or self.code


class ShortLinkDay(models.Model):
    """How often a short link was followed on one day: a number, and nothing about who did."""

    link = models.ForeignKey(ShortLink, models.CASCADE, related_name="days")
    day = models.DateField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="short_link_day_once")]

    def __str__(self) -> str:
        return f"{self.link} on {self.day}: {self.value}"


class LinkCheck(models.Model):
    """What an address that pieces or short links lead to answered when it was last asked."""

    class State(models.TextChoices):
        WAITING = "waiting", "Not asked yet"
        ALIVE = "alive", "Answers"
        SILENT = "silent", "Does not answer properly"
        DEAD = "dead", "Leads nowhere"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="link_checks")
    address = models.CharField(max_length=2000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # of HTTP, at the end of all redirects
    final_address = models.CharField(max_length=2000, blank=True)  # where it was found in the end
    hops = models.PositiveSmallIntegerField(default=0)  # redirects on the way
    problem = models.CharField(max_length=500, blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)  # the first failure since it last answered
    checked_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(db_default=Now())  # when somebody last wanted to know
    next_at = models.DateTimeField(null=True, blank=True)  # as long as something public leads there

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "address"], name="link_check_once")]
        indexes = [models.Index(fields=["next_at"])]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"


class EditionLink(models.Model):
    """Which addresses a frozen state leads to."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="links")
    address = models.ForeignKey(LinkCheck, models.CASCADE, related_name="edition_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "address"], name="edition_link_once")]

    def __str__(self) -> str:
        return f"{self.edition} leads to {self.address.address}"


class Translation(models.Model):
    """That a piece says in its language what another one, its source, says in another."""

    piece = models.OneToOneField(Piece, models.CASCADE, related_name="translation")
    source = models.ForeignKey(Piece, models.CASCADE, related_name="translations")
    # By passage: the source's words and ours when somebody last said that these say the same.
    agreed = models.JSONField(default=dict, blank=True)
    translated_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # the last who did
    reviewed_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_digest = models.CharField(max_length=64, blank=True)  # of both languages' words as they were read

    def __str__(self) -> str:
        return f"{self.piece} in {self.piece.language}"


class Segment(models.Model):
    """A paragraph in two languages, as the workspace's translation memory keeps it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="segments")
    source_language = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    source = models.TextField()
    target = models.TextField()
    source_digest = models.CharField(max_length=64)  # for the constraint: an index takes no long texts
    target_digest = models.CharField(max_length=64)
    piece = models.ForeignKey(Piece, models.SET_NULL, null=True, blank=True, related_name="segments")  # where it stood
    passage = models.CharField(max_length=80, blank=True)  # "text", "bluesky.text"
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")  # who last said so
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "source_language", "language", "source_digest", "target_digest"],
                name="segment_once",
            )
        ]
        indexes = [GinIndex(fields=["source"], name="segment_source_trigram", opclasses=["gin_trgm_ops"])]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.source[:40]} ({self.source_language} → {self.language})"


class Market(models.Model):
    """What a workspace's posts in one language are held to: where they are shown, by which clocks, with which lines."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="markets")
    language = models.CharField(max_length=12, blank=True)  # BCP 47: "de-AT"; empty: every language, its lines only
    territory = models.CharField(max_length=2, blank=True)  # ISO 3166-1; empty: the workspace's
    time_zone = models.CharField(max_length=64, blank=True)  # IANA; empty: the workspace's
    legal_lines = ArrayField(models.CharField(max_length=300), default=list, blank=True)  # each stands in every text
    accounts = models.ManyToManyField(Account, related_name="markets", blank=True)  # what speaks that language

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "language"], name="market_once_per_language")]
        ordering = ["language"]

    def __str__(self) -> str:
        return self.language or "every language"
