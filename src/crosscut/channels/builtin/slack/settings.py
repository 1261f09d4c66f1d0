"""What a person tells about a channel in Slack."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import WebAddress, for_programs


class Settings(BaseModel):
    """One channel of one Slack workspace, in which an app of the person's own writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel_id: str = Field(
        title="Channel ID",
        description="In Slack: click the channel's name, and copy the ID at the foot of About. It begins with C.",
        pattern=r"^[CG][A-Z0-9]{6,20}$",
    )
    api_url: WebAddress = for_programs("https://slack.com/api", "API", "Where it answers.")
