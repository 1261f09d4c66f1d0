"""What a post has beside its words and files when a person makes it."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """What whoever posts has to know, and the words that go below the post."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: str | None = Field(
        None, title="Where exactly", description="The community, board, playlist or album.", max_length=200
    )
    note: str | None = Field(
        None, title="For whoever posts it", description="Music, stickers, mentions, a place.", max_length=1000
    )
    first_comment: str | None = Field(
        None, title="First comment", description="To be written below the post.", max_length=2000
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Drawn into the video, for places that show no others."
    )
