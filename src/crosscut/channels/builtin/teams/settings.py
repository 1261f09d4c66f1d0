"""What a person tells about a channel in Teams."""

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import Line, OptionalWebAddress, for_programs


class Settings(BaseModel):
    """One channel or chat, in which a workflow of the person's own writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Line = Field(
        title="Team and channel",
        description="As people there call it: Reef Watch, General. Teams tells no program.",
    )
    origin: OptionalWebAddress = for_programs("", "Origin", "Where the workflow answers, where not at Microsoft's.")
