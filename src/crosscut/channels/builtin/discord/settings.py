"""What a person tells about a channel on Discord."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress


class Settings(BaseModel):
    """One channel of one server, in which a bot of the person's own writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel_id: str = Field(
        title="Channel ID",
        description="In Discord: Settings → Advanced → Developer Mode, then right-click the channel → Copy Channel ID.",
        pattern=r"^\d{15,21}$",
    )
    api_url: WebAddress = Field(
        "https://discord.com/api/v10", title="API", description="Where it answers.", json_schema_extra=FOR_PROGRAMS
    )
