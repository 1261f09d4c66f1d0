"""Links for programs: the rules they are marked by, short ones, and whether they answer."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Query, Router, Schema, Status
from ninja.pagination import paginate
from pydantic import AwareDatetime, ConfigDict

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library.queries import refuse_guests
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce import queries
from crosscut.apps.produce.linking import Rules, rules_of
from crosscut.apps.produce.models import LinkCheck, LinkDefault, ShortLink, ShortLinkDay
from crosscut.apps.produce.services import link_checks, link_rules, short_links

router = Router(tags=["links"])
_EARLIEST, _LATEST = datetime.fromisoformat("2000-01-01T00:00:00Z"), datetime.fromisoformat("2200-01-01T00:00:00Z")
_Moment = Annotated[AwareDatetime | None, Field(ge=_EARLIEST, lt=_LATEST, description="From then on it answers 410.")]
_Values = Annotated[list[str], Field(max_length=link_rules.MOST)]
_BYTES: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The picture.",
            "content": {kind: {"schema": {"type": "string"}} for kind in ("image/svg+xml", "image/png")},
        }
    }
}
_MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class _Input(Schema):
    model_config = ConfigDict(extra="forbid")


class LinkRulesOut(Schema):
    """How links of the workspace's pieces are marked."""

    hosts: list[str] = Field(description="The workspace's own places: only links to them are marked.")
    sources: list[str] = Field(description="What utm_source may say; empty: anything.")
    mediums: list[str]
    campaigns: list[str]
    short_base: str = Field(description="What short addresses begin with.")


class LinkRulesIn(_Input):
    """The rules, all of them."""

    hosts: _Values = Field([], description="reef.example stands for www.reef.example too.")
    sources: _Values = []
    mediums: _Values = []
    campaigns: _Values = []
    short_host: str = Field("", max_length=253, description="A domain of the workspace's own for short links.")


class Tags(_Input):
    """Marks of a link; an empty one says nothing."""

    source: str = Field("", max_length=60)
    medium: str = Field("", max_length=60)
    campaign: str = Field("", max_length=60)


class LinkDefaultIn(_Input):
    """What links are marked with."""

    channel: str = Field("", max_length=40, description="Empty: all.")
    campaign_id: int | None = Field(None, ge=1, le=2**63 - 1, description="Null: all.")
    tags: Tags


class LinkDefaultOut(Schema):
    """What links are marked with on a channel, in a campaign, or everywhere."""

    id: int
    channel: str
    campaign_id: int | None
    source: str = Field(alias="utm_source")
    medium: str = Field(alias="utm_medium")
    campaign: str = Field(alias="utm_campaign")


class AddressIn(_Input):
    """An address to mark."""

    address: str = Field(max_length=link_rules.LONGEST_ADDRESS)
    channel: str = Field("", max_length=40, description="Whose defaults fill what is left open.")
    tags: Tags = Field(default_factory=lambda: Tags.model_validate({}))


class AddressOut(Schema):
    """The marked address."""

    address: str


class ShortLinkIn(_Input):
    """A short link to make."""

    leads_to: str = Field(max_length=link_rules.LONGEST_ADDRESS)
    code: str = Field("", max_length=40, description="The last part of its address; empty: one is drawn.")
    name: str = Field("", max_length=120)
    ends_at: _Moment = None


class ShortLinkChange(_Input):
    """What to change; what is left out stays."""

    leads_to: str = Field("", max_length=link_rules.LONGEST_ADDRESS)
    name: str = Field("", max_length=120)
    ends_at: _Moment = None


class ShortLinkOut(Schema):
    """A short link."""

    id: int
    code: str
    address: str
    leads_to: str
    name: str
    piece: int | None = Field(alias="piece_id", description="Whose posts show it.")
    channel: str
    ends_at: datetime | None
    visits: int
    created_at: datetime

    @staticmethod
    def resolve_address(link: ShortLink) -> str:
        return short_links.address_of(link)


class ShortLinkDayOut(Schema):
    """How often it was followed on one day, in UTC."""

    day: date
    value: int


class LinkCheckOut(Schema):
    """What an address answered."""

    address: str
    state: Literal["waiting", "alive", "silent", "dead"]
    status: int | None
    final_address: str = Field(description="Where it was found after redirects.")
    hops: int
    problem: str
    checked_at: datetime | None


class LinkCheckIn(_Input):
    """An address to look at."""

    address: str = Field(max_length=link_rules.LONGEST_ADDRESS)


class LinkCheckFilter(Schema):
    """Which addresses."""

    state: Literal["", "waiting", "alive", "silent", "dead"] = ""


@router.get("/link-rules", response=LinkRulesOut, summary="How links are marked")
def get_link_rules(request: ApiRequest) -> dict[str, Any]:
    """Empty where nobody said anything."""
    refuse_guests(request.auth)
    return _told(rules_of(request.auth.workspace))


@router.put("/link-rules", response=LinkRulesOut, summary="Say how links are marked")
def put_link_rules(request: ApiRequest, payload: LinkRulesIn) -> dict[str, Any]:
    """Seniors and above; a domain for short links is a lead's to give."""
    wish = link_rules.Wish(
        hosts=tuple(payload.hosts),
        sources=tuple(payload.sources),
        mediums=tuple(payload.mediums),
        campaigns=tuple(payload.campaigns),
        short_host=payload.short_host,
    )
    link_rules.set_rules(request.auth, wish)
    return _told(rules_of(request.auth.workspace))


@router.get("/link-defaults", response=list[LinkDefaultOut], summary="What links are marked with")
@paginate
def list_link_defaults(request: ApiRequest) -> QuerySet[LinkDefault]:
    """By channel and campaign."""
    return queries.link_defaults_for(request.auth)


@router.put("/link-defaults", response=LinkDefaultOut, summary="Say what links are marked with")
def put_link_default(request: ApiRequest, payload: LinkDefaultIn) -> LinkDefault:
    """Seniors and above. Takes the place of the one for the same channel and campaign."""
    campaign = campaign_for(request.auth, payload.campaign_id) if payload.campaign_id else None
    tags = payload.tags.model_dump()
    return link_rules.set_default(request.auth, tags, channel=payload.channel, campaign=campaign)


@router.delete("/link-defaults/{int:default_id}", response={204: None}, summary="Mark nothing by it")
def delete_link_default(request: ApiRequest, default_id: int) -> Status[None]:
    """Seniors and above."""
    link_rules.drop_default(request.auth, default_id)
    return Status(204, None)


@router.post("/links/mark", response=AddressOut, summary="Mark an address")
def post_marked_link(request: ApiRequest, payload: AddressIn) -> dict[str, str]:
    """Nothing is kept. 422 names the nearest value where one was not agreed on."""
    tags = payload.tags.model_dump()
    return {"address": link_rules.build_address(request.auth, payload.address, tags, channel=payload.channel)}


@router.get("/links/checks", response=list[LinkCheckOut], summary="Whether links answer")
@paginate
def list_link_checks(request: ApiRequest, wanted: Query[LinkCheckFilter]) -> QuerySet[LinkCheck]:
    """Of the addresses that pieces and short links lead to, dead ones first."""
    rows = queries.link_checks_for(request.auth)
    return rows.filter(state=wanted.state) if wanted.state else rows


@router.post("/links/checks", response={202: LinkCheckOut}, summary="Look at an address")
def post_link_check(request: ApiRequest, payload: LinkCheckIn) -> Status[LinkCheck]:
    """Within some seconds."""
    return Status(202, link_checks.ask_again_for(request.auth, link_rules.checked_address(payload.address)))


@router.get("/short-links", response=list[ShortLinkOut], summary="Short links")
@paginate
def list_short_links(request: ApiRequest) -> QuerySet[ShortLink]:
    """The newest first."""
    return queries.short_links_for(request.auth)


@router.post("/short-links", response={201: ShortLinkOut}, summary="Make a short link")
def post_short_link(request: ApiRequest, payload: ShortLinkIn) -> Status[ShortLink]:
    """Specialists and above."""
    made = short_links.make_link(request.auth, short_links.Wish(**payload.model_dump()))
    return Status(201, queries.short_link_for(request.auth, made.pk))


@router.get("/short-links/{int:link_id}", response=ShortLinkOut, summary="One short link")
def get_short_link(request: ApiRequest, link_id: int) -> ShortLink:
    """Over or not."""
    return queries.short_link_for(request.auth, link_id)


@router.patch("/short-links/{int:link_id}", response=ShortLinkOut, summary="Lead it elsewhere")
def patch_short_link(request: ApiRequest, link_id: int, payload: ShortLinkChange) -> ShortLink:
    """Specialists and above. Its own address stays."""
    link = queries.short_link_for(request.auth, link_id)
    short_links.change_link(request.auth, link, payload.model_dump(exclude_unset=True))
    return queries.short_link_for(request.auth, link_id)


@router.delete("/short-links/{int:link_id}", response={204: None}, summary="End it")
def delete_short_link(request: ApiRequest, link_id: int) -> Status[None]:
    """It answers 410 from now on; its numbers stay."""
    short_links.end_link(request.auth, queries.short_link_for(request.auth, link_id))
    return Status(204, None)


@router.get("/short-links/{int:link_id}/days", response=list[ShortLinkDayOut], summary="How often it was followed")
@paginate
def list_short_link_days(request: ApiRequest, link_id: int) -> QuerySet[ShortLinkDay]:
    """By day, the last first; days without anybody are left out."""
    return queries.short_link_for(request.auth, link_id).days.order_by("-day")


@router.get("/short-links/{int:link_id}/qr.{kind}", summary="Its QR code", openapi_extra=_BYTES)
def get_short_link_qr(request: ApiRequest, link_id: int, kind: Literal["svg", "png"]) -> HttpResponse:
    """SVG for any size, PNG of some 600 pixels."""
    address = short_links.address_of(queries.short_link_for(request.auth, link_id))
    return HttpResponse(short_links.qr_code(address, kind), content_type=_MEDIA_TYPES[kind])


def _told(rules: Rules) -> dict[str, Any]:
    return {"hosts": rules.hosts, "short_base": rules.short_base, **{f"{p}s": v for p, v in rules.allowed.items()}}
