"""Pieces and campaigns as YAML files, so that a whole campaign can be kept in git and published from it.

The JSON Schema of both is made from these models (`schema`), so an editor can complete and check. Paths are
relative to the file they stand in. Times are wall-clock times in the zone beside them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.zones import zone_names

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]


def _known_zone(name: str) -> str:
    if name not in zone_names():
        raise ValueError(f"{name!r} is no time zone; use an IANA name such as Europe/Berlin")
    return name


def _wall_time(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("write the time as clocks show it, without an offset, and the zone beside it")
    return moment


Zone = Annotated[str, AfterValidator(_known_zone)]
WallTime = Annotated[datetime, AfterValidator(_wall_time)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LicenceEntry(_Strict):
    """What may be done with a file."""

    holder: str = Field(description="Who owns the rights")
    terms: str = Field(description="The licence's name: CC BY 4.0, model release, own work")
    terms_url: str = Field("", description="Where the terms stand in full")
    credit_line: str = Field("", description="What must be printed")
    territories: list[str] = Field([], description="ISO 3166-1 codes; empty for worldwide")
    channels: list[str] = Field([], description="Channel names; empty for all")
    starts_on: date | None = Field(None, description="First day it may be live")
    ends_on: date | None = Field(None, description="Last day it may be live")


class MediaEntry(_Strict):
    """A file of the piece."""

    file: str = Field(description="Path of the media file")
    alt_text: str = Field("", description="What the picture shows, for those who cannot see it")
    is_decorative: bool = Field(False, description="The picture says nothing the text does not say")
    captions: str = Field("", description="Path of a .vtt or .srt file with what is said and heard")
    transcript: str = Field("", description="Path of a .vtt, .srt or .txt file")
    chapters: str = Field("", description="Path of a Podcasting 2.0 chapters .json file")
    focus: tuple[float, float] | None = Field(None, description="What a crop keeps: across and down, 0 to 1")
    channels: list[str] = Field([], description="The channels it goes to; empty for all")
    credit: str = Field("", description="Who made it, ready to print")
    licences: list[LicenceEntry] = Field([], description="What may be done with it")


class PartEntry(_Strict):
    """One post of a thread."""

    text: str = Field("", description="Its words")
    media: list[str] = Field([], description="Files of the piece that go with it, as they are named under media")


class ChannelEntry(_Strict):
    """What one channel shows, where it differs."""

    type: str = Field(description="The post type: article, images, episode; of a thread, its first part's")
    text: str | None = Field(None, description="Instead of the shared text")
    title: str | None = Field(None, description="Instead of the shared title")
    thread: list[PartEntry] = Field(
        [], description="Instead of one text: posts that answer each other; files no part names go with the first"
    )
    is_numbered: bool = Field(False, description="Each part of the thread ends with its number: 2/4")
    extra: dict[str, Any] = Field({}, description="What only this channel has")

    @model_validator(mode="after")
    def _one_text(self) -> "ChannelEntry":
        if self.thread and self.text is not None:
            raise ValueError("write the words in the parts of `thread`, or in `text`, not in both")
        return self


class Posting(_Strict):
    """One account the piece goes to."""

    account: str = Field(description="The account's name in the workspace, or its channel when there is one of it")
    at: WallTime | None = Field(None, description="Another time than the shared one")


class Schedule(_Strict):
    """When and where it goes out."""

    at: WallTime | None = Field(None, description="Wall-clock time, 2026-12-01T09:00; empty for as soon as published")
    when: Literal["next free slot"] | None = Field(
        None, description="In each account's first slot that no post has; with a time, from then on"
    )
    zone: Zone = Field("UTC", description="IANA time zone")
    to: list[Posting] = Field(min_length=1, description="The accounts")


class PieceFile(_Strict):
    """One piece of content with its channels, media and schedule."""

    crosscut: Literal[1] = Field(description="The version of this format")
    title: str = Field(min_length=1, max_length=200)
    campaign: Slug | None = Field(None, description="The campaign it belongs to, by its short name")
    text: str = Field("", description="The words all channels share, in Markdown")
    summary: str = Field("", max_length=500)
    link: str = Field("", description="An address the posts point to")
    tags: list[str] = Field([], description="Topics without #")
    language: str = Field("en", description="BCP 47")
    media: list[MediaEntry] = []
    channels: dict[str, ChannelEntry] = Field(min_length=1, description="By channel name")
    schedule: Schedule | None = None


class KeyResultEntry(_Strict):
    """A number to reach."""

    name: str
    metric: str = Field(description="A metric definition: site.page_views")
    goal: Decimal = Field(gt=0)


class CostEntry(_Strict):
    """Money or hours spent."""

    label: str
    amount: Decimal = Field(Decimal(0), ge=0, description="In the campaign's currency")
    hours: Decimal = Field(Decimal(0), ge=0)
    on: date = Field(alias="date")


class AudienceEntry(_Strict):
    """For whom."""

    name: str
    description: str = ""


class CampaignFile(_Strict):
    """Why content is made, for whom, until when, and for how much."""

    crosscut: Literal[1] = Field(description="The version of this format")
    name: str = Field(min_length=1, max_length=160)
    slug: Slug
    objective: str = ""
    brief: str = Field("", description="What is wanted, in Markdown")
    audiences: list[AudienceEntry] = []
    starts_on: date | None = None
    ends_on: date | None = None
    budget: Decimal = Field(Decimal(0), ge=0)
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    key_results: list[KeyResultEntry] = []
    costs: list[CostEntry] = []


File = TypeVar("File", PieceFile, CampaignFile)


def parse(text: str, model: type[File], *, name: str = "") -> File:
    """The file's content. Raises Invalid with every problem and its field, unknown fields included."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with one rule more
    except yaml.YAMLError as error:
        raise Invalid.at(name, f"This is not YAML: {str(error).replace(chr(10), ' ')}", code="file.not_yaml") from None
    if not isinstance(data, dict):
        raise Invalid.at(name, "The file must hold fields, like `title: …`.", code="file.empty")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Invalid(problems=[_problem(name, dict(detail), model) for detail in error.errors()]) from None


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of the format."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def _problem(name: str, detail: dict[str, Any], model: type[BaseModel]) -> Problem:
    where = ".".join(str(part) for part in detail["loc"])
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = "There is no such field. The documentation of piece files lists them all."
    return Problem(code=f"file.{detail['type']}", where=f"{name}: {where}" if name else where, message=message)


class _Loader(yaml.SafeLoader):
    """Refuses the same field twice, of which the second would silently win, and aliases, which can grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not used here: write it out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"{twice!r} stands here twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)
