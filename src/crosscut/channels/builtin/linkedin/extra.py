"""What only a post on LinkedIn has."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Visibility(StrEnum):
    """Who sees it (`visibility` of the Posts API)."""

    PUBLIC = "PUBLIC"
    CONNECTIONS = "CONNECTIONS"


class PostExtra(BaseModel):
    """Who sees it, and whether it may be shared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    visibility: Visibility | None = Field(
        None, title="Who sees it", description="Everybody, unless you choose. Pages always speak to everybody."
    )
    is_unshareable: bool | None = Field(None, title="No resharing", description="Nobody can share it on.")
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Caption files are not handed to LinkedIn yet."
    )
