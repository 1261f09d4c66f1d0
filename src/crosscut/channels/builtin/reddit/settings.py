"""What a person tells about an account on Reddit."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress, for_programs


class Settings(BaseModel):
    """One app of the person's own at Reddit, and where it speaks to Reddit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(
        title="Client ID",
        description="From your app at Reddit: the line of signs below its name.",
        pattern=r"^[\w-]{8,40}$",
    )
    owner: str = Field(
        title="Whose app it is",
        description="The Reddit name that Reddit approved. Every request says it, as Reddit demands.",
        pattern=r"^[\w-]{3,20}$",
    )
    community: str = Field(
        "", title="Usual community", description="For posts that name none: “r/reef”.", max_length=60
    )
    api_url: WebAddress = for_programs("https://oauth.reddit.com", "API", "Where it answers.")
    login_url: WebAddress = for_programs("https://www.reddit.com/api/v1", "Login page", "Where the person says yes.")
    public_url: WebAddress = for_programs("https://www.reddit.com", "Public pages", "Where everybody reads.")
