"""What only a post on X has."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Repliers(StrEnum):
    """Who may reply (`reply_settings` of POST /2/tweets)."""

    FOLLOWED = "following"
    MENTIONED = "mentionedUsers"
    SUBSCRIBERS = "subscribers"
    VERIFIED = "verified"


class PostExtra(BaseModel):
    """Who may reply, and what has to be disclosed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reply_settings: Repliers | None = Field(None, title="Who may reply", description="Everyone, unless you choose.")
    made_with_ai: bool | None = Field(
        None, title="Made with AI", description="X marks the post as holding media that a program made."
    )
    paid_partnership: bool | None = Field(
        None, title="Paid partnership", description="X marks the post as paid promotion."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Caption files go along with a film either way."
    )
