"""What a person tells about a Bluesky account."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from crosscut.channels.fields import OptionalWebAddress, WebAddress


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("@")


class Settings(BaseModel):
    """One account. Only the handle is needed for an account at bsky.social."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    handle: Annotated[str, AfterValidator(_bare)] = Field(
        title="Handle", description="The account's name, such as reef.bsky.social.", min_length=3, max_length=253
    )
    service_url: WebAddress = Field(
        "https://bsky.social", title="Account server", description="Where the account lives."
    )
    appview_url: OptionalWebAddress = Field(
        "https://public.api.bsky.app",
        title="Public view",
        description="Where posts are read back as the public sees them. Empty: read them from the account server.",
    )
    video_service_url: OptionalWebAddress = Field(
        "https://video.bsky.app",
        title="Video service",
        description="Prepares videos for playing. Empty: videos go to the account server as they are.",
    )
    web_url: WebAddress = Field("https://bsky.app", title="Website", description="Where people look at posts.")
