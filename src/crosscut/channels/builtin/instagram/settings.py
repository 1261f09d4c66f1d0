"""What a person tells about an Instagram account."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress


class Settings(BaseModel):
    """One app of the person's own at Meta, and where it speaks to Instagram."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(
        title="Instagram app ID",
        description="From your app's dashboard: Instagram → API setup with Instagram login.",
        pattern=r"^\d{5,25}$",
    )
    version: str = Field(
        "v25.0",
        title="Version",
        description="Of the Graph API.",
        pattern=r"^v\d+\.\d+$",
        json_schema_extra=FOR_PROGRAMS,
    )
    graph_url: WebAddress = Field(
        "https://graph.instagram.com", title="API", description="Where it answers.", json_schema_extra=FOR_PROGRAMS
    )
    login_url: WebAddress = Field(
        "https://www.instagram.com/oauth/authorize",
        title="Login page",
        description="Where the person says yes.",
        json_schema_extra=FOR_PROGRAMS,
    )
    token_url: WebAddress = Field(
        "https://api.instagram.com/oauth/access_token",
        title="Logins",
        description="Where a code is turned in.",
        json_schema_extra=FOR_PROGRAMS,
    )
