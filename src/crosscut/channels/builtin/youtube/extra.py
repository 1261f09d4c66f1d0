"""What only a film on YouTube has."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Visibility(StrEnum):
    """Who finds it (`status.privacyStatus`). Private is where it waits, and nothing that could be proven."""

    PUBLIC = "public"
    UNLISTED = "unlisted"


class Licence(StrEnum):
    """Under which licence it is shown (`status.license`)."""

    STANDARD = "youtube"
    CREATIVE_COMMONS = "creativeCommon"


class PostExtra(BaseModel):
    """Who finds it, whom it is made for, what has to be disclosed, and where it is filed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    visibility: Visibility | None = Field(
        None, title="Who finds it", description="Everybody, or only who knows its address (“unlisted”)."
    )
    is_for_kids: bool | None = Field(
        None,
        title="Made for kids",
        description="The law wants to know. Comments, reminders and personal advertising are off then.",
    )
    has_synthetic_media: bool | None = Field(
        None,
        title="Altered or made by AI",
        description="It looks real and is not: YouTube labels it. Beauty filters and drawings need no label.",
    )
    category: str = Field(
        "",
        pattern=r"^\d{0,3}$",
        title="Category",
        description="YouTube's number: 22 people and blogs (if you say nothing), 24 entertainment, 25 news, "
        "27 education, 28 science, 29 good causes.",
    )
    licence: Licence | None = Field(
        None, title="Licence", description="YouTube's own, or “creativeCommon”: others may use it with your name."
    )
    playlist: str = Field(
        "",
        pattern=r"^[\w-]{0,64}$",
        title="Playlist",
        description="The part of the playlist's address after “list=”. It has to be this channel's.",
    )
    has_own_thumbnail: bool | None = Field(
        None,
        title="Our still as thumbnail",
        description="In place of YouTube's choice. The channel has to be confirmed by phone; Shorts take none.",
    )
    is_quiet: bool | None = Field(
        None, title="Tell no subscribers", description="It appears without a message to those who asked for one."
    )
    is_not_embeddable: bool | None = Field(
        None, title="Not on other websites", description="Nobody can show it in their own pages."
    )
