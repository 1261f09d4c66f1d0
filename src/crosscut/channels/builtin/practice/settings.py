"""What an account on the practice network must know."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from crosscut.channels.fields import AbsoluteFolder, Line, WebAddress


class PracticeSettings(BaseModel):
    """One account on one practice network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: AbsoluteFolder = Field(title="Folder", description="Where the network keeps its posts.")
    base_url: WebAddress = Field(title="Address", description="Where the network answers: http://127.0.0.1:8400")
    handle: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,30}$")] = Field(
        title="Handle", description="The account's short name: 2 to 30 of a-z, 0-9 and _."
    )
    name: Line = Field(title="Name", description="The account's name, as everybody sees it.")
