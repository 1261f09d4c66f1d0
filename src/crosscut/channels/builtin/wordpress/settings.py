"""What a person tells about a WordPress site."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import Line, Lines, WebAddress


class Settings(BaseModel):
    """One author on one site."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_url: WebAddress = Field(title="Website", description="The site's address: https://reef.example/blog")
    username: Line = Field(title="User name", description="Who signs in and appears as the author.")
    has_featured_image: bool = Field(
        True,
        title="First picture as featured image",
        description="A picture that comes first stands above the article and in lists, as the theme does it.",
    )
    categories: Lines = Field(
        (),
        title="Categories",
        description="Categories of every post that names none itself, with commas between them. Missing ones are made.",
    )
