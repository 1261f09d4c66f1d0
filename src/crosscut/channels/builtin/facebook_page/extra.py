"""What only a post on a Facebook Page has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """The first comment, and the place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_comment: str = Field(
        "", max_length=8000, title="First comment", description="Written below the post right after it went out."
    )
    place: str = Field(
        "", pattern=r"^\d{0,30}$", title="Place", description="The number of a Facebook Page that stands for the place."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Caption files are not handed to Facebook yet."
    )
