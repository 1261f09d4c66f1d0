"""What a newsletter must know about itself."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from crosscut.channels.fields import AbsoluteFolder, Language, Line, WebAddress
from crosscut.channels.local import FolderSettings
from crosscut.specs.colours import TEXT, contrast


def _readable(colour: str) -> str:
    if contrast(colour, "#ffffff") < TEXT:  # links stand on white and buttons carry white words
        raise ValueError(
            "This colour is too light to be read on white: the contrast must be 4.5 to 1 (WCAG 2.2, 1.4.3)."
        )
    return colour.lower()


def _host(host: str) -> str:
    if not host or any(sign in host for sign in "/:@ "):
        raise ValueError("Give the server's name alone: mail.example.org")
    return host.lower()


Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$",
    ),
]


class NewsletterSettings(FolderSettings):
    """One newsletter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: AbsoluteFolder = Field(title="Folder", description="Where the issues are kept.")
    base_url: WebAddress = Field(title="Address", description="Where that folder is found on the web.")
    title: Line = Field(title="Title", description="The newsletter's name: readers see it as the sender.")
    description: str = Field(
        default="", max_length=300, title="Description", description="One sentence on the page where people sign up."
    )
    sender: Address = Field(
        title="Sender's address",
        description="Letters come from it, and what cannot be delivered goes back to it. Its domain should have SPF, "
        "DKIM and DMARC.",
    )
    postal_address: Line = Field(
        title="Postal address",
        description="Who sends it and where they are found. It stands at the end of every letter: many countries "
        "demand it.",
    )
    why: str = Field(
        default="",
        max_length=200,
        title="Why one gets it",
        description="At the end of every letter. Empty: that somebody signed this address up.",
    )
    language: Language = Field(default="en", title="Language", description="The newsletter's language: en, de.")
    host: Annotated[str, StringConstraints(strip_whitespace=True, max_length=253), AfterValidator(_host)] = Field(
        title="Mail server", description="The server that takes letters from you: mail.example.org"
    )
    port: int = Field(default=587, ge=1, le=65535, title="Port", description="587 with STARTTLS, 465 with TLS.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        title="Encryption",
        description="none is possible only for a server in your own network that was allowed by name.",
    )
    user: str = Field(
        default="", max_length=254, title="User", description="Who signs in there. Empty: the server asks for no login."
    )
    returns_host: Annotated[str, StringConstraints(strip_whitespace=True, max_length=253)] = Field(
        default="",
        title="Mailbox of the sender",
        description="The IMAP server where letters that cannot be delivered come back: imap.example.org. Empty: nobody "
        "reads them.",
    )
    returns_port: int = Field(
        default=993, ge=1, le=65535, title="Its port", description="993 with TLS; others only in your own network."
    )
    returns_user: str = Field(
        default="", max_length=254, title="Its user", description="Empty: the same as at the mail server."
    )
    returns_folder: str = Field(
        default="INBOX",
        max_length=200,
        title="Its folder",
        description="Where reports arrive. Nothing is marked or moved.",
    )
    letters_per_minute: int = Field(
        default=120, ge=1, le=10_000, title="Letters a minute", description="At most, as your mail server allows."
    )
    pictures: Literal["hosted", "embedded"] = Field(
        default="hosted",
        title="Pictures",
        description="hosted: fetched from the issue's page, letters stay small. embedded: in every letter, nothing is "
        "fetched.",
    )
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_readable)] = Field(
        default="#1f4fd8", title="Colour", description="Of links and of the button, as #rrggbb; dark enough to be read."
    )
