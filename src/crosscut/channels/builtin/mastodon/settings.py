"""What a person tells about a Mastodon account."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress


class Visibility(StrEnum):
    """Who sees a post (https://docs.joinmastodon.org/entities/Status/#visibility)."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    DIRECT = "direct"


class Settings(BaseModel):
    """One account on one server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instance_url: WebAddress = Field(title="Server", description="Where the account lives: https://mastodon.social")
    visibility: Visibility = Field(
        Visibility.PUBLIC, title="Visible to", description="Who sees posts that do not say it themselves."
    )
