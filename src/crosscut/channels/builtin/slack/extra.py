"""What only a Slack message has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """What Slack adds to the message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hides_previews: bool | None = Field(
        None, title="No link previews", description="Slack draws no preview of the links in the text."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Slack shows no captions of a video in any other way."
    )
