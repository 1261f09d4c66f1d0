"""What a website must know about itself."""

from pydantic import ConfigDict, Field

from crosscut.channels.fields import AbsoluteFolder, Language, Line, OptionalWebAddress, WebAddress
from crosscut.channels.local import FolderSettings


class SiteSettings(FolderSettings):
    """One website."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: AbsoluteFolder = Field(
        title="Folder", description="Where the website is kept. A web server shows its “public” folder."
    )
    base_url: WebAddress = Field(
        title="Address",
        description="Where people find the website: https://www.example.org",
        examples=["https://www.example.org"],
    )
    title: Line = Field(title="Title", description="The website's name, at the top of every page.")
    description: str = Field(
        default="",
        max_length=300,
        title="Description",
        description="One sentence under the title and in search results.",
    )
    language: Language = Field(
        default="en", title="Language", description="The website's language as a code: en, de, pt-BR."
    )
    organisation: str = Field(
        default="", max_length=200, title="Organisation or author", description="Who stands behind what is published."
    )
    counter_url: OptionalWebAddress = Field(
        default="",
        title="Visit counter",
        description="Where page views are counted, without cookies or knowing who reads. Empty counts nothing.",
    )
