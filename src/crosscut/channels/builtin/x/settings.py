"""What a person tells about an account on X."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress, for_programs


class Settings(BaseModel):
    """One app of the person's own at X, and where it speaks to X."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(
        title="Client ID",
        description="From your app in X's developer console: User authentication settings → OAuth 2.0 Client ID.",
        pattern=r"^[\w-]{10,80}$",
    )
    api_url: WebAddress = for_programs("https://api.x.com", "API", "Where it answers.")
    login_url: WebAddress = for_programs("https://x.com/i/oauth2/authorize", "Login page", "Where the person says yes.")
