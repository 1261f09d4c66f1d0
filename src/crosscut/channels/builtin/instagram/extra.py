"""What only an Instagram post has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """The first comment, who is in on it, and where it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_comment: str = Field(
        "", max_length=2200, title="First comment", description="Written below the post right after it went out."
    )
    collaborators: str = Field(
        "",
        max_length=200,
        pattern=r"^(\s*@?[\w.]+\s*(,|$)){0,3}$",
        title="Collaborators",
        description="Up to three names, with commas between them. Each is asked and can say no.",
    )
    location_id: str = Field(
        "", pattern=r"^\d{0,30}$", title="Place", description="The number of a Facebook Page that stands for the place."
    )
    is_in_feed: bool | None = Field(
        None, title="Show a reel in the feed as well", description="Yes, unless you say no."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Instagram takes no caption files."
    )
