"""What a person tells about a Ghost site."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import Lines, WebAddress


class Visibility(StrEnum):
    """Who reads a post to its end (https://docs.ghost.org/admin-api/posts/overview)."""

    PUBLIC = "public"
    MEMBERS = "members"
    PAID = "paid"


class Settings(BaseModel):
    """One integration on one site."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_url: WebAddress = Field(
        title="Website",
        description="Where Ghost Admin is opened, without /ghost: https://reef.example, or https://reef.ghost.io",
    )
    author: str = Field(
        "",
        pattern=r"^[a-z0-9-]{0,191}$",
        title="Author",
        description="The last part of the author's page, such as “ada”. The site's owner unless you say.",
    )
    visibility: Visibility = Field(
        Visibility.PUBLIC, title="Read by", description="Who reads posts that do not say it themselves."
    )
    has_feature_image: bool = Field(
        True,
        title="First picture as feature image",
        description="A picture that comes first stands above the article, in lists and in previews of its address.",
    )
    tags: Lines = Field(
        (), title="Tags", description="Of every post, after its own, with commas between them. Missing ones are made."
    )
