"""What a person tells about a channel on Telegram."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress


class Settings(BaseModel):
    """One channel, in which a bot of the person's own writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chat: str = Field(
        title="Channel",
        description="Its public name with @, as in @reefwatch; of a private channel its number, which begins -100.",
        pattern=r"^(@[A-Za-z]\w{3,31}|-100\d{5,15})$",
    )
    api_url: WebAddress = Field(
        "https://api.telegram.org", title="API", description="Where it answers.", json_schema_extra=FOR_PROGRAMS
    )
    public_url: WebAddress = Field(
        "https://t.me", title="Public pages", description="Where anybody reads.", json_schema_extra=FOR_PROGRAMS
    )
