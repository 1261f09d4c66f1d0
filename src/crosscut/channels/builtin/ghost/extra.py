"""What only a Ghost post has."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.builtin.ghost.settings import Visibility
from crosscut.channels.fields import OptionalWebAddress


class PostExtra(BaseModel):
    """Who reads the post, whether it is sent as a newsletter, and what search engines are told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    visibility: Visibility | None = Field(
        None, title="Read by", description="Everybody, members, or paying members; as the account is set up otherwise."
    )
    newsletter: str = Field(
        "",
        pattern=r"^[a-z0-9-]{0,191}$",
        title="Send as newsletter",
        description="The newsletter's short name, such as “default-newsletter”. Mail cannot be taken back.",
    )
    email_segment: Literal["all", "status:free", "status:-free"] | None = Field(
        None, title="Mail to", description="All its readers, the free ones, or the paying ones (“-free”)."
    )
    email_subject: str = Field("", max_length=300, title="Subject of the mail", description="The title unless you say.")
    is_featured: bool | None = Field(None, title="Featured", description="Themes show such posts first.")
    meta_title: str = Field(
        "", max_length=300, title="Title for search engines", description="The title unless you say."
    )
    meta_description: str = Field(
        "", max_length=500, title="Description for search engines", description="The summary unless you say."
    )
    canonical_url: OptionalWebAddress = Field(
        "", title="Published first at", description="Search engines are sent there (canonical address)."
    )
    burn_captions: bool | None = Field(
        None, title="Captions in the picture", description="Ghost shows no captions of a film in any other way."
    )
