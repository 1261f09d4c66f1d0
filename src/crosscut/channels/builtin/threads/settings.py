"""What a person tells about a Threads profile."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress


class Settings(BaseModel):
    """One app of the person's own at Meta, and where it speaks to Threads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(
        title="Threads app ID",
        description="From your app’s dashboard: Use cases → Access the Threads API → Settings.",
        pattern=r"^\d{5,25}$",
    )
    version: str = Field(
        "v1.0",
        title="Version",
        description="Of the Threads API.",
        pattern=r"^v\d+\.\d+$",
        json_schema_extra=FOR_PROGRAMS,
    )
    graph_url: WebAddress = Field(
        "https://graph.threads.net", title="API", description="Where it answers.", json_schema_extra=FOR_PROGRAMS
    )
    login_url: WebAddress = Field(
        "https://threads.net/oauth/authorize",
        title="Login page",
        description="Where the person says yes.",
        json_schema_extra=FOR_PROGRAMS,
    )
    token_url: WebAddress = Field(
        "https://graph.threads.net/oauth/access_token",
        title="Logins",
        description="Where a code is turned in.",
        json_schema_extra=FOR_PROGRAMS,
    )
