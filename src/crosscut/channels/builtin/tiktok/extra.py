"""What only a post on TikTok has."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Privacy(StrEnum):
    """Who sees it (`privacy_level`). TikTok offers each account its own choice of these."""

    EVERYONE = "PUBLIC_TO_EVERYONE"
    FRIENDS = "MUTUAL_FOLLOW_FRIENDS"
    FOLLOWERS = "FOLLOWER_OF_CREATOR"
    NOBODY = "SELF_ONLY"


class PostExtra(BaseModel):
    """Who sees it, what others may do with it, and what has to be disclosed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    privacy: Privacy | None = Field(
        None,
        title="Who sees it",
        description="TikTok wants you to choose each time. Only what everybody sees can be proven. By posting you "
        "agree to TikTok's Music Usage Confirmation.",
    )
    takes_comments: bool | None = Field(None, title="Comments", description="Allowed only if you say so.")
    takes_duets: bool | None = Field(None, title="Duets", description="Of films; allowed only if you say so.")
    takes_stitches: bool | None = Field(None, title="Stitches", description="Of films; allowed only if you say so.")
    is_paid_partnership: bool | None = Field(
        None, title="Paid partnership", description="It promotes somebody else: TikTok labels it. Cannot be private."
    )
    is_own_brand: bool | None = Field(
        None, title="Your brand", description="It promotes yourself or your own business: TikTok labels it."
    )
    made_with_ai: bool | None = Field(None, title="Made with AI", description="TikTok labels the film.")
    cover_ms: int | None = Field(
        None, ge=0, title="Cover at", description="Of a film: the moment it shows, in thousandths of a second."
    )
    cover_number: int | None = Field(
        None, ge=1, le=35, title="Cover picture", description="Of pictures: the number of the one that is shown first."
    )
    has_music: bool | None = Field(
        None, title="Music from TikTok", description="Of pictures: TikTok adds some that it finds fitting."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="TikTok takes no caption files."
    )
