"""What only a Discord message has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """Whom the message wakes, and what Discord adds to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pings: bool | None = Field(
        None, title="Mentions notify", description="@everyone, roles and people in the text are told. Otherwise nobody."
    )
    is_silent: bool | None = Field(None, title="Silent", description="Nobody gets a notification of the message.")
    hides_previews: bool | None = Field(
        None, title="No link previews", description="Discord draws no preview of the links in the text."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Discord shows no captions of a video in any other way."
    )
