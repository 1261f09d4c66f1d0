"""What only a Mastodon post has."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.builtin.mastodon.settings import Visibility


class PostExtra(BaseModel):
    """Who sees the post, and what stands before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spoiler_text: str = Field(
        "", max_length=500, title="Content warning", description="Shown first; the post opens when somebody asks."
    )
    visibility: Visibility | None = Field(
        None, title="Visible to", description="As the account is set up, unless you choose."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Mastodon shows no captions of a video in any other way."
    )
    sensitive: bool | None = Field(None, title="Hide the media", description="They are shown when somebody asks.")
