"""What only a Threads post has."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Repliers(StrEnum):
    """Who may reply (https://developers.facebook.com/docs/threads/reference/publishing)."""

    EVERYONE = "everyone"
    FOLLOWED = "accounts_you_follow"
    FOLLOWERS = "followers_only"
    MENTIONED = "mentioned_only"


class PostExtra(BaseModel):
    """The topic, and who may reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic_tag: str = Field(
        "", max_length=50, pattern=r"^[^.&]*$", title="Topic", description="One, without # and without . or &."
    )
    reply_control: Repliers | None = Field(None, title="Who may reply", description="Everyone, unless you choose.")
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Threads takes no caption files."
    )
