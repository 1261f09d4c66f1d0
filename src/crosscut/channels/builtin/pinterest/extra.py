"""What only a Pin has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """Which board it is on, and what stands for a film."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    board: str = Field(
        "",
        max_length=180,
        title="Board",
        description="Its name as on Pinterest. Empty: the account's usual board.",
        json_schema_extra={"offered_by": "boards"},
    )
    cover_s: int | None = Field(
        None,
        ge=0,
        title="Cover at",
        description="Of a film: the second whose picture stands for it. Empty: the still made here.",
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Pinterest takes no caption files."
    )
