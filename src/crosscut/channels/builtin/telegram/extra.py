"""What only a post on Telegram has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """Whom it wakes, and what may be done with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_silent: bool | None = Field(None, title="Silent", description="Nobody's phone makes a sound for it.")
    hides_previews: bool | None = Field(
        None, title="No link preview", description="Telegram draws no preview of the link in the text."
    )
    is_protected: bool | None = Field(None, title="Protected", description="Nobody can forward or save it.")
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Telegram shows no captions of a video in any other way."
    )
