"""What a person tells about an account on which they post themselves."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import OptionalWebAddress, WebAddress, for_programs


class Settings(BaseModel):
    """Whose profile it is, and where the team hears that it is time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: WebAddress = Field(
        title="Profile", description="The public page of the account, as the browser shows it: https://…/@reefwatch"
    )
    remind_in: str = Field(
        "",
        title="Reminder in the chat",
        description="The name of a connected chat account (Slack, Teams, Discord, Telegram) that only your team reads. "
        "It is told when a post waits for somebody. Empty: nobody is.",
        max_length=120,
    )
    web_url: OptionalWebAddress = for_programs("", "Web address", "Where posts are read, where not on the place's own.")
