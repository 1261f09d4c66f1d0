"""What a person tells about an account on Pinterest."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress, for_programs


class Settings(BaseModel):
    """One app of the person's own at Pinterest, and where it speaks to Pinterest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(
        title="App ID", description="From your app at Pinterest for developers: My apps.", pattern=r"^[\w-]{4,40}$"
    )
    board: str = Field(
        "",
        title="Usual board",
        description="Its name as on Pinterest, for Pins that name none. Empty: the only public board there is.",
        max_length=180,
    )
    api_url: WebAddress = for_programs("https://api.pinterest.com/v5", "API", "Where it answers.")
    login_url: WebAddress = for_programs("https://www.pinterest.com/oauth", "Login page", "Where the person says yes.")
    public_url: WebAddress = for_programs("https://www.pinterest.com", "Public pages", "Where everybody looks.")
