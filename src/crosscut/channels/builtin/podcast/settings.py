"""What a podcast must know about itself."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from crosscut.channels.builtin.podcast.categories import split
from crosscut.channels.fields import AbsoluteFolder, Language, Line, OptionalWebAddress, WebAddress
from crosscut.channels.local import FolderSettings


def _category(category: str) -> str:
    return " > ".join(part for part in split(category) if part)


class PodcastSettings(FolderSettings):
    """One podcast."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: AbsoluteFolder = Field(
        title="Folder", description="Where the podcast is kept. A web server shows its “public” folder."
    )
    base_url: WebAddress = Field(
        title="Address", description="Where that folder is found on the web. The feed is at this address + /feed.xml."
    )
    title: Line = Field(title="Title", description="The podcast's name, as apps show it.")
    description: str = Field(
        min_length=1,
        max_length=4000,
        title="Description",
        description="What it is about, for people who do not know it yet.",
    )
    author: Line = Field(title="Author", description="Who makes it: a person or an organisation.")
    owner_email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] = Field(
        title="Owner's e-mail", description="Where directories ask whether the podcast is yours. It is public."
    )
    language: Language = Field(
        default="en", title="Language", description="The language that is spoken: en, de, pt-BR."
    )
    category: Annotated[str, AfterValidator(_category)] = Field(
        title="Category", description="One of Apple's: “Science > Nature”, “History”.", examples=["Science > Nature"]
    )
    is_explicit: bool = Field(default=False, title="Explicit", description="It holds strong language or adult topics.")
    cover: AbsoluteFolder | None = Field(
        default=None,
        title="Cover",
        description="A square picture of 1400 to 3000 pixels, JPEG or PNG.",
    )
    is_locked: bool = Field(
        default=True,
        title="Locked",
        description="Other podcast hosts may not take the feed over without asking the owner.",
    )
    funding_url: OptionalWebAddress = Field(
        default="", title="Support page", description="Where listeners can give money. Empty when there is none."
    )
    funding_text: Annotated[str, StringConstraints(max_length=128)] = Field(
        default="", title="Support words", description="What the link says: “Support our work”."
    )
    copyright: str = Field(
        default="", max_length=200, title="Rights", description="Who holds the rights, and the licence."
    )
