"""What a person tells about a Facebook Page."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress


class Settings(BaseModel):
    """One app of the person's own at Meta, and where it speaks to Facebook."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(
        title="App ID", description="From your app's dashboard: App settings → Basic.", pattern=r"^\d{5,25}$"
    )
    version: str = Field(
        "v25.0",
        title="Version",
        description="Of the Graph API.",
        pattern=r"^v\d+\.\d+$",
        json_schema_extra=FOR_PROGRAMS,
    )
    graph_url: WebAddress = Field(
        "https://graph.facebook.com", title="API", description="Where it answers.", json_schema_extra=FOR_PROGRAMS
    )
    login_url: WebAddress = Field(
        "https://www.facebook.com",
        title="Login page",
        description="Where the person says yes.",
        json_schema_extra=FOR_PROGRAMS,
    )
    upload_url: WebAddress = Field(
        "https://rupload.facebook.com",
        title="Uploads",
        description="Where reels are handed over.",
        json_schema_extra=FOR_PROGRAMS,
    )
