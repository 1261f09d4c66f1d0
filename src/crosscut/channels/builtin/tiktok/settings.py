"""What a person tells about an account on TikTok."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress, for_programs


class Settings(BaseModel):
    """One app of the person's own at TikTok, and where it speaks to TikTok."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_key: str = Field(
        title="Client key", description="From your app at TikTok for Developers.", pattern=r"^[\w-]{8,80}$"
    )
    api_url: WebAddress = for_programs("https://open.tiktokapis.com", "API", "Where it answers.")
    login_url: WebAddress = for_programs(
        "https://www.tiktok.com/v2/auth/authorize", "Login page", "Where the person says yes."
    )
    public_url: WebAddress = for_programs("https://www.tiktok.com", "Public pages", "Where everybody watches.")
