"""What a person tells about a channel on YouTube."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress, for_programs


class Status(StrEnum):
    """How far the person's app is with Google (Google Auth Platform → Audience → Publishing status)."""

    TESTING = "testing"
    PRODUCTION = "production"


class Settings(BaseModel):
    """One app of the person's own at Google, and where it speaks to YouTube."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(
        title="Client ID",
        description="From your project in the Google Cloud console: Clients → the web application.",
        pattern=r"^[\w.-]{8,120}$",
    )
    status: Status = Field(
        Status.PRODUCTION,
        title="Publishing status",
        description="Of your app, under Audience. While it is “testing”, every login ends after seven days.",
    )
    api_url: WebAddress = for_programs("https://www.googleapis.com", "API", "Where it answers.")
    login_url: WebAddress = for_programs(
        "https://accounts.google.com/o/oauth2/v2/auth", "Login page", "Where the person says yes."
    )
    token_url: WebAddress = for_programs("https://oauth2.googleapis.com/token", "Logins", "Where logins are given.")
    public_url: WebAddress = for_programs("https://www.youtube.com", "Public pages", "Where everybody watches.")
