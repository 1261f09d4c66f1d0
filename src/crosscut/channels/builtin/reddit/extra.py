"""What only a post on Reddit has."""

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """Where it goes, under which flair, and what readers are warned of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    community: str = Field(
        "",
        max_length=60,
        title="Community",
        description="“r/reef”, or “u/you” for your own profile. Empty: the account's usual one.",
        json_schema_extra={"offered_by": "communities"},
    )
    flair: str = Field(
        "",
        max_length=64,
        title="Flair",
        description="Its words as the community shows them. Some communities want one.",
    )
    is_adult: bool | None = Field(None, title="Not safe for work", description="Reddit asks readers for their age.")
    is_spoiler: bool | None = Field(None, title="Spoiler", description="Reddit hides it until somebody looks.")
    is_quiet: bool | None = Field(
        None, title="No messages about replies", description="Reddit does not tell the account who replied."
    )
