"""What the API says and takes about posts, holds and proofs."""

from datetime import datetime
from typing import Any, Literal

from django.utils import translation
from ninja import Field, Schema
from pydantic import ConfigDict, NaiveDatetime, StrictBool

from crosscut.apps.publish.cards import safe_link
from crosscut.apps.publish.models import Attempt, Copy, Hold, Proof, Replacement, Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.services.keep_one import Others
from crosscut.apps.publish.services.plan_languages import Together
from crosscut.apps.publish.services.plan_posts import Outcome
from crosscut.apps.publish.wording import hold_words, state_word

EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - wall-clock times have no zone
MOST_ID = 2**63 - 1


class StrictSchema(Schema):
    """What a program sends: a misspelt field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class PostFilter(Schema):
    """Which posts."""

    state: str = Field("", pattern=f"^({'|'.join(Target.State.values)})?$")
    channel: str = Field("", max_length=40, description="A channel's slug.")
    account: int | None = Field(None, ge=1, le=MOST_ID)
    campaign: int | None = Field(None, ge=1, le=MOST_ID)
    person: int | None = Field(None, ge=1, le=MOST_ID, description="Who scheduled it or owns its piece.")
    text: str = Field("", max_length=200, description="Words of the piece's title or text.")

    def wanted(self) -> Wanted:
        """The same for the queries."""
        return Wanted(**self.model_dump())


class PostOut(Schema):
    """One approved version of a piece, meant for one account at one time."""

    id: int
    piece: int = Field(alias="piece_id")
    title: str = Field(alias="piece.title", description="The piece's.")
    campaign: int | None = Field(alias="piece.campaign_id")
    account: int = Field(alias="account_id")
    account_name: str = Field(alias="account.name")
    channel: str = Field(alias="account.channel")
    post_type: str
    occurrence: int
    version: str = Field(alias="edition.digest", description="The hash of all that is published: what was approved.")
    state: str = Field(json_schema_extra={"enum": [*Target.State.values]})
    state_word: str
    problem: str = Field(description="Why it is blocked, unknown or refused; empty when nothing is wrong.")
    needs_person: bool = Field(description="Only a person can settle it.")
    part_count: int = Field(description="How many posts it is: the parts of a thread, and a first comment.")
    has_comment: bool = Field(description="The last of them is a first comment.")
    parts_out: int = Field(description="How many of them are known to be out.")
    due_at: datetime
    wall_time: str = Field(description="What clocks in `zone` show then.")
    zone: str
    sent_at: datetime | None
    url: str = Field(description="Where the public sees it.")
    series: int | None = Field(description="The series that made it; null where a person did.")
    created_by: int | None = Field(alias="created_by_id")
    created_at: datetime

    @staticmethod
    def resolve_series(post: Any) -> int | None:
        one = getattr(post, "series_date", None)
        return one.series_id if one else None

    @staticmethod
    def resolve_state_word(post: Any) -> str:
        return state_word(post.state)

    @staticmethod
    def resolve_url(post: Any) -> str:
        return safe_link(post.url)


class PostIn(StrictSchema):
    """A piece to publish."""

    piece: int = Field(ge=1, le=MOST_ID)
    account: int = Field(ge=1, le=MOST_ID)
    at: NaiveDatetime | None = Field(
        None, ge=EARLIEST, le=LATEST, description="As clocks in `zone` show it, without an offset; null: now."
    )
    zone: str = Field("", max_length=64, description="An IANA name; empty: the workspace's.")
    when: Literal["next free slot"] | None = Field(
        None, description="In the account's first slot that no post has; with `at`, from that time on."
    )
    occurrence: int = Field(0, ge=0, le=10_000, description="Counts repeats of the same piece on the same account.")


class TogetherIn(StrictSchema):
    """When a piece goes out in its languages."""

    at: NaiveDatetime = Field(ge=EARLIEST, le=LATEST, description="As clocks show it, without an offset.")
    zone: str = Field("", max_length=64, description="Of `moment`: an IANA name; empty: the workspace's.")
    together: Together = Field(description="hour: each market's clocks show `at`; moment: it is the same everywhere.")


class LanguagePostOut(Schema):
    """What became of one account's post."""

    account: int
    post: int | None = Field(description="Null when it could not be scheduled.")
    problems: list[str] = Field(description="Why not.")

    @staticmethod
    def resolve_account(outcome: Outcome) -> int:
        return outcome.account.pk

    @staticmethod
    def resolve_post(outcome: Outcome) -> int | None:
        return outcome.target.pk if outcome.target else None

    @staticmethod
    def resolve_problems(outcome: Outcome) -> list[str]:
        return [str(problem.said_in(translation).message) for problem in outcome.problems]


class AccountIn(StrictSchema):
    """Another account."""

    account: int


class TimeIn(StrictSchema):
    """Another time."""

    at: NaiveDatetime = Field(ge=EARLIEST, le=LATEST, description="As clocks in `zone` show it, without an offset.")
    zone: str = Field("", max_length=64, description="An IANA name; empty: the post's own.")


class MoveIn(TimeIn):
    """One post and its new time."""

    post: int = Field(ge=1, le=MOST_ID)


class MovesIn(StrictSchema):
    """Several posts that move together."""

    moves: list[MoveIn] = Field(min_length=1, max_length=200)


class ReasonIn(StrictSchema):
    """Why."""

    reason: str = Field(min_length=1, max_length=300)


class SettleIn(StrictSchema):
    """What a person saw with their own eyes."""

    is_there: StrictBool
    url: str = Field("", max_length=300, pattern=r"^(https?://\S+)?$", description="Where it is; needed when it is.")
    note: str = Field("", max_length=300)


class KeepOneIn(StrictSchema):
    """Which of the posts that were found is ours."""

    keep: int | None = Field(
        None, ge=1, le=MOST_ID, description="A copy's id, when that one is ours; null: the one known already."
    )
    others: Others = Field(description="What becomes of the rest: take_down, or leave for what is gone or not ours.")
    note: str = Field("", max_length=300)


class CopyOut(Schema):
    """A second post that the channel named. The one that counts is in the post itself."""

    id: int
    remote_id: str
    url: str
    state: str = Field(json_schema_extra={"enum": [*Copy.State.values]})
    found_at: datetime

    @staticmethod
    def resolve_url(copy: Any) -> str:
        return safe_link(copy.url)


class ForecastOut(Schema):
    """What will become of a planned post, as things were when it was last judged."""

    post: int = Field(alias="target_id")
    due_at: datetime = Field(description="The time it was judged for.")
    judged_at: datetime
    blocking: int = Field(alias="blocking_count", description="How many things stand in its way.")
    findings: list[dict[str, Any]] = Field(description="Worst first: code, level, message, where, repair.")


class AttemptOut(Schema):
    """One try to send the post."""

    number: int
    part: int = Field(description="Which part of a thread it was to make, from 1.")
    state: str = Field(json_schema_extra={"enum": [*Attempt.State.values]})
    digest: str = Field(description="The hash of exactly what was handed to the channel.")
    prepared_at: datetime
    sent_at: datetime | None = Field(description="From then on it may have been out.")
    answered_at: datetime | None
    remote_id: str
    url: str
    answer: dict[str, Any] = Field(description="The channel's own words.")
    problem: str

    @staticmethod
    def resolve_url(attempt: Any) -> str:
        return safe_link(attempt.url)


class ProofOut(Schema):
    """What the public saw, compared with what was sent."""

    at: datetime
    verdict: Proof.Verdict
    url: str
    parts: list[dict[str, Any]] = Field(
        description="One per compared part: part, sent, seen, is_same, note; of a thread, `2: text`."
    )

    @staticmethod
    def resolve_url(proof: Any) -> str:
        return safe_link(proof.url)


class HoldIn(StrictSchema):
    """What to stop."""

    reason: str = Field(min_length=1, max_length=300)
    scope: Hold.Scope = Hold.Scope.WORKSPACE
    campaign: int | None = Field(None, ge=1, le=MOST_ID, description="For the scope `campaign`.")
    value: str = Field("", max_length=60, description="The channel's slug or the topic, for those scopes.")


class HoldOut(Schema):
    """What is stopped, by whom and why."""

    id: int
    scope: Hold.Scope
    campaign: int | None = Field(alias="campaign_id")
    value: str
    reason: str
    stops: str
    placed_by: int | None = Field(alias="placed_by_id")
    placed_at: datetime
    lifted_at: datetime | None

    @staticmethod
    def resolve_stops(hold: Any) -> str:
        return hold_words(hold)


class AllowanceOut(Schema):
    """How much of its posts an account has used within a rolling time."""

    used: int
    total: int
    window_s: int
    told_at: datetime | None = Field(description="When the channel said so; null: its documents and our own posts.")
    free_at: datetime | None = Field(description="When one more is allowed again; null: now.")


class StandingOut(Schema):
    """How an account stands with publishing."""

    allowance: AllowanceOut | None = Field(description="null: its channel has no limit that anybody knows.")
    last_proof: PostOut | None


class TakedownOut(Schema):
    """Something a person must take down, by a deadline."""

    id: int
    post: int | None = Field(alias="target_id", description="The post, of one that could not be recalled.")
    asset: int | None = Field(description="The asset, of a place outside Crosscut.")
    place: str = Field(description="Where it is.")
    url: str
    reason: str
    due_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    note: str

    @staticmethod
    def resolve_asset(row: Any) -> int | None:
        return row.placement.asset_id if row.placement else None

    @staticmethod
    def resolve_place(row: Any) -> str:
        return row.placement.place if row.placement else str(row.target.account)

    @staticmethod
    def resolve_url(row: Any) -> str:
        return safe_link(row.placement.url if row.placement else row.target.url)


class TakenDownIn(StrictSchema):
    """What was done."""

    note: str = Field("", max_length=1000)


class ReplaceIn(StrictSchema):
    """Which asset takes the place."""

    new: int = Field(ge=1, le=2**63 - 1, description="The other asset; the same one stands for its current version.")


class PieceTouchedOut(Schema):
    """A piece that shows the old asset."""

    piece: int = Field(alias="piece.pk")
    obstacle: str = Field(description="Why it stays as it is; empty where it changes.")


class PostTouchedOut(Schema):
    """A post with the old file."""

    post: int = Field(alias="post.pk")
    obstacle: str = Field(description="Why it stays as it is; empty where it changes.")
    loses_approval: bool
    takes_other_changes: bool = Field(description="Its piece was changed since it was planned, and that goes along.")


class TouchedOut(Schema):
    """What replacing an asset everywhere would touch."""

    pieces: list[PieceTouchedOut]
    posts: list[PostTouchedOut]


class ReplacementOut(Schema):
    """One asset put in another's place."""

    id: int
    old_id: int
    new_id: int
    pieces: int = Field(description="How many pieces were changed.")
    posts: int = Field(description="How many planned posts were changed.")
    created_at: datetime
    undone_at: datetime | None

    @staticmethod
    def resolve_pieces(row: Replacement) -> int:
        return len(row.media)

    @staticmethod
    def resolve_posts(row: Replacement) -> int:
        return len(row.posts)


class ReplacementUndone(Schema):
    """A replacement that was undone."""

    replacement: ReplacementOut
    left: int = Field(description="How many pieces and posts were changed since and stay as they are.")


class ByHandIn(StrictSchema):
    """Where a person posted something; exactly one of the two."""

    url: str = Field("", max_length=1000, description="The link that the place gives.")
    why_no_link: str = Field("", max_length=300, description="Why nobody can be sent there.")


class GiveBackIn(StrictSchema):
    """Why a person did not post something."""

    note: str = Field("", max_length=300)


class PasteOut(Schema):
    """One thing to paste."""

    label: str = Field(description="What the place calls it.")
    text: str


class TodoFileOut(Schema):
    """One file to save, in the order of the post."""

    name: str
    kind: str
    media_type: str
    size_bytes: int
    sha256: str
    alt_text: str


class TodoOut(Schema):
    """Everything a person needs to post something by hand."""

    post: PostOut
    place: str = Field(alias="todo.sheet.place")
    profile: str = Field(alias="todo.sheet.profile")
    composer: str = Field(alias="todo.sheet.composer", description="Where the place lets one write a post.")
    fields_to_paste: list[PasteOut] = Field(alias="todo.sheet.fields")
    left_out: list[str] = Field(alias="todo.sheet.left_out", description="Parts the place has no field for.")
    steps: list[str] = Field(alias="todo.sheet.steps")
    steps_as_of: str = Field(alias="todo.sheet.as_of")
    note: str = Field(alias="todo.sheet.note")
    alt_text: str = Field(alias="todo.sheet.alt_text", description="Where alt texts go; empty where it takes none.")
    why_no_link: str = Field(alias="todo.sheet.why_no_link", description="Why it has no link; empty where it has one.")
    files: list[TodoFileOut] = Field(alias="todo.files")
    holder: int | None = Field(description="The member who has it.")
    taken_at: datetime | None

    @staticmethod
    def resolve_holder(found: Any) -> int | None:
        return found.holder.by_id if found.holder else None

    @staticmethod
    def resolve_taken_at(found: Any) -> datetime | None:
        return found.holder.sent_at if found.holder else None
