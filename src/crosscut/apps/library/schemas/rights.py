"""What the API says and takes about rights."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict

from crosscut.apps.library.models import Consent, Licence, Subject
from crosscut.kernel.findings import Finding

SubjectKind = Literal["person", "place", "thing"]


class StrictSchema(Schema):
    """What a program sends: a misspelt field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class PaperOut(Schema):
    """A contract, release or invoice kept as a file."""

    id: int
    filename: str
    sha256: str
    size_bytes: int
    media_type: str
    created_at: datetime


class LicenceGroupOut(Schema):
    """All licences of one holder on the same terms."""

    holder: str
    terms: str
    files: int = Field(description="That have it.")
    ended: int = Field(description="Licences of it whose last day has passed.")
    next_end: date | None = Field(description="The first last day that is still to come; none where no end is known.")
    last_end: date | None


class LicenceOut(Schema):
    """What may be done with an asset."""

    id: int
    holder: str
    terms: str
    terms_url: str
    credit_line: str
    territories: list[str]
    channels: list[str]
    uses: list[str]
    right: str
    edits: str
    starts_on: date | None
    ends_on: date | None
    note: str
    cost_minor: int | None
    currency: str
    renewal: str
    notice_on: date | None
    papers: list[PaperOut]

    @staticmethod
    def resolve_papers(licence: Licence) -> list[Any]:
        return list(licence.papers.all())


class LicenceIn(StrictSchema):
    """A licence as it is entered."""

    holder: str
    terms: str = Field(description="“CC BY 4.0”, “Model release and buy-out”.")
    terms_url: str = ""
    credit_line: str = Field("", description="What must be printed.")
    territories: list[str] = Field([], max_length=300, description="ISO 3166-1 alpha-2 or EU; empty: worldwide.")
    channels: list[str] = Field([], max_length=100, description="Channel slugs; empty: every channel.")
    uses: list[Licence.Use] = Field([], max_length=10, description="Empty: every use.")
    right: Licence.Right = Field(Licence.Right.WHOLE, description="Of music: sync or master; empty: the whole work.")
    edits: Licence.Edits = Licence.Edits.ANY
    starts_on: date | None = None
    ends_on: date | None = Field(None, description="The last day it may be live.")
    note: str = ""
    cost_minor: int | None = Field(None, ge=0, lt=10**15, description="In cents and the like; null: not entered.")
    currency: str = Field("", max_length=3, description="ISO 4217 of the cost; empty: the workspace's.")
    renewal: Licence.Renewal = Licence.Renewal.NONE
    notice_on: date | None = Field(None, description="The last day to renew or to end it.")


class PresetOut(Schema):
    """A licence that many works share, ready to be entered."""

    slug: str
    group: str
    terms: str
    terms_url: str
    edits: str
    uses: list[str]
    credit: str = Field(description="What must be printed, with {title}, {holder} and {terms} to be filled in.")
    warning: str
    citation: str = Field(description="Where this comes from.")

    @staticmethod
    def resolve_group(preset: Any) -> str:
        return str(preset.group)

    @staticmethod
    def resolve_warning(preset: Any) -> str:
        return str(preset.warning)


class PresetIn(StrictSchema):
    """Which ready-made licence, and whose the work is."""

    preset: str = Field(max_length=60)
    holder: str = Field(max_length=200)


class PlacementIn(StrictSchema):
    """A place outside Crosscut."""

    place: str = Field(max_length=200)
    url: str = Field("", max_length=1000)


class PlacementOut(Schema):
    """A place outside Crosscut where an asset was used."""

    id: int
    place: str
    url: str
    noted_at: datetime
    gone_at: datetime | None


class EndingOut(Schema):
    """An asset that may be used now, and no longer after a day that is near."""

    asset: int
    title: str
    last_on: date
    days: int
    act_by: date | None

    @staticmethod
    def resolve_asset(ending: Any) -> int:
        return int(ending.asset.pk)

    @staticmethod
    def resolve_title(ending: Any) -> str:
        return str(ending.asset.title)


class EmbargoIn(StrictSchema):
    """Until when nobody may see an asset."""

    until: AwareDatetime | None = Field(description="With its zone; null lifts the embargo.")


class RightsNeeded(StrictSchema):
    """The rights of which each needs a licence."""

    rights: list[Literal["sync", "master"]]


class SubjectIn(StrictSchema):
    """Who or what can be recognised."""

    name: str
    kind: SubjectKind = "person"


class ConsentIn(StrictSchema):
    """What somebody agreed to."""

    agreed: str = Field(description="And where that is kept: “Release of 3 May, folder 12”.")
    asset_id: int | None = Field(
        None, ge=1, le=2**63 - 1, description="For this asset alone; null: all that show them."
    )
    territories: list[str] = Field([], max_length=300, description="ISO 3166-1 codes; none: worldwide.")
    channels: list[str] = Field([], max_length=100, description="Channel slugs; none: every channel.")
    uses: list[Licence.Use] = Field([], max_length=10, description="None: every use.")
    starts_on: date | None = None
    ends_on: date | None = None


class ConsentOut(Schema):
    """What somebody agreed to."""

    id: int
    agreed: str
    asset_id: int | None
    territories: list[str]
    channels: list[str]
    uses: list[str]
    starts_on: date | None
    ends_on: date | None
    withdrawn_at: datetime | None
    papers: list[PaperOut]

    @staticmethod
    def resolve_papers(consent: Consent) -> list[Any]:
        return list(consent.papers.all())


class SubjectOut(Schema):
    """A person, place or thing that can be recognised in assets."""

    id: int
    name: str
    kind: SubjectKind
    consents: list[ConsentOut]

    @staticmethod
    def resolve_consents(subject: Subject) -> list[Any]:
        return list(subject.consents.all())


class Reason(Schema):
    """Why."""

    reason: str = Field("", max_length=1000)


class UseIn(StrictSchema):
    """What is planned."""

    channel: str = Field(max_length=40, description="A channel's slug.")
    at: datetime | None = Field(None, description="When it is to be published; now when left out.")
    until: datetime | None = Field(None, description="When it is taken down; left out: it stays.")
    territory: str = Field("", max_length=2, description="ISO 3166-1 code; empty: the whole world.")
    purpose: Licence.Use = Licence.Use.ORGANIC
    edits: Licence.Edits = Licence.Edits.NONE


class AnswerOut(Schema):
    """What the rights say."""

    verdict: Literal["yes", "later", "no"]
    reasons: list[str]
    allowed_from: datetime | None = Field(description="The first moment it may, not before the planned one.")
    allowed_until: datetime | None = Field(description="When it must be gone; null: no end known, or never allowed.")

    @staticmethod
    def resolve_reasons(answer: Any) -> list[str]:
        reasons: tuple[Finding, ...] = answer.reasons
        return [finding.message for finding in reasons]


class AnswerKept(Schema):
    """An answer that was kept as evidence."""

    id: int
    about: str
    asked_at: datetime
    use: dict[str, Any]
    answer: dict[str, Any]
    grounds: dict[str, Any]
